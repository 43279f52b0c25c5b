"""What an editor may leave open in a text: {municipality} and {names}, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

KNOWN = ("municipality", "names")
_FIELD = re.compile(r"\{([^{}]*)\}")


def known_fields_only(text: str) -> None:
    for name in _FIELD.findall(text):
        if name not in KNOWN:
            raise ValidationError(
                _("{%(name)s} cannot be filled in. Use {municipality} or {names}."),
                code="unknown_field",
                params={"name": name},
            )


def fill_in(text: str, values: Mapping[str, str]) -> str:
    """The text with its fields filled in. What is filled in is never read as a field again."""
    return _FIELD.sub(lambda match: values.get(match[1], match[0]), text)
