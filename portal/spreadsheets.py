"""Files that are opened in a spreadsheet."""

from __future__ import annotations

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def without_formula(cell: str) -> str:
    """A spreadsheet takes a text that begins so for a formula, and carries it out."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
