"""Asks Statistics Norway's PxWebApi 2 (https://www.ssb.no/api), slowly enough and more than once."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from django.conf import settings

from portal.statistics.jsonstat import BadAnswer

logger = logging.getLogger(__name__)

# The source takes 30 requests a minute.
SECONDS_BETWEEN = 2.1
SECONDS_BEFORE_NEXT_TRY = (3, 15)
LONGEST_WAIT = 60
TIMEOUT = 30
LARGEST_ANSWER = 30 * 1024 * 1024


class NoAnswer(Exception):
    """The source could not be reached, or refused; the message says how, for staff and logs."""


class Source:
    """One conversation with the API: JSON comes back, or NoAnswer or BadAnswer is raised."""

    def __init__(self, url: str | None = None) -> None:
        self.url = (url or settings.SSB_API_URL).rstrip("/")
        self._asked_at = 0.0

    def get(self, path: str, query: Mapping[str, str] | None = None) -> dict[str, Any]:
        address = f"{self.url}/{path}?{urlencode({'lang': 'no', **(query or {})})}"
        for wait in (*SECONDS_BEFORE_NEXT_TRY, None):
            try:
                return _parsed(self._fetch(address))
            except HTTPError as error:
                passes = error.code == 429 or error.code >= 500
                problem, wanted = f"it answered {error.code}", _seconds(error.headers.get("Retry-After"))
            except (OSError, HTTPException) as error:
                passes, problem, wanted = True, f"it cannot be reached ({type(error).__name__})", None
            if wait is None or not passes:
                raise NoAnswer(f"{path}: {problem}.")
            logger.info("Statistics Norway, %s: %s. Trying again.", path, problem)
            time.sleep(min(wait if wanted is None else wanted, LONGEST_WAIT))
        raise AssertionError("the last try returns or raises")

    def _fetch(self, address: str) -> bytes:
        time.sleep(max(0.0, self._asked_at + SECONDS_BETWEEN - time.monotonic()))
        self._asked_at = time.monotonic()
        request = Request(address, headers={"Accept": "application/json", "User-Agent": "bliher"})  # noqa: S310  # settings.py refuses what is no web address
        with urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310  # settings.py refuses what is no web address
            content: bytes = answer.read(LARGEST_ANSWER + 1)
        return content


def _parsed(content: bytes) -> dict[str, Any]:
    if len(content) > LARGEST_ANSWER:
        raise BadAnswer("The answer is too large.")
    try:
        parsed = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise BadAnswer("The answer is no JSON.") from error
    if not isinstance(parsed, dict):
        raise BadAnswer("The answer is no JSON object.")
    return parsed


def _seconds(retry_after: str | None) -> int | None:
    return int(retry_after) if retry_after and retry_after.isdecimal() else None
