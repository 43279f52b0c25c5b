"""Asking a web address whether it still leads somewhere, without ever reaching into the house's own network."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    Request,
)

from django.conf import settings

from portal.pages.enums import LinkProblem

MOST_REDIRECTS = 5
# They answer, and refuse programs or strangers: no proof that a reader finds nothing.
REFUSALS = frozenset({401, 403, 407, 429})
MISSING = frozenset({404, 410})


class NotPublic(OSError):
    """The name leads to an address inside some network."""


@dataclass(frozen=True)
class Answer:
    """What an address said. `status` is None when nobody answered; `problem` is empty when all is well."""

    status: int | None
    problem: str


def look(url: str) -> Answer:
    """Ask for the page's head, and for the page where the head is refused; nothing of it is read."""
    answer = _ask(url, "HEAD")
    # Some servers know no HEAD, and say so with any number.
    return answer if answer.status is None or answer.status < 400 else _ask(url, "GET")


def _ask(url: str, method: str) -> Answer:
    headers = {"User-Agent": f"Bli her link check (+{settings.SITE_URL})", "Accept": "*/*"}
    try:
        with _opener().open(Request(url, headers=headers, method=method), timeout=settings.LINK_SECONDS) as response:  # noqa: S310  # http and https alone: see _opener
            return Answer(response.status, "")
    except HTTPError as error:
        error.close()
        return Answer(error.code, _problem_of_status(error.code))
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Answer(None, _problem_of(error))


def _problem_of_status(status: int) -> str:
    if status in REFUSALS:
        return ""
    if status < 400:  # a redirect that was not followed
        return LinkProblem.REDIRECTS
    return LinkProblem.GONE if status in MISSING else LinkProblem.ERROR


def _problem_of(error: Exception) -> str:
    reason = error.reason if isinstance(error, URLError) else error
    kinds: Sequence[tuple[type[Exception], str]] = (
        (NotPublic, LinkProblem.NOT_PUBLIC),
        (socket.gaierror, LinkProblem.UNKNOWN_HOST),
        (UnicodeError, LinkProblem.UNKNOWN_HOST),
        (TimeoutError, LinkProblem.TIMEOUT),
        (ssl.SSLCertVerificationError, LinkProblem.CERTIFICATE),
    )
    return next((problem for kind, problem in kinds if isinstance(reason, kind)), LinkProblem.NO_ANSWER)


# --- Connections to the public internet alone ---


def _connect(address: tuple[str, int], timeout: Any = None, *args: Any, **kwargs: Any) -> socket.socket:
    """A socket to the host, at one of the addresses that were looked at, so that the name cannot change meanwhile."""
    host, port = address
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    numbers = [str(sockaddr[0]) for _family, _type, _proto, _name, sockaddr in found]
    if not settings.LINKS_MAY_BE_LOCAL and not all(_is_public(number) for number in numbers):
        raise NotPublic(host)
    error: OSError = NotPublic(host)
    for number in numbers:
        try:
            return socket.create_connection((number, port), timeout)
        except OSError as failed:
            error = failed
    raise error


def _is_public(number: str) -> bool:
    address = ipaddress.ip_address(number.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        # An IPv4 address in IPv6 clothes leads where the IPv4 address leads.
        address = address.ipv4_mapped or address.sixtofour or address
    return address.is_global and not address.is_multicast


class _Connection(http.client.HTTPConnection):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._create_connection = _connect


class _SecureConnection(http.client.HTTPSConnection):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._create_connection = _connect


class _Plain(HTTPHandler):
    def http_open(self, request: Request) -> Any:
        return self.do_open(_Connection, request)


class _Secure(HTTPSHandler):
    def https_open(self, request: Request) -> Any:
        return self.do_open(_SecureConnection, request, context=ssl.create_default_context())


class _Redirects(HTTPRedirectHandler):
    max_redirections = MOST_REDIRECTS
    max_repeats = 2


def _opener() -> OpenerDirector:
    """No proxy, no file, no ftp: http and https only, also after a redirect."""
    opener = OpenerDirector()
    for handler in (_Plain(), _Secure(), _Redirects(), HTTPDefaultErrorHandler(), HTTPErrorProcessor()):
        opener.add_handler(handler)
    return opener
