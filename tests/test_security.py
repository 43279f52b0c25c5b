"""What holds for every page: nothing from elsewhere, nothing inline, three cookies, and errors that tell nothing."""

from __future__ import annotations

import io
import logging
import re
import runpy
import uuid
from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser
from smtplib import SMTPRecipientsRefused
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlparse

import pytest
from django.conf import settings
from django.contrib import admin
from django.core import mail, signing
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from gunicorn.config import Config

from portal.logs import WithoutLinks, without_keys
from portal.municipalities.enums import Role
from portal.municipalities.models import Municipality
from portal.outbox.services import send
from portal.pages.enums import Topic
from portal.pages.models import ContactPoint
from tests.access.cast import Town, build_town, client_of
from tests.access.rows import ROWS
from tests.factories import ServiceInfoFactory, StaffRoleFactory, UserFactory
from tests.housing.factories import ListingFactory
from tests.jobs.factories import VacancyFactory
from tests.outbox.factories import MessageFactory, write

PUBLIC = ["/en/", "/en/gol/", "/en/gol/topics/jobs/", "/en/gol/privacy/", "/en/gol/accessibility/", "/en/gol/register/",
          "/en/gol/jobs/", "/en/gol/homes/", "/en/account/login/", "/en/account/login/code/", "/components/",
          "/components/?mistakes", "/mailbox/", "/en/gol/nowhere/", "/en/nowhere/"]  # fmt: skip
COOKIES = {"sessionid", "csrftoken", "language"}


@pytest.fixture
def gol(db: None) -> Town:
    town = build_town("gol", "3550")
    build_town("aal", "3570")
    ServiceInfoFactory(municipality=town.municipality, topic=Topic.JOBS, contacts=list(ContactPoint.objects.all()[:1]))
    return town


def pages(town: Town) -> Iterator[tuple[str, HttpResponse]]:
    """Every kind of page, as those see it who may."""
    details = [VacancyFactory(municipality=town.municipality), ListingFactory(municipality=town.municipality)]
    public = [*PUBLIC, *(row.get_absolute_url().replace("/nb/", "/en/") for row in details)]
    yield from _opened(client_of(None), public)
    yield from _opened(client_of(town.people["newcomer"]), ["/en/gol/my/", "/en/gol/my/edit/", "/en/account/2fa/"])
    own = reverse("hosting:newcomer", args=["gol", town.assignment.pk])
    contact = reverse("hosting:contact", args=["gol", town.assignment.pk])
    yield from _opened(client_of(town.people["host"]), [reverse("hosting:newcomers", args=["gol"]), own, contact])


def office(town: Town) -> Iterator[tuple[str, HttpResponse]]:
    user = town.people[Role.COORDINATOR]
    StaffRoleFactory(user=user, region=True)
    addresses = ["/admin/"]
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        addresses.append(reverse(f"{name}_changelist"))
        addresses.append(reverse(f"{name}_add"))
        if model in ROWS:
            addresses += [reverse(f"{name}_{page}", args=[ROWS[model](town).pk]) for page in ("change", "history")]
    yield from _opened(client_of(user), addresses)


def _opened(client: Client, addresses: list[str]) -> Iterator[tuple[str, HttpResponse]]:
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code in {200, 403, 404}, f"{address}: {answer.status_code}"
        yield address, answer


# --- What a page may load ---


def policy(answer: HttpResponse) -> dict[str, set[str]]:
    parts = [part.split() for part in answer["Content-Security-Policy"].split(";") if part.strip()]
    return {name: set(values) for name, *values in parts}


STRICT = {
    "default-src": {"'none'"}, "script-src": {"'self'"}, "style-src": {"'self'"}, "font-src": {"'self'"},
    "img-src": {"'self'", "data:"}, "connect-src": {"'self'"}, "manifest-src": {"'self'"}, "form-action": {"'self'"},
    "base-uri": {"'none'"}, "frame-ancestors": {"'none'"},
}  # fmt: skip


class Page(HTMLParser):
    """What a browser would load, run or apply from the HTML itself."""

    LOADS = {"src", "srcset", "poster", "data", "action", "formaction", "background", "ping"}

    def __init__(self, html: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.inline: list[str] = []
        self._in: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        for name, value in attrs:
            if name in self.LOADS or (name == "href" and tag in {"link", "use", "image", "base"}):
                self.addresses.append(value or "")
            if name == "style" or name.startswith("on"):
                self.inline.append(f"<{tag} {name}={value!r}>")
        is_data = tag == "script" and (given.get("type") or "").endswith("json")
        self._in = tag if tag in {"script", "style"} and "src" not in given and not is_data else None

    def handle_endtag(self, tag: str) -> None:
        self._in = None

    def handle_data(self, data: str) -> None:
        if self._in and data.strip():
            self.inline.append(f"<{self._in}>: {data.strip()[:80]}")


def is_ours(address: str) -> bool:
    where = urlparse(address)
    # The page's own address, and those of its other languages, are written out in full for search engines.
    return (where.scheme in {"", "data"} and not where.netloc) or address.startswith(f"{settings.SITE_URL}/")


def test_every_public_page_has_the_strict_policy_and_loads_its_own_things_alone(gol: Town) -> None:
    seen = 0
    for address, answer in pages(gol):
        assert policy(answer) == STRICT, address
        page = Page(answer.content.decode())
        assert page.inline == [], address
        assert [url for url in page.addresses if not is_ours(url)] == [], address
        seen += 1
    assert seen > 20


def test_the_office_may_set_style_attributes_and_nothing_more(gol: Town) -> None:
    seen = 0
    for address, answer in office(gol):
        may = {"style-src-attr": {"'unsafe-inline'"}} if answer.status_code == 200 else {}
        assert policy(answer) == STRICT | may, address
        page = Page(answer.content.decode())
        assert [found for found in page.inline if " style=" not in found] == [], address
        assert [url for url in page.addresses if not is_ours(url)] == [], address
        seen += 1
    assert seen > 60


def test_no_stylesheet_or_script_of_ours_asks_another_server(settings: Any) -> None:
    root = settings.BASE_DIR / "static"
    files = [path for path in root.rglob("*") if path.suffix in {".css", ".js", ".svg"}]
    assert files
    for path in files:
        text = path.read_text(encoding="utf-8")
        found = re.findall(r"(?:url\(|@import\s|fetch\(|href=|src=|import )[\"']?(https?:)?//", text)
        assert found == [], path


def test_every_answer_has_the_other_headers_too(gol: Town) -> None:
    for address, answer in pages(gol):
        assert answer["X-Frame-Options"] == "DENY", address
        assert answer["Referrer-Policy"] == "same-origin", address
        assert answer["X-Content-Type-Options"] == "nosniff", address
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin", address


# --- Cookies ---


def test_no_more_than_three_cookies_come_from_anything(gol: Town, settings: Any) -> None:
    client = Client()
    for address in PUBLIC:
        client.get(address)
    UserFactory(email="nora@nora.example")
    client.post("/en/account/login/code/", {"email": "nora@nora.example"})
    client.post("/en/account/login/code/confirm/", {"code": "AAAA-AAAA"})
    client.post("/en/account/login/code/", {"email": "nora@nora.example"})
    assert set(client.cookies) <= COOKIES
    officer = client_of(gol.people[Role.COORDINATOR])
    chosen = {"action": "mark_settled", "_selected_action": [gol.household.pk], "apply": "1"}
    officer.post("/admin/newcomers/household/", chosen)  # says what came of it on the next page
    officer.post("/en/account/logout/")
    assert set(officer.cookies) <= COOKIES
    for cookie in [*client.cookies.values(), *officer.cookies.values()]:
        assert cookie["httponly"], cookie.key
        assert cookie["samesite"] == "Lax", cookie.key


def test_who_only_reads_gets_no_session(gol: Town) -> None:
    client = Client()
    for address in ["/en/", "/en/gol/", "/en/gol/topics/jobs/", "/en/gol/jobs/", "/en/gol/homes/", "/en/gol/privacy/"]:
        client.get(address)
    assert "sessionid" not in client.cookies


# --- Errors ---


def explode(*args: Any, **kwargs: Any) -> None:
    raise RuntimeError("secret nora@nora.example")


@pytest.mark.parametrize(
    ("language", "not_found", "broken"),
    [("nb", "Vi finner ikke denne siden", "Noe gikk galt her"),
     ("nn", "Vi finn ikkje denne sida", "Noko gjekk gale her"),
     ("en", "We cannot find this page", "Something broke here")],
)  # fmt: skip
def test_error_pages_speak_the_language_of_the_address_and_tell_nothing(
    gol: Town, monkeypatch: Any, language: str, not_found: str, broken: str
) -> None:
    client = Client(raise_request_exception=False)
    missing = client.get(f"/{language}/gol/topics/nonsense/")
    closed = Client(enforce_csrf_checks=True).post(f"/{language}/account/login/", {"login": "nora@nora.example"})
    strange = client.get(f"/{language}/", headers={"host": "evil.example"})
    monkeypatch.setattr("portal.pages.views.render", explode)
    failed = client.get(f"/{language}/gol/")
    assert [a.status_code for a in (missing, closed, strange, failed)] == [404, 403, 400, 500]
    for answer in (missing, closed, strange, failed):
        html = answer.content.decode()
        assert f'<html lang="{language}"' in html
        assert html.count("<h1") == 1
        folder = str(settings.BASE_DIR)
        for leak in ["nora@nora.example", "Traceback", "RuntimeError", "secret", "evil.example", "topic", folder]:
            assert leak not in html.replace("/topics/", "").replace("%2Ftopics%2F", ""), leak
    assert not_found in missing.content.decode()
    if language == "en":
        assert broken in failed.content.decode()
    else:
        assert "Something broke here" not in failed.content.decode()


def test_what_an_account_may_not_see_is_said_in_its_language(gol: Town) -> None:
    user = gol.people[Role.ANALYST]
    user.language = "nn"
    user.save()
    answer = client_of(user).get("/admin/newcomers/household/")
    assert answer.status_code == 403
    html = answer.content.decode()
    assert '<html lang="nn"' in html
    assert "Nora" not in html


def test_the_last_error_page_needs_neither_database_nor_context() -> None:
    for name in ("400.html", "403_csrf.html", "500.html"):
        assert "<h1" in render_to_string(name)


def test_health_says_that_all_is_well_and_nothing_else(db: None) -> None:
    answer = Client().get("/healthz")
    assert answer.json() == {"status": "ok"}
    assert not answer.cookies


# --- Strange input ---

STRANGE = {
    "long": "x" * 10_000, "words": "a " * 5_000, "percent": "%" * 3_000, "nul": "\x00", "quotes": "'\"<script>",
    "letters": "æ" * 5_000, "float": "1e999", "minus": "-1", "wine": "🍷" * 100,
}  # fmt: skip
FILTERS = ["q", "words", "kind", "page", "p", "o", "rooms", "price", "furnished", "e", "next", "postcode", "when"]


@pytest.mark.parametrize("value", STRANGE.values(), ids=STRANGE)
def test_any_query_string_gets_a_page(gol: Town, value: str) -> None:
    everything = dict.fromkeys(FILTERS, value)
    for address in ["/en/", "/en/gol/", "/en/gol/jobs/", "/en/gol/homes/", "/en/gol/register/", "/en/gol/postcode/",
                    "/en/account/login/", "/en/gol/topics/jobs/"]:  # fmt: skip
        assert client_of(None).get(address, everything).status_code == 200, address


@pytest.mark.parametrize("value", STRANGE.values(), ids=STRANGE)
def test_any_search_in_the_office_gets_a_page(gol: Town, value: str) -> None:
    user = gol.people[Role.COORDINATOR]
    StaffRoleFactory(user=user, region=True)
    client = client_of(user)
    for model in admin.site._registry:
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        assert client.get(address, {"q": value}).status_code == 200, address


NOWHERE = [
    "/en/gol/jobs/not-a-uuid/", "/en/gol/topics/%00/", "/en/%2e%2e/", "/en/gol/" + "x" * 5_000,
    "/admin/newcomers/household/not-a-uuid/change/", "/en/gol/topics/../../../etc/passwd", "/static/../manage.py",
]  # fmt: skip


@pytest.mark.parametrize("address", NOWHERE, ids=lambda address: address[:20])
def test_an_address_that_is_none_is_not_found(gol: Town, address: str) -> None:
    for client in [client_of(None), client_of(gol.people[Role.COORDINATOR])]:
        answer = client.get(address, follow=True)
        # Strangers are sent to sign in before anything of the office is looked up.
        assert answer.status_code == 404 or answer.redirect_chain[-1][0].startswith("/nb/account/login/")


# --- Logs ---


# Parts of public addresses that open nothing: words anybody may read, and the name of a picture.
WORDS = {"municipality_slug", "theme", "topic", "situation", "slug", "origin", "page", "provider_id", "name"}
SIGNED = [signing.dumps(["0f" * 16, 2]), signing.Signer().sign_object(["0f" * 16, "2026-11-22"], compress=False)]
LINKS = {"verify": "/nb/verify/{}/", "judge": "/nb/gol/ask/answered/{}/", "unsubscribe": "/nb/gol/unsubscribe/{}/",
         "introduction_answer": "/nb/gol/register/employee/answer/{}/", "confirm_desk": "/nb/gol/desk/{}/"}  # fmt: skip


def public_addresses(patterns: list[Any], before: str = "/") -> Iterator[tuple[URLPattern, str]]:
    """All that open without signing in, each with its whole route."""
    for entry in patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from public_addresses(entry.url_patterns, route)
        elif not getattr(entry.callback, "login_required", True):
            yield entry, route


def test_no_link_that_opens_without_signing_in_stands_in_a_log() -> None:
    """Of every public address, also of those yet to come."""
    seen = set()
    for entry, route in public_addresses(get_resolver().url_patterns):
        for part in set(entry.pattern.converters) - WORDS:
            keys = [str(uuid.uuid4())] if f"<uuid:{part}>" in route else SIGNED
            for key in keys:
                address = re.sub(r"<slug:\w+>", "gol", re.sub(rf"<\w+:{part}>", key, route))
                assert key not in without_keys(f"Gone: {address}"), route
                assert key not in without_keys(address.rstrip("/")), route
            seen.add(entry.name)
    assert seen >= LINKS.keys()


@pytest.mark.parametrize("address", LINKS.values(), ids=LINKS)
def test_logs_hold_no_link_that_opens_without_signing_in(gol: Town, monkeypatch: Any, address: str) -> None:
    """A browser without cookies is refused, and the link still works; one that has run out is answered so."""
    log = io.StringIO()
    for handler in logging.getLogger().handlers:
        if any(isinstance(own, WithoutLinks) for own in handler.filters):
            monkeypatch.setattr(handler, "stream", log)
    key = str(uuid.uuid4()) if "/desk/" in address else SIGNED[0]
    Client(enforce_csrf_checks=True).post(address.format(key), {"helped": "yes"})
    Client().get(address.format(key))
    assert address.format("...") in log.getvalue()
    assert key not in log.getvalue()


def test_the_access_log_holds_no_such_link_either() -> None:
    conf = runpy.run_path(str(settings.BASE_DIR / "gunicorn.conf.py"))
    logger = conf["DiscreetLogger"](Config())
    environ = {"REQUEST_METHOD": "GET", "RAW_URI": "", "SERVER_PROTOCOL": "",
               "PATH_INFO": f"/nb/gol/unsubscribe/{SIGNED[0]}/"}  # fmt: skip
    answer = SimpleNamespace(status="200 OK", sent=1, headers=[])
    line = conf["access_log_format"] % logger.atoms(answer, [], environ, timedelta())
    assert "/nb/gol/unsubscribe/.../" in line


def test_logs_hold_no_address_whatever_happens_to_a_mail(
    gol: Town, caplog: Any, monkeypatch: Any, django_capture_on_commit_callbacks: Any
) -> None:
    caplog.set_level(logging.DEBUG)

    def refuse(*args: Any) -> int:
        raise SMTPRecipientsRefused({"nora@nora.example": (550, b"no nora@nora.example here")})

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        write(municipality=gol.municipality)
        client_of(None).post("/en/account/login/code/", {"email": "nora@nora.example"})
    send(str(MessageFactory(recipient="nora@nora.example\nBcc: x@x.example").pk))
    assert mail.outbox == []
    # What SQL held is written by the database's own logger, which no installation turns on.
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("django.db")]
    assert [line for line in ours if "nora@" in line] == []


def test_a_municipality_that_is_off_leaks_nothing(gol: Town) -> None:
    Municipality.objects.filter(slug="aal").update(is_active=False)
    answer = client_of(None).get("/en/aal/")
    assert answer.status_code == 404
    assert "Ål" not in answer.content.decode()
