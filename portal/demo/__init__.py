"""The demonstration: an invented region. Content stands in content/, each app's demo.py turns it into rows."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

CONTENT = Path(__file__).parent / "content"
# What the rows that languages/*.json translate are called there.
NAMED_BY = {
    "service_info": "topic", "contacts": "code", "municipalities": "code", "steps": "code",
    "articles": "slug", "pictures": "code",
}  # fmt: skip


@cache
def read(name: str) -> Any:
    """The parsed JSON file content/<name>.json, with the texts that content/languages/ has for it."""
    content = _parsed(CONTENT / f"{name}.json")
    if name in NAMED_BY:
        for path in sorted((CONTENT / "languages").glob("*.json")):
            _add_language(content, path.stem, _parsed(path).get(name, {}), NAMED_BY[name])
    return content


def _parsed(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _add_language(rows: list[dict[str, Any]], language: str, texts: dict[str, Any], key: str) -> None:
    for row in rows:
        text = texts.get(row[key])
        if text is None:
            continue
        if "texts" in row:
            row["texts"][language] = text
            continue
        # A municipality: what it says of itself stands in several places.
        row["tagline"][language], row["intro"][language] = text["tagline"], text["intro"]
        row["service_office"]["name"][language] = text["office_name"]
        for topic, paragraph in text["local"].items():
            row["local"][topic][language] = paragraph
