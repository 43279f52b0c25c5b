"""On a phone that loses its network: what was read opens again, the first steps too, and nothing about anybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Error, expect

from tests.browser.conftest import Calendar
from tests.browser.visitor import Visitor
from tests.factories import MunicipalityFactory, ServiceInfoFactory, StepFactory, UserFactory

STEPS = "steps/moved/"
FILES = "performance.getEntriesByType('resource').map(file => new URL(file.name).pathname)"
KEPT = """async () => {
    const all = [];
    for (const name of await caches.keys())
        for (const { url } of await (await caches.open(name)).keys()) all.push(new URL(url).pathname);
    return all;
}"""


@pytest.fixture
def phone(transactional_db: None, calendar: Calendar, visit: Callable[..., Visitor]) -> Callable[..., Visitor]:
    """A reader who has opened the start page of Gol, and whose phone had the time to keep it."""
    gol = MunicipalityFactory(gol=True, languages=["nb", "en", "ar"])
    ServiceInfoFactory(municipality=gol, topic="library")
    StepFactory.create_batch(2, municipality=gol)

    def new(language: str = "nb") -> Visitor:
        reader = visit(390, language=language, service_workers="allow")
        read(reader, "")
        wait_for(reader, reader.path(STEPS), f"/{language}/offline/")
        return reader

    return new


def kept(reader: Visitor) -> list[str]:
    found: list[str] = reader.page.evaluate(KEPT)
    return found


def read(reader: Visitor, rest: str) -> None:
    """Open a page, and stay until it and its files are kept."""
    reader.open(reader.path(rest))
    wait_for(reader, reader.path(rest), *reader.page.evaluate(FILES))


def wait_for(reader: Visitor, *paths: str) -> None:
    reader.page.wait_for_function(
        "async paths => { const kept = await (" + KEPT + ")(); return paths.every(path => kept.includes(path)); }",
        arg=list(paths),
    )


def lose_network(reader: Visitor) -> None:
    reader.context.set_offline(True)


def sign_in(reader: Visitor) -> None:
    client = Client()
    client.force_login(UserFactory(email="kari@post.example"), backend="django.contrib.auth.backends.ModelBackend")
    cookies: list[Any] = [
        {"name": name, "value": cookie.value, "url": reader.base_url} for name, cookie in client.cookies.items()
    ]
    reader.context.add_cookies(cookies)


def test_a_page_that_was_read_opens_again(phone: Callable[..., Visitor]) -> None:
    reader = phone()
    read(reader, "topics/library/")
    title = reader.heading()
    lose_network(reader)
    reader.open(reader.path(""))
    reader.open(reader.path("topics/library/"))
    assert reader.heading() == title
    font = reader.page.evaluate("getComputedStyle(document.body).fontFamily")
    assert "Inter" in font, "the page came without its styles"


def test_the_first_steps_open_although_nobody_opened_them(phone: Callable[..., Visitor]) -> None:
    reader = phone()
    lose_network(reader)
    reader.open(reader.path(STEPS))
    assert reader.page.locator("main .step").count() == 2


@pytest.mark.parametrize("language", ["nb", "en", "ar"])
def test_any_other_page_tells_what_is_kept(phone: Callable[..., Visitor], language: str) -> None:
    reader = phone(language)
    lose_network(reader)
    reader.open(reader.path("topics/library/"))
    assert reader.heading() == reader.words("Without a network")
    assert reader.page.locator("html").get_attribute("lang") == language
    expect(reader.page.locator("[data-kept=steps] a")).to_have_attribute("href", reader.base_url + reader.path(STEPS))
    expect(reader.page.locator("[data-kept=pages] a")).to_have_attribute("href", reader.base_url + reader.path(""))
    reader.check()
    reader.go(lambda: reader.page.locator("[data-kept=steps] a").click())
    assert reader.page.url.endswith(reader.path(STEPS))


def test_when_the_network_is_back_the_page_comes(phone: Callable[..., Visitor]) -> None:
    reader = phone()
    lose_network(reader)
    reader.open(reader.path("topics/library/"))
    reader.context.set_offline(False)
    reader.follow("Try again")
    assert reader.heading() != reader.words("Without a network")
    assert reader.page.url.endswith("/topics/library/")


def test_nothing_about_a_person_is_kept(phone: Callable[..., Visitor]) -> None:
    reader = phone()
    sign_in(reader)
    for path in ["my/", "register/", "topics/library/", "jobs/?q=kokk"]:
        reader.page.goto(reader.base_url + reader.path(path))
    reader.page.wait_for_timeout(500)
    pages = [path for path in kept(reader) if not path.startswith(("/static/", "/pictures/"))]
    assert set(pages) == {reader.path(""), reader.path(STEPS), "/nb/offline/"}
    assert "kari@post.example" not in reader.page.evaluate("""async () => (await Promise.all(
        (await caches.keys()).map(async name => {
            const cache = await caches.open(name);
            const kept = await cache.matchAll();
            return (await Promise.all(kept.map(answer => answer.text()))).join();
        }))).join()""")
    lose_network(reader)
    with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
        reader.page.goto(reader.base_url + reader.path("my/"))


def test_what_is_no_page_is_not_listed_as_one(phone: Callable[..., Visitor]) -> None:
    reader = phone()
    for path in ["/sitemap.xml", reader.path("topics/library/")]:
        reader.page.goto(reader.base_url + path)
    wait_for(reader, reader.path("topics/library/"))
    assert "/sitemap.xml" not in kept(reader)


def test_only_the_last_pages_stay(phone: Callable[..., Visitor]) -> None:
    """Thirty of them; the steps and the offline page are never pushed out."""
    reader = phone()
    reader.page.evaluate("""async () => {
        const cache = await caches.open((await caches.keys()).find(name => name.startsWith("pages-")));
        for (let number = 0; number < 30; number++) await cache.put(`/nb/gol/articles/${number}/`, new Response(""));
    }""")
    read(reader, "topics/library/")
    reader.page.wait_for_timeout(300)
    pages = [path for path in kept(reader) if not path.startswith(("/static/", "/pictures/"))]
    assert len(pages) == 32
    assert {reader.path(STEPS), "/nb/offline/", reader.path("topics/library/")} <= set(pages)
    assert reader.path("") not in pages


def test_what_an_older_version_kept_is_thrown_away(phone: Callable[..., Visitor]) -> None:
    reader = phone()
    reader.page.evaluate("""async () => {
        await caches.open("pages-older");
        await (await navigator.serviceWorker.getRegistration()).unregister();
    }""")
    reader.page.reload()
    reader.page.wait_for_function("async () => !(await caches.keys()).includes('pages-older')")


def test_a_page_that_takes_too_long_comes_from_what_is_kept(phone: Callable[..., Visitor]) -> None:
    reader = phone()
    network = reader.context.new_cdp_session(reader.page)
    network.send("Network.enable")
    slow = {"offline": False, "latency": 9000, "downloadThroughput": 500, "uploadThroughput": 500}
    network.send("Network.emulateNetworkConditions", slow)
    reader.page.goto(reader.base_url + reader.path(STEPS))
    assert reader.page.locator("main .step").count() == 2
