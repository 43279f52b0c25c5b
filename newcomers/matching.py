"""Keys by which the same address and the same person are recognised, however they were typed.

`name_key` and `address_key` say the same of what differs in case and spacing alone. `sound_key` and `place_key` say the
same of what sounds alike in Norwegian, in whatever script and order: by these, those who may be meant are looked up.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

# As wide as the columns that hold them.
_ADDRESS_KEY_LENGTH = 220
_NAME_KEY_LENGTH = 200
_SOUND_KEY_LENGTH = 60

_LETTER_AFTER_NUMBER = re.compile(r"(?<=\d) (?=[^\W\d_]\b)")
_OTHER_SIGNS = re.compile(r"[^a-z0-9]+")
_DOUBLED = re.compile(r"([a-z])\1+")
_VOWELS = re.compile(r"[aeiouyj]")
_STREET = re.compile(r"^(?P<street>.*?[^\W\d_].*?)\s*(?P<number>\d+)\s*(?P<rest>.*)$")
# How the ends of Norwegian street names are written, and the one way in which they are compared.
_STREET_ENDS = re.compile(
    r"(?P<gate>g|gt|gata|gaten|gate)$|(?P<vei>v|vg|vn|vei|veg|veien|vegen)$|(?P<plass>pl|plass|plassen)$|"
    r"(?P<alle>al|alle|alleen)$|(?P<bakke>b|bk|bakke|bakken)$|(?P<sti>st|sti|stien)$"
)
# In this order. What stands left sounds as what stands right, or cannot be told from it by who hears a name.
_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("chr", "kr"),
        ("shch|sch|skj|tsj|sj|sh|kj|tj|ch|cz|sz|zh", "s"),
        ("hj|gj|lj|dj", "j"),
        ("hv|w", "v"),
        ("ph", "f"),
        ("th", "t"),
        ("kh|gh|ck|q|c", "k"),
        ("x", "ks"),
        ("z", "s"),
        ("h", ""),
    )
)


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


def sound_key(name: str) -> str:
    """How the first and the last name sound, in no order: "Moen, Kari Anne" and "Kary Mohen" are "kr mn"."""
    words = name_words(name)
    if not words:
        return ""
    return " ".join(sorted({_sound(words[0]), _sound(words[-1])}))[:_SOUND_KEY_LENGTH]


def place_key(address: str, postcode: str) -> str:
    """Which house: "Storgt. 12 B H0201" and "Storgata 12" are the same; "" without a house number."""
    street, number = street_and_number(address)
    return f"{postcode.strip()} {_sound(street)} {number}"[:_SOUND_KEY_LENGTH] if number else ""


@lru_cache(maxsize=50_000)
def name_words(name: str) -> tuple[str, ...]:
    """The words of a name in plain letters, given names first: "Sæther, Åse-Marie" is ("ase", "marie", "sether")."""
    last, comma, first = name.partition(",")
    return tuple(word for word in map(_plain, re.split(r"[\s-]+", f"{first} {last}" if comma else name)) if word)


@lru_cache(maxsize=50_000)
def street_and_number(address: str) -> tuple[str, str]:
    """The street in plain letters without its usual ending, and the house number: ("storgate", "12")."""
    match = _STREET.match(street_key(address))
    if not match:
        return _plain(address), ""
    words = [_plain(word) for word in re.split(r"[\s.-]+", match["street"]) if _plain(word)]
    if not words:
        return "", match["number"]
    words[-1] = _STREET_ENDS.sub(lambda end: str(end.lastgroup), words[-1])
    return "".join(words), match["number"]


def _sound(word: str) -> str:
    """Its consonants as they sound; a word of vowels alone is "a"."""
    for pattern, sound in _SOUNDS:
        word = pattern.sub(sound, word)
    return _DOUBLED.sub(r"\1", _VOWELS.sub("", word)) or "a"


def _plain(word: str) -> str:
    """Small Latin letters and digits alone: æ/ä as e, ø/ö/oe as o, å/aa as a, no letter twice."""
    letters = _OTHER_SIGNS.sub("", anyascii(unicodedata.normalize("NFC", word)).lower())
    return _DOUBLED.sub(r"\1", letters.replace("ae", "e").replace("oe", "o").replace("ue", "u"))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
