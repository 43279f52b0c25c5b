"""Moving on: plans that change, on one's own feet, or away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from newcomers.enums import HouseholdState
from newcomers.models import Household
from newcomers.services import claim_version, move
from portal.accounts.models import User
from portal.municipalities.models import DatedTask
from portal.municipalities.reminders import NOT_CURRENT
from portal.outbox.services import write_message


@dataclass(frozen=True)
class Plans:
    """What a household says of when and how it lives here."""

    state: str
    moved_in_on: date | None
    residency: str
    part_time_kind: str = ""
    stay_longer: str = ""


@transaction.atomic
def change_plans(household: Household, *, version: int, plans: Plans, by: User, on: date) -> None:
    """They come at another time, are here already, or live here in another way than they had told."""
    claim_version(household, version)
    changed = ("moved_in_on", "residency", "part_time_kind", "stay_longer")
    for name in changed:
        setattr(household, name, getattr(plans, name))
    household.save(update_fields=changed)
    if plans.state != household.state:
        move(household, to=plans.state, by=by, on=on)


@transaction.atomic
def settle(household: Household, *, version: int, by: User, on: date) -> None:
    """They stand on their own feet. The host withdraws (welcome.hosting), and everybody is thanked."""
    claim_version(household, version)
    move(household, to=HouseholdState.SETTLED, by=by, on=on)


@transaction.atomic
def move_away(household: Household, *, version: int, by: User, on: date) -> None:
    """They moved away on the day, or do not come after all: what was promised ends now."""
    claim_version(household, version)
    move(household, to=HouseholdState.MOVED_AWAY, by=by, on=on)


def follow_state(household: Household, to: str, by: User | None, on: date) -> None:
    """What newcomers itself does when a household has moved (portal.registry)."""
    if to == HouseholdState.SETTLED:
        _thank(household)
    if to == HouseholdState.MOVED_AWAY:
        DatedTask.objects.open().filter(subject_id=household.pk).update(done_on=on, outcome=NOT_CURRENT)


def _thank(household: Household) -> None:
    """To each adult with an e-mail address: an answer to what they said, no news, so it needs no consent."""
    if household.restricted:
        return
    municipality = household.municipality
    language = municipality.nearest_language(household.language)
    for person in household.persons.filter(is_adult=True).exclude(email=""):
        write_message(
            kind="settled",
            key=f"settled:{person.pk}",
            recipient=person.email,
            language=language,
            template="settled",
            context={"person": person},
            municipality=municipality,
            user=person.user,
            about=[household.pk],
        )
