"""A real browser. Every page a test opens is held against axe, the security policy and its own console."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser, sync_playwright

from portal import clock
from tests.browser.snapshots import load_once
from tests.browser.visitor import Visitor
from tests.conftest import TODAY, chromium_path

# Playwright runs an event loop in this thread; the tests' own look at the database is no danger.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser, live_server: Any) -> Iterator[Callable[..., Visitor]]:
    """visit(width=390, scripts=True, language="nb") gives a Visitor; each has cookies of its own.

    Without a service worker, which would fetch on its own what a test did not ask for; see test_offline.py.
    """
    visitors: list[Visitor] = []

    def new(width: int = 1280, *, scripts: bool = True, language: str = "nb", **options: Any) -> Visitor:
        chosen = {"service_workers": "block"} | options
        context = browser.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=scripts, locale=language, **chosen
        )
        context.set_default_timeout(10_000)
        visitors.append(Visitor(context, live_server.url, scripts=scripts, language=language))
        return visitors[-1]

    yield new
    for visitor in visitors:
        visitor.leave()


class Calendar:
    """The day it is in the portal."""

    def __init__(self, today: date) -> None:
        self.today = today


@pytest.fixture
def calendar(monkeypatch: pytest.MonkeyPatch) -> Calendar:
    calendar = Calendar(TODAY)
    monkeypatch.setattr(clock, "today", lambda: calendar.today)
    return calendar


def load_demo(on: date, **options: Any) -> None:
    """The invented region, of which only Gol can be searched: that is where people search."""

    def load() -> None:
        call_command("demo", date=on, no_index=True, stdout=StringIO(), **options)
        call_command("indexsearch", municipality="3324", stdout=StringIO())

    load_once(f"{on} {options}", load)


@pytest.fixture
def region(transactional_db: None, calendar: Calendar) -> None:
    """The invented region: municipalities, texts, gifts, plans and who works there; nobody else."""
    load_demo(calendar.today, content_only=True)
