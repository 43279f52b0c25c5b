"""Registering somebody who stands at the desk: known at once, shared with nobody before they confirm it themselves."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import translation

from newcomers.consents import give_consent
from newcomers.enums import HouseholdState, Source
from newcomers.matching import address_key, name_key
from newcomers.models import DeskConfirmation, Household, Person
from newcomers.office.services import note_contact
from portal.accounts.models import User
from portal.municipalities.models import Municipality
from portal.outbox.services import write_message

logger = logging.getLogger(__name__)

DAYS_TO_CONFIRM = 14


@dataclass(frozen=True)
class Known:
    """Households that may be the same. `protected`: one of them must not be named; nothing is to be kept."""

    households: Sequence[Household]
    protected: bool = False


def look_for_known(*, municipality: Municipality, answers: Mapping[str, Any]) -> Known:
    """Somebody with one of these names and birth years, or a household at this address, who has not moved away."""
    here = Household.objects.filter(municipality=municipality).exclude(state=HouseholdState.MOVED_AWAY)
    same = Q(pk__in=[])
    for adult in answers["adults"]:
        by_name = Person.objects.filter(is_adult=True, name_key=name_key(adult["name"]))
        by_name = by_name.filter(birth_year=adult["birth_year"]) if adult["birth_year"] else by_name
        same |= Q(pk__in=by_name.values("household"))
    if here.filter(same, restricted=True).exists():
        return Known([], protected=True)
    same |= Q(address_key=address_key(answers["street"], answers["postcode"]))
    return Known(list(here.shown().filter(same).with_persons().order_by("-moved_in_on", "pk")[:5]))


@transaction.atomic
def register_at_desk(
    *, by: User, municipality: Municipality, submission: UUID, answers: Mapping[str, Any], on: date
) -> Household:
    """A household from the office. `submission` is made with the form: sent twice, it is one household.

    What they said yes to is kept until they have confirmed it by the mail that goes to them; without an e-mail address
    nothing is shared.
    """
    sent = Household.objects.filter(pk=submission).first()
    if sent and sent.municipality_id == municipality.pk:
        return sent
    moved_in_on = answers["moved_in_on"]
    household = Household.objects.create(
        pk=uuid4() if sent else submission,
        municipality=municipality,
        state=HouseholdState.PLANNING if moved_in_on > on else HouseholdState.MOVED_IN,
        source=Source.OFFICE,
        owner=by,
        **{name: answers[name] for name in ("moved_in_on", "street", "postcode", "city", "language")},
    )
    for position, adult in enumerate(answers["adults"]):
        Person.objects.create(household=household, position=position, **adult)
    for year in answers["child_birth_years"]:
        Person.objects.create(household=household, is_adult=False, birth_year=year)
    note_contact(household, on)
    _ask_to_confirm(household, answers["consents"], on)
    logger.info("Household %s was registered at the desk by %s.", household.pk, by.pk)
    return household


def _ask_to_confirm(household: Household, consents: Sequence[Sequence[str]], on: date) -> None:
    person = household.adults[0]
    if not person.email:
        return
    row = DeskConfirmation.objects.create(person=person, consents=[list(consent) for consent in consents], on=on)
    municipality = household.municipality
    language = municipality.nearest_language(household.language)
    with translation.override(language):
        url = settings.SITE_URL + reverse("newcomers:confirm_desk", args=[municipality.slug, row.pk])
    write_message(
        kind="desk_copy",
        key=f"desk_copy:{row.pk}",
        recipient=person.email,
        language=language,
        template="desk_copy",
        # The address may be misspelt and reach somebody else: first names, and no street.
        context={
            "names": household.first_names,
            "moved_in_on": household.moved_in_on,
            "city": household.city,
            "children": len(household.child_birth_years),
            "url": url,
            "days": DAYS_TO_CONFIRM,
        },
        municipality=municipality,
        about=[household.pk],
    )


def is_open(row: DeskConfirmation, on: date) -> bool:
    return row.answered_on is None and on <= row.on + timedelta(days=DAYS_TO_CONFIRM)


@transaction.atomic
def confirm(row: DeskConfirmation, *, on: date) -> bool:
    """They say that it is right: what they said yes to holds, and the address is theirs to sign in with."""
    if not _answer(row, on, said_yes=True):
        return False
    person = row.person
    for purpose, field in row.consents:
        give_consent(person, purpose=purpose, field=field)
    municipality = person.household.municipality
    language = municipality.nearest_language(person.household.language)
    account = User.objects.for_email(person.email, name=person.name, language=language)
    if not account.persons.filter(household__municipality=municipality).exists():
        Person.objects.filter(pk=person.pk, user=None).update(user=account)
    return True


@transaction.atomic
def deny(row: DeskConfirmation, *, on: date) -> bool:
    """Somebody else got the mail: we forget the address, and the office sees it on the timeline."""
    if not _answer(row, on, said_yes=False):
        return False
    Person.objects.filter(pk=row.person_id).update(email="")
    return True


def _answer(row: DeskConfirmation, on: date, *, said_yes: bool) -> bool:
    """Whether this is the first answer, and in time."""
    still = DeskConfirmation.objects.filter(
        pk=row.pk, answered_on=None, on__gte=on - timedelta(days=DAYS_TO_CONFIRM), person__household__restricted=False
    )
    return bool(still.update(answered_on=on, said_yes=said_yes))


def drop_unanswered(*, on: date, dry_run: bool = False) -> int:
    """What nobody confirmed in time holds no longer."""
    old = DeskConfirmation.objects.filter(answered_on=None, on__lt=on - timedelta(days=DAYS_TO_CONFIRM))
    return old.count() if dry_run else old.delete()[0]
