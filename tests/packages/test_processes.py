"""Killed at any moment, and several at once: the end is the same. On SQLite and PostgreSQL as the suite is run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from typing import Any

import pytest
from django.conf import settings

from tests.packages.processes import AGREED, HOUSEHOLDS

START = "import django; django.setup(); from tests.packages import processes; processes.main({!r})"
PLANNED = {
    "households": HOUSEHOLDS,
    "packages": HOUSEHOLDS,
    "items": [["plenty", 1], ["scarce", HOUSEHOLDS]],
    "left": 0,
    "broken": 0,
    "drafts": 0,
}


@cache
def scene(name: str) -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-c", START.format(name)],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=300,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "portal.settings_test"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def with_stock(state: str) -> dict[str, Any]:
    return {"scarce": {state: AGREED, "short": HOUSEHOLDS - AGREED}}


def without(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


def test_planning_killed_at_any_statement_ends_with_one_package_each() -> None:
    rows = scene("killed_planning")
    assert [row["how"] for row in rows[:-1]] == ["killed"] * (len(rows) - 1)
    assert len(rows) > 8
    for row in rows:
        expected = PLANNED | with_stock("reserved") | {"run": "planned", "letters": 0, "again": "done"}
        assert without(row, "how", "moment") == expected, row


def test_printing_killed_at_any_statement_ends_with_one_letter_each() -> None:
    rows = scene("killed_printing")
    assert [row["how"] for row in rows[:-1]] == ["killed"] * (len(rows) - 1)
    assert len(rows) > 8
    for row in rows:
        expected = PLANNED | with_stock("issued") | {"run": "printed", "letters": HOUSEHOLDS, "again": "done"}
        assert without(row, "how", "moment") == expected, row


@pytest.mark.parametrize("place", range(6))
def test_several_at_once_never_give_anything_twice(place: int) -> None:
    row = scene("racing")[place]
    state = "issued" if row["run"] == "printed" else "reserved"
    assert row["run"] == ("planned" if place < 2 else "printed")
    letters = 0 if row["run"] == "planned" else HOUSEHOLDS
    assert without(row, "how") == PLANNED | with_stock(state) | {"run": row["run"], "letters": letters}
    assert "killed" not in row["how"]
