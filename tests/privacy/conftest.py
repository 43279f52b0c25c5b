from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.access.cast import Town, build_town
from tests.conftest import TODAY


@pytest.fixture(autouse=True)
def _the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.clock.today", lambda: TODAY)


@pytest.fixture(autouse=True)
def _own_file(settings: Any, tmp_path: Path) -> None:
    settings.ERASURES_FILE = tmp_path / "erasures.jsonl"


@pytest.fixture
def gol(db: None) -> Town:
    return build_town("gol", "3550")


@pytest.fixture
def aal(db: None) -> Town:
    return build_town("aal", "3570")
