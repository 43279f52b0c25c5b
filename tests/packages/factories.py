"""Municipalities, households and gifts for the tests of letters and packages."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

from django.utils.text import slugify

from newcomers.enums import Source
from newcomers.models import Household, Person
from portal.municipalities.models import Municipality
from portal.pages.enums import Topic
from portal.pages.models import ContactPoint, ServiceInfo
from tests.conftest import TODAY
from welcome.letters.models import LetterTemplate
from welcome.packages.models import Gift, Partner

_numbers = count(1)

LETTER_TEXTS = {
    "nb": {"subject": "Velkommen til {municipality}", "greeting": "Hei, {names}", "closing": "Hilsen"},
    "nn": {"subject": "Velkomen til {municipality}", "greeting": "Hei, {names}", "closing": "Helsing"},
    "en": {"subject": "Welcome to {municipality}", "greeting": "Dear {names}", "closing": "Kind regards"},
}


def make_municipality(name: str = "Gol", **values: Any) -> Municipality:
    number = next(_numbers)
    defaults = {
        "code": f"{number:04d}",
        "slug": f"{slugify(name)}-{number}",
        "county": "Buskerud",
        "centre": name,
        "is_active": True,
        "office_name": "Servicekontoret",
        "office_street": "Vindaugsvegen 1",
        "office_postcode": "3550",
        "office_city": name,
        "signature_name": "Torunn Lyktebråten",
        "signature_title": "Velkomstkoordinator",
    }
    return Municipality.objects.create(name=name, **(defaults | values))


def make_household(
    municipality: Municipality,
    *names: str,
    children: tuple[int, ...] = (),
    moved_in_on: date | None = TODAY,
    **values: Any,
) -> Household:
    number = next(_numbers)
    defaults = {"street": f"Lyktevegen {number}", "postcode": "3550", "city": "Gol"}
    household = Household.objects.create(municipality=municipality, moved_in_on=moved_in_on, **(defaults | values))
    listed_on = moved_in_on if household.source == Source.REGISTER else None
    adults = [
        Person(household=household, position=place, name=name, listed_on=listed_on) for place, name in enumerate(names)
    ]
    Person.objects.bulk_create(
        [*adults, *(Person(household=household, is_adult=False, birth_year=year) for year in children)]
    )
    return household


def make_households(municipality: Municipality, number: int, **values: Any) -> list[Household]:
    """Many at once, with one adult each."""
    defaults = {"postcode": "3550", "city": "Gol", "moved_in_on": TODAY, "language": "nb"}
    households = [
        Household(municipality=municipality, street=f"Lyktevegen {place}", **(defaults | values))
        for place in range(number)
    ]
    Household.objects.bulk_create(households, batch_size=500)
    Person.objects.bulk_create(
        [Person(household=household, name=f"Kari Lykt{place}") for place, household in enumerate(households)],
        batch_size=500,
    )
    return households


def make_gift(municipality: Municipality, code: str = "map", *, agreed: int | None = None, **values: Any) -> Gift:
    partner, _created = Partner.objects.get_or_create(municipality=municipality, name="Turlaget Raud Lykt")
    gift = Gift.objects.create(
        municipality=municipality, code=code, partner=partner, agreed=agreed, left=agreed, **values
    )
    for language in ("nb", "nn", "en"):
        gift.create_translation(language, title=f"{code}-{language}")
    return gift


def make_template(municipality: Municipality) -> LetterTemplate:
    template = LetterTemplate.objects.create(municipality=municipality)
    for language, texts in LETTER_TEXTS.items():
        template.create_translation(
            language,
            body="Så fint at du kom.\n\nKom gjerne innom.",
            gifts_intro=f"Gaver-{language}",
            information_heading=f"Godt å vite-{language}",
            source_register=f"Fra listen over flyttere-{language}",
            source_self=f"Fra deg selv-{language}",
            objection=f"Si fra-{language}",
            **texts,
        )
    return template


def make_info(
    municipality: Municipality, topic: str = Topic.LIBRARY, *, verified_on: date | None = TODAY
) -> ServiceInfo:
    """Verified service information with one contact point of the same name and date."""
    info = ServiceInfo.objects.create(municipality=municipality, topic=topic, verified_on=verified_on)
    contact = ContactPoint.objects.create(
        municipality=municipality, code=topic.replace("_", "-"), phone="00 00 00 01", verified_on=verified_on
    )
    for language in ("nb", "nn", "en"):
        info.create_translation(
            language, title=f"{topic}-{language}", summary="**Åpent** for [alle](https://a.example)", body="-"
        )
        contact.create_translation(language, name=f"contact-{topic}-{language}", opening_hours="9–15")
    info.contacts.add(contact)
    return info


def make_office(name: str = "Gol", **values: Any) -> Municipality:
    """A municipality that can print letters."""
    municipality = make_municipality(name, **values)
    make_template(municipality)
    make_info(municipality)
    return municipality
