from __future__ import annotations

import pytest

from tests.conftest import TODAY


@pytest.fixture(autouse=True)
def _the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.clock.today", lambda: TODAY)
