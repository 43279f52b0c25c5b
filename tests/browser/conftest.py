"""A real browser. Every page a test opens is held against axe, the security policy and its own console."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.conftest import chromium_path

# Playwright runs an event loop in this thread; the tests' own look at the database is no danger.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
AXE = Path(settings.NODE_MODULES) / "axe-core" / "axe.min.js"
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        yield browser
        browser.close()


class Visitor:
    """One person at one screen. `check()` holds the page against everything a page must be."""

    def __init__(self, context: BrowserContext, base_url: str, *, scripts: bool) -> None:
        self.context, self.base_url, self.scripts = context, base_url, scripts
        self.page: Page = context.new_page()
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

    def open(self, path: str) -> Page:
        response = self.page.goto(path if path.startswith("http") else self.base_url + path)
        assert response is not None
        assert response.ok, f"{path}: {response.status}"
        self.check()
        return self.page

    def check(self) -> None:
        assert self.page.locator("h1").count() == 1, f"{self.page.url}: not one h1"
        too_wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert too_wide <= 0, f"{self.page.url}: {too_wide} px too wide"
        assert not self.violations(), f"{self.page.url}: {self.violations()}"
        assert not self.faults, self.faults

    def violations(self) -> list[str]:
        """What axe finds. It needs scripts of its own, so a visitor without scripts is spared."""
        if not self.scripts:
            return []
        if not self.page.evaluate("() => typeof window.axe !== 'undefined'"):
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        options: dict[str, Any] = {"runOnly": AXE_TAGS}
        found = self.page.evaluate("options => axe.run(document, options)", options)["violations"]
        return [f"{rule['id']}: {[node['target'] for node in rule['nodes']]}" for rule in found]


@pytest.fixture
def visit(browser: Browser, live_server: Any) -> Iterator[Any]:
    """visit(width=390, scripts=True, language="nb-NO") gives a Visitor; each has cookies of its own."""
    contexts: list[BrowserContext] = []

    def new(width: int = 1280, *, scripts: bool = True, language: str = "nb-NO") -> Visitor:
        context = browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=scripts,
                                      locale=language)  # fmt: skip
        contexts.append(context)
        return Visitor(context, live_server.url, scripts=scripts)

    yield new
    for context in contexts:
        context.close()
