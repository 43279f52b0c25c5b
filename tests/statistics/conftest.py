from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from portal.municipalities.models import Municipality
from portal.statistics import ssb as client
from tests.factories import MunicipalityFactory
from tests.statistics.source import Ssb, running


@pytest.fixture
def ssb(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ssb]:
    """Statistics Norway, asked without the pauses that spare the real one."""
    monkeypatch.setattr(client, "SECONDS_BETWEEN", 0)
    monkeypatch.setattr(client, "SECONDS_BEFORE_NEXT_TRY", (0, 0))
    with running() as ssb:
        settings.SSB_API_URL = ssb.url
        yield ssb


@pytest.fixture
def gol(db: None) -> Municipality:
    return MunicipalityFactory(gol=True)
