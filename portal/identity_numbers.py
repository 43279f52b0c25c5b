"""Norwegian identity numbers in text: found, so that they are never kept."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Spaces of every kind, invisible characters, and the marks people write between the groups.
_GAP = r"[\s.,:/·()\[\]\-‐-―−\u00ad\u200b-\u200f\u2060\ufeff]*"
# As people write it: 010170 12345, 01.01.70-123 45, 01017012345. Never part of a longer run of digits.
_GROUPS = (r"(\d\d)", r"(\d\d)", r"(\d\d)", r"(\d{3})", r"(\d\d)")
_CANDIDATE = re.compile(r"(?<!\d)" + _GAP.join(_GROUPS) + r"(?!\d)")
_FIRST_CHECK = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
_SECOND_CHECK = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)


def contains(text: str) -> bool:
    return next(_spans(text), None) is not None


def remove(text: str) -> tuple[str, int]:
    """The text without identity numbers, and how many there were."""
    count = 0
    # Taking one out may bring the halves of another together.
    while spans := list(_spans(text)):
        count += len(spans)
        for start, end in reversed(spans):
            text = text[:start] + text[end:]
    return text, count


def no_identity_number(value: str) -> None:
    """A validator for free text. The message never repeats the number."""
    if contains(value):
        raise ValidationError(
            _("Take out the identity number (11 digits). We do not need it, and must not keep it."),
            code="identity_number",
        )


def _spans(text: str) -> Iterator[tuple[int, int]]:
    position = 0
    while match := _CANDIDATE.search(text, position):
        if _is_identity_number("".join(match.groups())):
            yield match.span()
            position = match.end()
        else:
            # A house number before it may have been read as its first digits: look again from the next group.
            position = match.start() + 2


def _is_identity_number(digits: str) -> bool:
    """Whether both check digits hold.

    The date part is not looked at: D-numbers add 40 to the day, synthetic series 40, 65 or 80 to the month,
    and a series nobody has told us about is better dropped than kept.
    """
    numbers = [int(digit) for digit in digits]
    return all(
        sum(weight * number for weight, number in zip(weights, numbers, strict=False)) % 11 == 0
        for weights in (_FIRST_CHECK, _SECOND_CHECK)
    )
