from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation

from tests.conftest import TODAY


@pytest.fixture(autouse=True)
def _the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.clock.today", lambda: TODAY)


@pytest.fixture(autouse=True)
def _in_bokmal() -> Iterator[None]:
    """Addresses begin with the language, and the test before may have left another behind."""
    with translation.override("nb"):
        yield
