"""Two towns, built once for a file; each test gets copies of its own, and leaves nothing in the database."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from django.db import transaction
from django.utils import translation

from tests.access.cast import Town, build_town
from tests.conftest import TODAY


@pytest.fixture(autouse=True)
def _the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.clock.today", lambda: TODAY)


@pytest.fixture(autouse=True)
def _in_bokmal() -> Iterator[None]:
    """Addresses begin with the language, and the test before may have left another behind."""
    with translation.override("nb"):
        yield


@pytest.fixture(scope="module")
def towns(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Town]]:
    with (
        pytest.MonkeyPatch.context() as patch,
        django_db_blocker.unblock(),
        translation.override("nb"),
        transaction.atomic(),
    ):
        patch.setattr("portal.clock.today", lambda: TODAY)
        yield {"gol": build_town("gol", "3550"), "aal": build_town("aal", "3570")}
        transaction.set_rollback(True)


@pytest.fixture
def gol(towns: dict[str, Town], db: None) -> Town:
    return deepcopy(towns["gol"])


@pytest.fixture
def aal(towns: dict[str, Town], db: None) -> Town:
    return deepcopy(towns["aal"])
