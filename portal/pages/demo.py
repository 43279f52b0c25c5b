"""Service information and contact points of the invented region."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from portal.accounts.models import User
from portal.demo import read
from portal.municipalities.models import Municipality
from portal.pages.models import ContactPoint, ServiceInfo

# A contact that no letter draws on, left unverified in one town, so that overdue facts can be seen.
OVERDUE = ("3326", "volunteer_centre")


def _filled(text: str, facts: dict[str, str]) -> str:
    for name, value in facts.items():
        text = text.replace("{" + name + "}", value)
    return text


def _facts(place: dict[str, Any]) -> dict[str, str]:
    return {
        "municipality": Municipality.objects.get(code=place["code"]).name,
        "centre": place["centre"],
        "station": place["station"],
        "region": "Hallingdal",
        "slug": place["slug"],
    }


def _set_texts(obj: Any, texts: dict[str, dict[str, str]], facts: dict[str, str]) -> None:
    for language, fields in texts.items():
        obj.translations.update_or_create(
            language_code=language, defaults={name: _filled(value, facts) for name, value in fields.items()}
        )


def _load_contacts(municipality: Municipality, facts: dict[str, str], owner: User | None, on: date) -> None:
    for number, row in enumerate(read("contacts")):
        overdue = (municipality.code, row["code"]) == OVERDUE
        contact, _created = ContactPoint.objects.update_or_create(
            municipality=municipality,
            code=row["code"],
            defaults={
                "phone": row.get("phone", ""),
                "email": _filled(row.get("email", ""), facts),
                "website": _filled(row.get("website", ""), facts),
                "owner": owner,
                "address": _filled(row.get("address", ""), facts),
                "verify_every": 365,
                "verified_on": on - timedelta(days=500 if overdue else number),
            },
        )
        _set_texts(contact, row["texts"], facts)


def _load_infos(
    place: dict[str, Any], municipality: Municipality, facts: dict[str, str], owner: User | None, on: date
) -> None:
    contacts = {contact.code: contact for contact in municipality.contactpoints.all()}
    local = place.get("local", {})
    for number, row in enumerate(read("service_info")):
        info, _created = ServiceInfo.objects.update_or_create(
            municipality=municipality,
            topic=row["topic"],
            defaults={"owner": owner, "verified_on": on - timedelta(days=number), "verify_every": 365},
        )
        texts = {language: dict(fields) for language, fields in row["texts"].items()}
        for language, paragraph in local.get(row["topic"], {}).items():
            texts[language]["body"] += "\n\n" + paragraph
        _set_texts(info, texts, facts)
        info.contacts.set([contacts[code] for code in row["contacts"]])


def load_content(*, on: date) -> dict[str, int]:
    for place in read("municipalities"):
        municipality = Municipality.objects.get(code=place["code"])
        owner = User.objects.filter(staff_roles__municipality=municipality).order_by("email").first()
        facts = _facts(place)
        _load_contacts(municipality, facts, owner, on)
        _load_infos(place, municipality, facts, owner, on)
    return {"contact_points": ContactPoint.objects.count(), "service_information": ServiceInfo.objects.count()}
