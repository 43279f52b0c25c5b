"""Households of the invented region, as if they had registered or stood on a list of movers."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from newcomers.consents import give_consent
from newcomers.enums import HouseholdState, ShareField, Source
from newcomers.matching import address_key, name_key
from newcomers.models import Household, Person, Preferences, WayIn
from portal.accounts.models import User
from portal.demo import read
from portal.municipalities.models import Municipality, Postcode

DAYS_IN_A_MONTH = 30.4
DAYS_UNTIL_REGISTERED = 4


def load_people(*, on: date) -> dict[str, int]:
    for row in read("people")["households"]:
        municipality = Municipality.objects.get(code=row["municipality"])
        household = _known(municipality, row) or _make(municipality, row, on)
        _link_accounts(household)
        if "preferences" in row:
            Preferences.objects.get_or_create(household=household, defaults=row["preferences"])
    _load_ways_in()
    return {"households": Household.objects.count(), "persons": Person.objects.count()}


def _load_ways_in() -> None:
    """Posters and links, and by turns one of them for each household that registered itself."""
    for row in read("ways_in"):
        municipality = Municipality.objects.get(code=row["municipality"])
        WayIn.objects.get_or_create(municipality=municipality, code=row["code"], defaults={"name": row["name"]})
    for municipality in Municipality.objects.filter(wayins__isnull=False).distinct():
        ways = list(municipality.wayins.order_by("code"))
        came = municipality.households.filter(source=Source.SELF, way_in=None).order_by("created_at", "pk")
        for number, household in enumerate(came):
            Household.objects.filter(pk=household.pk).update(way_in=ways[number % len(ways)])


def _known(municipality: Municipality, row: dict[str, Any]) -> Household | None:
    return Household.objects.filter(
        municipality=municipality,
        address_key=address_key(row["street"], row["postcode"]),
        persons__name_key=name_key(row["adults"][0]["name"]),
    ).first()


def _make(municipality: Municipality, row: dict[str, Any], on: date) -> Household:
    moved_in_on = on - timedelta(days=round(row["moved_months_ago"] * DAYS_IN_A_MONTH))
    household = Household.objects.create(
        municipality=municipality,
        state=HouseholdState.PLANNING if moved_in_on > on else HouseholdState.MOVED_IN,
        moved_in_on=moved_in_on,
        city=Postcode.objects.get(code=row["postcode"]).city,
        care_of=row.get("care_of", ""),
        **{name: row[name] for name in ("street", "postcode", "language", "source", "residency", "wishes", "reason")},
    )
    for position, adult in enumerate(row["adults"]):
        Person.objects.create(household=household, position=position, **adult)
    for year in row["child_birth_years"]:
        Person.objects.create(household=household, is_adult=False, birth_year=year)
    _set_registered(household, min(on, moved_in_on + timedelta(days=DAYS_UNTIL_REGISTERED)))
    if household.source == Source.SELF:
        give_consent(household.adults[0], field=ShareField.EMAIL)
    return household


def _set_registered(household: Household, on: date) -> None:
    noon = timezone.make_aware(datetime.combine(on, time(12)))
    Household.objects.filter(pk=household.pk).update(created_at=noon)


def _link_accounts(household: Household) -> None:
    language = household.municipality.nearest_language(household.language)
    for person in household.persons.filter(is_adult=True, user=None).exclude(email=""):
        person.user = User.objects.for_email(person.email, name=person.name, language=language)
        person.save(update_fields=["user"])
