"""The copy of the answers that whoever registered gets by e-mail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from newcomers.enums import KeptReason, PartTimeKind, ShareField, Situation
from newcomers.forms import LANGUAGE_WISHES, address_line
from newcomers.models import Person, Registration
from newcomers.registering.page import NOT_ANSWERED
from newcomers.registering.pages import FIRST_NAME_ALONE
from newcomers.registering.questionnaire import is_for
from portal.outbox.services import write_message


def send_copy(registration: Registration, person: Person) -> None:
    """Once for each registration, to the one who registered; forgotten here when it has left."""
    municipality = registration.municipality
    language = municipality.nearest_language(registration.answers["language"])
    with translation.override(language):
        lines = list(lines_of(registration.answers))
        my_page = settings.SITE_URL + reverse("newcomers:my_page", args=[municipality.slug])
    write_message(
        kind="registration_copy",
        key=f"registration_copy:{registration.pk}",
        recipient=registration.email,
        language=language,
        template="registration_copy",
        context={"name": person.first_name, "lines": lines, "my_page": my_page},
        municipality=municipality,
        user=person.user,
        is_secret=True,
        about=[person.household_id],
    )


def lines_of(answers: Mapping[str, Any]) -> list[dict[str, str]]:
    """What was asked and answered, in the active language.

    Mail is read by many eyes: no birth years, no phone numbers, no one else's addresses. The mail says so.
    """
    address = address_line(answers["street"], answers["postcode"], answers["city"], answers["care_of"])
    shared = ", ".join(str(ShareField(name).label) for name in answers["share"])
    facts = [
        ("situation", _("Your situation"), _label(Situation, answers["situation"])),
        ("part-time", _("What brings you here"), _label(PartTimeKind, answers["part_time_kind"])),
        ("part-time", _("What would make you stay longer"), answers["stay_longer"]),
        ("adults", _("Adults"), ", ".join(adult["name"] for adult in answers["adults"])),
        ("children", _("Children"), str(len(answers["child_birth_years"]) or _("None"))),
        ("date", _("Day of moving"), _day(answers["moved_in_on"])),
        ("maybe", _("Perhaps moving, about"), _day(answers["moved_in_on"])),
        ("address", _("Address"), address),
        ("language", _("Language"), dict(LANGUAGE_WISHES).get(answers["language"], answers["language"])),
        ("reason", _("Reason for moving"), _label(KeptReason, answers["reason"])),
        ("wishes", _("Your wishes"), answers["wishes"]),
        ("sharing", _("Your host may see"), shared or str(FIRST_NAME_ALONE)),
    ]
    return [
        {"label": label, "value": value or str(NOT_ANSWERED)}
        for page, label, value in facts
        if is_for(page, answers["situation"])
    ]


def _label(choices: Any, value: str) -> str:
    return capfirst(str(choices(value).label)) if value else ""


def _day(value: str) -> str:
    return date_format(date.fromisoformat(value), "DATE_FORMAT") if value else ""
