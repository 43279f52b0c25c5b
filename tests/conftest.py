"""The cast and the ground of every test."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from datetime import date
from urllib.parse import urlparse

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import translation

# The day of the tests, wherever a test does not say otherwise: a Sunday in the fourth quarter.
TODAY = date(2026, 11, 22)
# SQLite lets one transaction write at a time, and its test database has one connection: there nothing can race, so no
# service is missing there. On PostgreSQL these run.
two_writers = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="needs a database that lets two write at once"
)
REQUIRE_SERVICES = os.environ.get("REQUIRE_SERVICES") == "1"


# Browser tests that walk a way through the portal; the others look at pages, which no database changes.
JOURNEYS = {"test_journey", "test_site_journey", "test_keeping_true"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests in tests/browser/ need a browser; those of one file run one after another in the same one."""
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.browser)
            if item.path.stem not in JOURNEYS:
                item.add_marker(pytest.mark.look)
            item.add_marker(pytest.mark.xdist_group(f"browser-{item.path.stem}"))


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker, present, what in [
        ("browser", _has_chromium, "Chromium"),
        ("postgres", _has_postgres, "PostgreSQL (TEST_POSTGRES_URL)"),
        ("redis", _has_redis, "Redis (TEST_REDIS_URL)"),
    ]:
        if item.get_closest_marker(marker) and not present():
            message = f"NOT TESTED: {what} is not here"
            if REQUIRE_SERVICES:
                pytest.fail(message, pytrace=False)
            pytest.skip(message)


def _has_chromium() -> bool:
    return chromium_path() is not None


def chromium_path() -> str | None:
    """The headless shell first: it draws the same pages, and starts and loads them faster than the whole browser."""
    browsers = ("chromium-headless-shell", "chromium", "chromium-browser")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, browsers)), None)


def _has_postgres() -> bool:
    return _answers(os.environ.get("TEST_POSTGRES_URL", ""), 5432)


def _has_redis() -> bool:
    return _answers(os.environ.get("TEST_REDIS_URL", ""), 6379)


def _answers(url: str, port: int) -> bool:
    """Whether something listens at the host and port of the address."""
    where = urlparse(url)
    if not where.hostname:
        return False
    try:
        socket.create_connection((where.hostname, where.port or port), timeout=2).close()
    except OSError:
        return False
    return True


@pytest.fixture
def in_english() -> Iterator[None]:
    """For tests that read the words of the code itself."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _as_if_just_started() -> None:
    """Nothing kept from the test before: no page, and not the language its last request was answered in."""
    cache.clear()
    translation.deactivate()
