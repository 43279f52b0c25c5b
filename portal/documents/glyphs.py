"""Which characters the letter fonts can draw: read from the fonts themselves.

An archival PDF may not hold a character without a glyph, so one name in an unknown script would stop a
whole print run. Whoever takes in names can ask here first.
"""

from __future__ import annotations

import struct
from functools import cache
from pathlib import Path
from unicodedata import category

FONT_FOLDER = Path(__file__).resolve().parent / "fonts"

BYTE_ORDER_MARK = "\ufeff"

_FORBIDDEN = {"Cc", "Co", "Cs"}  # in archival PDFs: control characters and private use
_SEGMENTED = 12  # the cmap format that reaches beyond the first 65,536 characters
_SEGMENTED_SHORT = 4  # that of fonts which stay below them


def undrawable(text: str) -> list[str]:
    """The characters of a text that no letter font has, each once, in order of appearance."""
    drawable = drawable_characters()
    if drawable.issuperset(text):
        return []
    return [character for character in dict.fromkeys(text) if not _drawable(character, drawable)]


@cache
def drawable_characters() -> frozenset[str]:
    """What at least one font can draw, and the line break, which is laid out and not drawn."""
    codepoints = set().union(*(_codepoints(path.read_bytes()) for path in FONT_FOLDER.glob("*.ttf")))
    characters = {chr(codepoint) for codepoint in codepoints} - {BYTE_ORDER_MARK}
    return frozenset({"\n"} | {each for each in characters if category(each) not in _FORBIDDEN})


def _drawable(character: str, drawable: frozenset[str]) -> bool:
    # Soft hyphens, joiners and marks of direction shape the text around them and need no glyph.
    return character in drawable or (category(character) == "Cf" and character != BYTE_ORDER_MARK)


def _codepoints(font: bytes) -> set[int]:
    cmap = _table(font, b"cmap")
    (subtables,) = struct.unpack_from(">H", font, cmap + 2)
    offsets = [struct.unpack_from(">I", font, cmap + 4 + index * 8 + 4)[0] for index in range(subtables)]
    by_format = {struct.unpack_from(">H", font, cmap + offset)[0]: cmap + offset for offset in offsets}
    if _SEGMENTED in by_format:
        return _segments(font, by_format[_SEGMENTED])
    if _SEGMENTED_SHORT in by_format:
        return _short_segments(font, by_format[_SEGMENTED_SHORT])
    raise ValueError("The font has no cmap of format 12 or 4.")


def _table(font: bytes, tag: bytes) -> int:
    (tables,) = struct.unpack_from(">H", font, 4)
    for index in range(tables):
        name, _checksum, offset, _length = struct.unpack_from(">4sIII", font, 12 + index * 16)
        if name == tag:
            return int(offset)
    raise ValueError(f"The font has no table {tag.decode()}.")


def _segments(font: bytes, subtable: int) -> set[int]:
    (groups,) = struct.unpack_from(">I", font, subtable + 12)
    codepoints: set[int] = set()
    for index in range(groups):
        first, last, _glyph = struct.unpack_from(">III", font, subtable + 16 + index * 12)
        codepoints.update(range(first, last + 1))
    return codepoints


def _short_segments(font: bytes, subtable: int) -> set[int]:
    """Ends, starts, differences and offsets stand one array after another; glyph 0 means that there is none."""
    (twice,) = struct.unpack_from(">H", font, subtable + 6)
    ends, starts = subtable + 14, subtable + 16 + twice
    codepoints: set[int] = set()
    for at in range(0, twice, 2):
        (last,), (first,) = struct.unpack_from(">H", font, ends + at), struct.unpack_from(">H", font, starts + at)
        (delta,) = struct.unpack_from(">H", font, starts + twice + at)
        place = starts + 2 * twice + at
        (offset,) = struct.unpack_from(">H", font, place)
        for codepoint in range(first, min(last, 0xFFFE) + 1):
            glyph = codepoint
            if offset:
                (glyph,) = struct.unpack_from(">H", font, place + offset + 2 * (codepoint - first))
            if glyph and (glyph + delta) & 0xFFFF:
                codepoints.add(codepoint)
    return codepoints
