"""Words about health in free text: found, so that people can think twice before we keep them."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

WORDS = Path(__file__).parent / "data" / "health_words.json"  # beside its README


def is_mentioned(text: str) -> bool:
    """Whether a word of the text begins as one about health does, in any of our languages: people mix them."""
    return bool(_beginnings().search(text))


@cache
def _beginnings() -> re.Pattern[str]:
    words = {word for words in json.loads(WORDS.read_text(encoding="utf-8")).values() for word in words}
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(words)))})", re.IGNORECASE)
