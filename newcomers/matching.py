"""Keys by which the same address and the same person are recognised, however they were typed."""

from __future__ import annotations

import re
import unicodedata

# As wide as the columns that hold them.
_ADDRESS_KEY_LENGTH = 220
_NAME_KEY_LENGTH = 200

_LETTER_AFTER_NUMBER = re.compile(r"(?<=\d) (?=[^\W\d_]\b)")


def name_key(name: str) -> str:
    """A name without case and spacing."""
    return "".join(_folded(name).split())[:_NAME_KEY_LENGTH]


def street_key(address: str) -> str:
    """A street line without case, commas and needless spaces: storgata 12b h0201."""
    words = " ".join(_folded(address).replace(",", " ").split())
    return _LETTER_AFTER_NUMBER.sub("", words)


def address_key(address: str, postcode: str) -> str:
    """Where somebody lives, with the unit."""
    return f"{postcode.strip()} {street_key(address)}"[:_ADDRESS_KEY_LENGTH]


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
