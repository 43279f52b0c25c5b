"""The cast and the ground of every test."""

from __future__ import annotations

import os
import shutil
import socket
from datetime import date
from urllib.parse import urlparse

import pytest
from django.core.cache import cache

# The day of the tests, wherever a test does not say otherwise: a Sunday in the fourth quarter.
TODAY = date(2026, 11, 22)
REQUIRE_SERVICES = os.environ.get("REQUIRE_SERVICES") == "1"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests in tests/browser/ need a browser, and run one after another."""
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


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
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


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


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()
