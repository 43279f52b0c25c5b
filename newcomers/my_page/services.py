"""What a household changes on My page: own details, first steps, the address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from newcomers.enums import LIVING_HERE, HouseholdState, Residency
from newcomers.models import AddressChange, Household, Person, StepTick
from newcomers.services import claim_version
from portal.accounts.models import User
from portal.pages.enums import Situation
from portal.pages.models import Step
from portal.pages.texts import text_in


@transaction.atomic
def update_own_details(
    person: Person,
    *,
    version: int,
    name: str,
    birth_year: int | None,
    phone: str,
    language: str,
    wishes: str,
    wants_post: bool,
    by: User,
) -> None:
    """What a newcomer changes of their own. Raises ChangedMeanwhile if the household is no longer at `version`."""
    household = person.household
    claim_version(household, version)
    person.name, person.birth_year, person.phone = name, birth_year, phone
    person.save(update_fields=["name", "name_key", "birth_year", "phone"])
    household.language, household.wishes, household.wants_post = language, wishes, wants_post
    household.save(update_fields=["language", "wishes", "wants_post"])
    by.name, by.language = name, household.municipality.nearest_language(language)
    by.save(update_fields=["name", "language"])


@transaction.atomic
def move_within(household: Household, *, version: int, address: dict[str, Any], on: date, by: User) -> None:
    """They live somewhere else in the municipality. Letters and packages go there from now on.

    `address` has street, care_of, postcode and city. The old one is kept nowhere: only that they moved, and when. A
    first address is no move.
    """
    claim_version(household, version)
    had_another = household.state in LIVING_HERE and household.street
    for name in ("street", "care_of", "postcode", "city"):
        setattr(household, name, address[name])
    household.save(update_fields=["street", "care_of", "postcode", "city", "address_key"])
    if had_another:
        AddressChange.objects.create(household=household, on=on, by=by)


# --- First steps ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class StepToDo:
    """A step of the household's situation in the reader's language, and whether they have done it."""

    step: Step
    text: Any
    done_on: date | None


def situation_of(household: Household) -> Situation | None:
    """Which steps fit; none for those who have settled or moved away."""
    if household.state in {HouseholdState.SETTLED, HouseholdState.MOVED_AWAY}:
        return None
    if household.residency == Residency.PART_TIME:
        return Situation.PART_TIME
    return {
        HouseholdState.CONSIDERING: Situation.CONSIDERING,
        HouseholdState.PLANNING: Situation.MOVING,
        HouseholdState.MOVED_IN: Situation.MOVED,
    }[HouseholdState(household.state)]


def steps_of(household: Household, language: str) -> list[StepToDo]:
    """The first steps in their order."""
    situation = situation_of(household)
    if situation is None:
        return []
    municipality = household.municipality
    done: dict[Any, date] = dict(household.ticks.values_list("step_id", "on"))
    steps = municipality.steps.filter(situation=situation).prefetch_related("translations")
    found = [StepToDo(step, text_in(step, language, municipality.main_language), done.get(step.pk)) for step in steps]
    return [item for item in found if item.text]


def tick(household: Household, step: Step, *, on: date) -> None:
    """Done. Pressed twice, the first day stands."""
    StepTick.objects.get_or_create(household=household, step=step, defaults={"on": on})


def untick(household: Household, step: Step) -> None:
    household.ticks.filter(step=step).delete()


def next_step(steps: Sequence[StepToDo]) -> StepToDo | None:
    return next((item for item in steps if item.done_on is None), None)
