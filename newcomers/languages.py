"""The languages that people speak, by name in the language of the page."""

from __future__ import annotations

from functools import cache

from babel import Locale
from django.conf import settings
from django.utils.translation import get_language

from portal.search.text import fold

# What is offered to tick; the rest is typed. Norwegian first, then those that most people who move to Norway speak.
COMMON = (
    "nb", "en", "pl", "uk", "lt", "ar", "so", "ti", "sv", "da", "de", "es", "fr", "ro", "ru", "fa", "ku", "tr", "ur",
    "th", "tl", "vi", "se",
)  # fmt: skip
# Names are looked for in the language of the page, and in these.
ALSO_NAMED_IN = ("nb", "en")
# Several, unknown, none, and those that stand here as Norwegian.
NOT_SPOKEN = {"mul", "mis", "und", "zxx", "root", "no", "nn"}


def language_name(code: str) -> str:
    """In the language of the page; the code itself where the page's language has no name for it."""
    return _names(_page_language()).get(code, code)


def find_language(name: str) -> str | None:
    """The code of a language by its name in the language of the page, in Norwegian or in English."""
    wanted = fold(name)
    for language in (_page_language(), *ALSO_NAMED_IN):
        code = next((code for code, known in _names(language).items() if fold(known) == wanted), None)
        if code:
            return code
    return None


def other_languages() -> list[str]:
    """The names of all languages that are not offered to tick, sorted."""
    return sorted(name for code, name in _names(_page_language()).items() if code not in COMMON)


def _page_language() -> str:
    return get_language() or settings.LANGUAGE_CODE


@cache
def _names(language: str) -> dict[str, str]:
    """Of languages, not of their regions and scripts. Norwegian is spoken in one way here, and written in two."""
    names = Locale.parse(language, sep="-").languages
    spoken = {code: str(name) for code, name in names.items() if code.isalpha() and code not in NOT_SPOKEN}
    return spoken | {"nb": str(names["no"])}
