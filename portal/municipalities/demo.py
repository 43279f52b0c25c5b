"""The invented region: six municipalities switched on, and who works there."""

from __future__ import annotations

from datetime import date
from typing import Any

from portal.accounts.models import User
from portal.demo import read
from portal.municipalities.enums import Role
from portal.municipalities.loading import load_municipalities
from portal.municipalities.models import Municipality, Postcode, StaffRole


def _set_up(place: dict[str, Any]) -> None:
    municipality = Municipality.objects.get(code=place["code"])
    main = place["languages"][0]
    office, signature = place["service_office"], place["signature"]
    city = Postcode.objects.get(code=office["postcode"]).city
    Municipality.objects.filter(pk=municipality.pk).update(
        slug=place["slug"],
        written_form=place["written_form"],
        languages=place["languages"],
        is_active=True,
        is_demo=True,
        answer_within_days=3,
        office_name=office["name"][main],
        office_street=office["street"],
        office_postcode=office["postcode"],
        office_city=city,
        office_phone=office["phone"],
        office_email=office["email"],
        signature_name=signature["name"],
        signature_title=signature["title"][main],
    )
    for language in place["languages"]:
        municipality.translations.update_or_create(
            language_code=language,
            defaults={"tagline": place["tagline"][language], "intro": place["intro"][language]},
        )


def _set_up_staff(row: dict[str, Any]) -> None:
    municipality = Municipality.objects.filter(code=row["municipality"]).first() if row["municipality"] else None
    language = municipality.main_language if municipality else "nb"
    user = User.objects.for_email(row["email"], name=row["name"], language=language)
    StaffRole.objects.get_or_create(user=user, municipality=municipality, role=row["role"])
    if municipality and row["role"] == Role.COORDINATOR:
        Municipality.objects.filter(pk=municipality.pk).update(questions_to=user)


def load_content(*, on: date) -> dict[str, int]:
    counts = load_municipalities()
    places = read("municipalities")
    for place in places:
        _set_up(place)
    for row in read("people")["staff"]:
        _set_up_staff(row)
    return {"municipalities": counts["municipalities"], "switched_on": len(places), "roles": StaffRole.objects.count()}
