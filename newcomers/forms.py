"""What newcomers fill in: the rules and words that every form of theirs shares."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel import Locale, localedata
from crispy_forms.helper import FormHelper
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.functional import Promise, lazy
from django.utils.text import capfirst as _capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.forms import HintsAtHealth
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


OPEN_TOO_LONG = _("The page was open for too long. Nothing is lost: look through it, and send it again.")


class PlainForm(HintsAtHealth):
    """Its fields alone; the page has the form around them, and the button."""

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False


def say_changed(form: Any, differences: Iterable[tuple[Any, str]]) -> None:
    """Somebody else has saved meanwhile: by label, what stands now where something else is typed."""
    form.add_error(
        None,
        gettext(
            "Somebody else has changed this while your page was open. What you typed still stands here: "
            "press the button again, and it counts."
        ),
    )
    for label, stands in differences:
        form.add_error(None, gettext("%(field)s: now it says “%(value)s”.") % {"field": label, "value": stands})


# --- Years ----------------------------------------------------------------------------------------


def adult_year(year: int, on: date) -> int:
    if not OLDEST.year <= year <= on.year:
        raise ValidationError(_("This cannot be a birth year. Write it with four digits, such as 1985."))
    if on.year - year < ADULT_AGE:
        raise ValidationError(_("An adult is at least 18 this year. Children have their own place, by birth year."))
    return year


def child_year(year: int, on: date) -> int:
    if year > on.year:
        raise ValidationError(_("%(year)d has not come yet. Add the child when it is born."), params={"year": year})
    if on.year - year >= ADULT_AGE:
        raise ValidationError(
            _("Who was born in %(year)d is an adult, and registers with a name."), params={"year": year}
        )
    return year


# --- Addresses ------------------------------------------------------------------------------------


def address_line(street: str, postcode: str, city: str, care_of: str = "") -> str:
    """On one line: "c/o Moen, Storgata 1, 3550 Gol"."""
    return ", ".join(part for part in (care_of, street, f"{postcode} {city}".strip()) if part)


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


def known_place(typed: str, municipality: Municipality, *, elsewhere: str | Promise) -> Place:
    """The place of a postcode of this municipality; `elsewhere` says what to do with one of another."""
    place = look_up(typed, municipality)
    if place is None or not place.city:
        raise ValidationError(_("We do not know this postcode. It has four digits, such as 3550."))
    if place.elsewhere:
        lies_in = {"code": place.code, "city": place.city, "municipality": place.elsewhere}
        raise ValidationError(str(elsewhere), params=lies_in)
    return place


# --- Languages ------------------------------------------------------------------------------------


def language_choices(current: str) -> list[tuple[str, str]]:
    """With the language they have, which a list of movers may have named."""
    if current in dict(LANGUAGE_WISHES):
        return LANGUAGE_WISHES
    return [*LANGUAGE_WISHES, (current, Locale.parse(current, sep="-").display_name if _is_known(current) else current)]


def _is_known(code: str) -> bool:
    return bool(code) and code.partition("-")[0] in localedata.locale_identifiers()
