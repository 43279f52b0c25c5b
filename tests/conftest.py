"""The cast and the ground of every test."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.cache import cache

# The day of the tests, wherever a test does not say otherwise: a Sunday in the fourth quarter.
TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()
