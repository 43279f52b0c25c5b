"""What newcomers fill in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from babel import Locale, localedata
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.text import capfirst as _capfirst

from portal.municipalities.models import Municipality, Postcode

capfirst = lazy(_capfirst, str)  # choices are read before the reader's language is known
OLDEST = date(1900, 1, 1)
MONTHS_AHEAD = 12
ADULT_AGE = 18

# In their own words, since the reader may know no other. Those we do not write in are wishes (nearest_language).
LANGUAGE_WISHES = [
    ("nb", "Norsk bokmål"),
    ("nn", "Norsk nynorsk"),
    ("en", "English"),
    ("pl", "Polski"),
    ("uk", "Українська"),
    ("de", "Deutsch"),
    ("ar", "العربية"),
]


@dataclass(frozen=True)
class Place:
    """What we know of a postcode. No city: there is no such postcode. `elsewhere`: it is not in this municipality."""

    code: str
    city: str = ""
    elsewhere: Municipality | None = None

    @property
    def register_elsewhere(self) -> str:
        """Where its people register, if the portal receives them too."""
        here = self.elsewhere and self.elsewhere.is_active
        return reverse("newcomers:register", args=[self.elsewhere.slug]) if self.elsewhere and here else ""


def look_up(typed: str, municipality: Municipality) -> Place | None:
    """The place of a postcode; nothing as long as it is not written out."""
    code = "".join(typed.split())
    if not re.fullmatch(r"[0-9]{4}", code):
        return None
    postcode = Postcode.objects.select_related("municipality").filter(code=code).first()
    if postcode is None:
        return Place(code)
    elsewhere = postcode.municipality if postcode.municipality_id != municipality.pk else None
    return Place(code, postcode.city, elsewhere)


def language_choices(current: str) -> list[tuple[str, str]]:
    """With the language they have, which a list of movers may have named."""
    if current in dict(LANGUAGE_WISHES):
        return LANGUAGE_WISHES
    return [*LANGUAGE_WISHES, (current, Locale.parse(current, sep="-").display_name if _is_known(current) else current)]


def _is_known(code: str) -> bool:
    return bool(code) and code.partition("-")[0] in localedata.locale_identifiers()
