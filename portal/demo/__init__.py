"""The demonstration: an invented region. Content stands in content/, each app's demo.py turns it into rows."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

CONTENT = Path(__file__).parent / "content"


@cache
def read(name: str) -> Any:
    """The parsed JSON file content/<name>.json."""
    return json.loads((CONTENT / f"{name}.json").read_text(encoding="utf-8"))
