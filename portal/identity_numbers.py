"""Norwegian identity numbers in text: found, so that they are never kept."""

from __future__ import annotations

import re

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Spaces of every kind, invisible characters, and the marks people write between the groups.
_GAP = r"[\s.,:/·()\[\]\-‐-―−\u00ad\u200b-\u200f\u2060\ufeff]*"
# As people write it: 010170 12345, 01.01.70-123 45, 01017012345. Never part of a longer run of digits.
_GROUPS = (r"(\d\d)", r"(\d\d)", r"(\d\d)", r"(\d{3})", r"(\d\d)")
_CANDIDATE = re.compile(r"(?<!\d)" + _GAP.join(_GROUPS) + r"(?!\d)")
# Read backwards from where one was taken out: the digits that may belong to a number that this brings together.
_HALF_BEFORE = re.compile(rf"(?:{_GAP}\d){{0,10}}")
# What a phone number in another country begins with.
_FROM_ABROAD = re.compile(r"(?:\+|\b00)" + _GAP + "$")
_FIRST_CHECK = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
_SECOND_CHECK = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)


def contains(text: str) -> bool:
    return _find(text) is not None


def remove(text: str) -> tuple[str, int]:
    """The text without identity numbers, and how many there were."""
    count, position = 0, 0
    while found := _find(text, position):
        start, end = found.span()
        text = text[:start] + text[end:]
        count += 1
        # Taking one out may bring the halves of another together: look again from a little before.
        before = _HALF_BEFORE.match(text[:start][::-1])
        position = start - (before.end() if before else 0)
    return text, count


def no_identity_number(value: str) -> None:
    """A validator for free text. The message never repeats the number."""
    if contains(value):
        raise ValidationError(
            _("Take out the identity number (11 digits). We do not need it, and must not keep it."),
            code="identity_number",
        )


def _find(text: str, position: int = 0) -> re.Match[str] | None:
    while match := _CANDIDATE.search(text, position):
        digits = "".join(match.groups())
        if _is_identity_number(digits) and not _is_phone_number(digits, text[: match.start()][-6:]):
            return match
        # A house number before it may have been read as its first digits: look again from the next group.
        position = match.start() + 2
    return None


def _is_phone_number(digits: str, before: str) -> bool:
    """Polish and Swedish numbers have eleven digits with the country's, and some of them the right check digits."""
    if not _FROM_ABROAD.search(before):
        return False
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(f"+{digits}"))
    except phonenumbers.NumberParseException:
        return False


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
