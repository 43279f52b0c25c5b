"""One person at one screen: what they do with a page, in the words they see, and what every page must be."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext
from playwright.sync_api import BrowserContext, Locator, Page, expect

AXE = (Path(settings.NODE_MODULES) / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
AXE_OPTIONS: dict[str, Any] = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
    "preload": False,  # would write styles into the page, which its policy forbids
}


class Visitor:
    """Every page is held against `check()`. Words are given in English, and looked for in the visitor's language."""

    def __init__(self, context: BrowserContext, base_url: str, *, scripts: bool, language: str) -> None:
        self.context, self.base_url, self.scripts, self.language = context, base_url, scripts, language
        self.page: Page = context.new_page()
        self._mirror: Page | None = None
        self.faults: list[str] = []
        self.page.on("console", lambda message: self._note(message.type, message.text))
        self.page.on("pageerror", lambda error: self._note("error", str(error)))
        self.page.on("request", lambda request: self._leaves(request.url))

    def _note(self, kind: str, text: str) -> None:
        if kind == "error" and "status of 4" not in text:
            self.faults.append(f"{self.page.url}: {text}")

    def _leaves(self, url: str) -> None:
        if not url.startswith((self.base_url, "data:", "blob:")):
            self.faults.append(f"a request leaves the host: {url}")

    # --- Words ---

    def words(self, english: str, **values: object) -> str:
        with translation.override(self.language):
            return gettext(english) % values if values else gettext(english)

    def path(self, rest: str) -> str:
        """A page of Gol in the visitor's language."""
        return f"/{self.language}/gol/{rest}"

    # --- Doing ---

    def open(self, path: str, *, status: int = 200) -> Page:
        response = self.page.goto(path if path.startswith("http") else self.base_url + path)
        assert response is not None
        assert response.status == status, f"{path}: {response.status}"
        self.check()
        return self.page

    def press(self, button: str, *, within: Locator | None = None, **values: object) -> None:
        words = self.words(button, **values)
        self.go(lambda: (within or self.page).get_by_role("button", name=words, exact=True).click())

    def follow(self, link: str, *, within: Locator | None = None, **values: object) -> None:
        words = self.words(link, **values)
        self.go(lambda: (within or self.page).get_by_role("link", name=words, exact=True).first.click())

    def go(self, act: Callable[[], None]) -> None:
        """An act that leads to a page."""
        with self.page.expect_navigation():
            act()
        self.check()

    def field(self, label: str) -> Locator:
        """By its label, whether a colon or "optional" follows or not."""
        label_only = re.compile(rf"^\s*{re.escape(self.words(label))}\s*(\(.*\))?:?\s*$", re.IGNORECASE)
        return self.page.get_by_label(label_only)

    def write(self, **answers: str) -> None:
        """Fill the fields of these names."""
        for name, text in answers.items():
            self.page.locator(f"[name={name}]").fill(text)

    def sees(self, words: str, **values: object) -> None:
        expect(self.page.locator("body")).to_contain_text(self.words(words, **values))

    def sees_nothing_of(self, *words: str) -> None:
        for word in words:
            expect(self.page.locator("body")).not_to_contain_text(word)

    def heading(self) -> str:
        return self.page.locator("h1").inner_text()

    # --- What every page must be ---

    def check(self) -> None:
        faults = self.faults_here()
        assert not faults, "\n".join(faults)

    def faults_here(self) -> list[str]:
        headings = self.page.locator("h1").count()
        here = [f"{headings} h1"] if headings != 1 else []
        here += [f"{width} px too wide"] if (width := self.too_wide()) > 0 else []
        here += self.violations() + self.faults
        self.faults = []
        return [f"{self.page.url.removeprefix(self.base_url)}: {fault}" for fault in here]

    def too_wide(self) -> int:
        width: int = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return width

    def violations(self) -> list[str]:
        """What axe finds. Axe is a script, so a page without any is held up to it in a mirror."""
        page = self.page if self.scripts else self._mirrored()
        if not page.evaluate("() => typeof window.axe !== 'undefined'"):
            page.evaluate(AXE)
        found = page.evaluate("options => axe.run(document, options)", AXE_OPTIONS)["violations"]
        return [f"{rule['id']}: {[node['target'] for node in rule['nodes']]}" for rule in found]

    def _mirrored(self) -> Page:
        """The same page at the same size in a browser that could run scripts, which the page's policy forbids."""
        if self._mirror is None:
            browser = self.context.browser
            assert browser is not None
            self._mirror = browser.new_context(viewport=self.page.viewport_size).new_page()
        url, html, policy = self.page.url, self.page.content(), {"content-security-policy": "script-src 'none'"}
        self._mirror.route(url, lambda route: route.fulfill(body=html, content_type="text/html", headers=policy))
        self._mirror.goto(url)
        self._mirror.unroute(url)
        return self._mirror

    def leave(self) -> None:
        self.context.close()
        if self._mirror is not None:
            self._mirror.context.close()
