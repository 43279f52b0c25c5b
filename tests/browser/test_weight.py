"""How heavy the portal is on a phone: bytes over the wire, as production serves it, and all of them from here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlparse

import pytest
from playwright.sync_api import Browser

from tests.serving import get, portal

FIRST = {"nb": 130, "nn": 130, "en": 130, "uk": 230, "pl": 230, "de": 230, "ar": 230}  # kB, photographs apart
NEXT = 20
PHOTOGRAPH = 60
KEPT_LATER = ["/{language}/gol/steps/moved/", "/{language}/offline/", "/sw.js"]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with portal(tmp_path_factory.mktemp("portal")) as port:
        yield f"http://localhost:{port}"


class Scale:
    """A phone that weighs what it loads: bytes by address, as they came over the wire, headers and all."""

    def __init__(self, browser: Browser, language: str) -> None:
        # What the service worker fetches later is weighed by itself: the browser tells it to another listener.
        self.context = browser.new_context(
            viewport={"width": 390, "height": 844}, device_scale_factor=2, locale=language, service_workers="block"
        )
        self.page = self.context.new_page()
        self.weights: dict[str, float] = {}
        addresses: dict[str, str] = {}
        session: Any = self.context.new_cdp_session(self.page)
        session.send("Network.enable")
        session.on(
            "Network.requestWillBeSent", lambda sent: addresses.update({sent["requestId"]: sent["request"]["url"]})
        )
        session.on(
            "Network.loadingFinished",
            lambda came: self.weights.update({addresses[came["requestId"]]: came["encodedDataLength"] / 1000}),
        )

    def open(self, url: str) -> dict[str, float]:
        """kB by address."""
        self.weights.clear()
        self.page.goto(url, wait_until="networkidle")
        self.page.evaluate("window.scrollTo(0, document.body.scrollHeight)")  # what is loaded only when it is seen
        self.page.wait_for_load_state("networkidle")
        self.page.evaluate("document.fonts.ready")
        return {url: weight for url, weight in self.weights.items() if not url.startswith("data:")}


@pytest.fixture
def scale(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Scale]:
    found = Scale(browser, request.param)
    yield found
    found.context.close()


def split(weights: dict[str, float]) -> tuple[dict[str, float], dict[str, float]]:
    """Photographs, and all the rest."""
    photographs = {url: weight for url, weight in weights.items() if urlparse(url).path.startswith("/pictures/")}
    return photographs, {url: weight for url, weight in weights.items() if url not in photographs}


def listed(weights: dict[str, float]) -> str:
    return "\n".join(f"{weight:7.1f} kB {url}" for url, weight in sorted(weights.items(), key=lambda one: -one[1]))


def for_later(address: str, language: str) -> float:
    """What the service worker fetches after the first visit."""
    port = urlparse(address).port
    assert port
    kept = [get(port, path.format(language=language), accept_encoding="gzip") for path in KEPT_LATER]
    assert all(answer.status == 200 for answer in kept)
    return sum(len(answer.body) + len(str(answer.headers)) for answer in kept) / 1000


@pytest.mark.parametrize(("scale", "language"), [(code, code) for code in FIRST], indirect=["scale"])
def test_a_first_visit_and_the_page_after_it(address: str, scale: Scale, language: str) -> None:
    first = scale.open(f"{address}/{language}/gol/")
    photographs, rest = split(first)
    assert all(url.startswith(address) for url in first), "a request leaves the host"
    assert all(weight <= PHOTOGRAPH for weight in photographs.values()), listed(photographs)
    assert sum(rest.values()) + for_later(address, language) <= FIRST[language], listed(rest)

    _photographs, after = split(scale.open(f"{address}/{language}/gol/topics/housing/"))
    assert sum(after.values()) <= NEXT, listed(after)


@pytest.mark.parametrize("scale", ["nb"], indirect=True)
@pytest.mark.parametrize("path", ["register/", "ask/", "homes/", "search/?q=barnehage"])
def test_a_visit_that_begins_elsewhere(address: str, scale: Scale, path: str) -> None:
    """Languages in their own letters, in the header or to choose from, load no typeface."""
    _photographs, rest = split(scale.open(f"{address}/nb/gol/{path}"))
    assert [url for url in rest if url.endswith("woff2") and "/inter-latin-wght" not in url] == []
    assert sum(rest.values()) + for_later(address, "nb") <= FIRST["nb"], listed(rest)


def test_files_are_kept_for_ever(address: str) -> None:
    """Their names hold the hash of what is in them."""
    port = urlparse(address).port
    assert port
    page = get(port, "/nb/gol/").body.decode()
    files = {part.split('"')[0] for part in page.split('"') if part.startswith("/static/")}
    assert len(files) > 5
    for path in files:
        answer = get(port, path, accept_encoding="gzip")
        assert answer.status == 200, path
        assert "immutable" in (answer.headers["Cache-Control"] or ""), path


def test_the_worker_is_small(address: str) -> None:
    port = urlparse(address).port
    assert port
    worker = get(port, "/sw.js")
    assert len(worker.body) < 4000
    assert "no-store" in (worker.headers["Cache-Control"] or "")
    assert worker.headers.get_content_type() == "text/javascript"
