"""Every theme that can be chosen is there, and has all the colours the pages use."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from portal.pages.themes import DEFAULT_THEME, SAMPLES, THEMES

FOLDER = Path(settings.BASE_DIR) / "static" / "theme"
OTHERS = [code for code, _label in THEMES if code != DEFAULT_THEME]


def properties(code: str) -> list[str]:
    """The custom properties in their order: light and dark each define the colours once more."""
    return re.findall(r"(--[\w-]+)\s*:", (FOLDER / f"{code}.css").read_text(encoding="utf-8"))


def test_each_theme_is_a_file_and_each_file_a_theme() -> None:
    assert len(THEMES) >= 5
    assert {code for code, _label in THEMES} == set(SAMPLES) == {path.stem for path in FOLDER.glob("*.css")}


@pytest.mark.parametrize("code", OTHERS)
def test_a_theme_defines_what_the_first_one_defines(code: str) -> None:
    assert properties(code) == properties(DEFAULT_THEME)
    assert len(properties(code)) > 300


@pytest.mark.parametrize("code", OTHERS)
def test_a_theme_has_colours_of_its_own(code: str) -> None:
    own, first = ((FOLDER / f"{name}.css").read_text(encoding="utf-8") for name in (code, DEFAULT_THEME))
    accent = r"--ds-color-accent-base-default: (\S+);"
    assert set(re.findall(accent, own)).isdisjoint(re.findall(accent, first))
    assert SAMPLES[code][1] in own.lower()
