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
from newcomers.enums import ConsentPurpose, HouseholdState, ShareField, Source
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
    """Households that may be the same. Where one of them is `protected`, it is not named, and nothing is kept."""

    households: Sequence[Household]
    protected: Sequence[Household] = ()


def look_for_known(*, municipality: Municipality, answers: Mapping[str, Any]) -> Known:
    """Somebody with one of these names and birth years, or a household at this address, who has not moved away.

    Each adult has both: by a name alone, whoever sits at the desk could try who has a protected address.
    """
    here = Household.objects.filter(municipality=municipality).exclude(state=HouseholdState.MOVED_AWAY)
    same = Q(pk__in=[])
    for adult in answers["adults"]:
        alike = Person.objects.filter(is_adult=True, name_key=name_key(adult["name"]), birth_year=adult["birth_year"])
        same |= Q(pk__in=alike.values("household"))
    if protected := list(here.filter(same, restricted=True)):
        return Known([], protected)
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
    _ask_to_confirm(household.adults[0], answers["consents"], on)
    logger.info("Household %s was registered at the desk by %s.", household.pk, by.pk)
    return household


@transaction.atomic
def ask_again(person: Person, *, on: date) -> None:
    """The office has corrected their address: the copy goes there, and the link that went elsewhere is dead."""
    unconfirmed = DeskConfirmation.objects.filter(person=person, said_yes=False)
    row = unconfirmed.exclude(email__iexact=person.email).first()
    if row:
        row.delete()
        _ask_to_confirm(person, row.consents, on)


def _ask_to_confirm(person: Person, consents: Sequence[Sequence[str]], on: date) -> None:
    if not person.email:
        return
    kept = [list(consent) for consent in consents]
    row = DeskConfirmation.objects.create(person=person, email=person.email, consents=kept, on=on)
    household, municipality = person.household, person.household.municipality
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


def said_yes_to(household: Household) -> list[str]:
    """What was ticked for them at the desk, in words; it holds once they confirm it."""
    row = DeskConfirmation.objects.filter(person__household=household).first()
    return [
        str((ShareField(field) if purpose == ConsentPurpose.HOST else ConsentPurpose(purpose)).label)
        for purpose, field in (row.consents if row else [])
    ]


def is_open(row: DeskConfirmation, on: date) -> bool:
    is_theirs = row.email.lower() == row.person.email.lower()
    return is_theirs and row.answered_on is None and on <= row.on + timedelta(days=DAYS_TO_CONFIRM)


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
    """Whether this is the first answer, in time, and from the address that still is the person's."""
    still = DeskConfirmation.objects.filter(
        pk=row.pk, answered_on=None, on__gte=on - timedelta(days=DAYS_TO_CONFIRM),
        person__household__restricted=False, person__email__iexact=row.email,
    )  # fmt: skip
    return bool(still.update(answered_on=on, said_yes=said_yes))


def drop_unanswered(*, on: date, dry_run: bool = False) -> int:
    """What nobody confirmed in time holds no longer."""
    old = DeskConfirmation.objects.filter(answered_on=None, on__lt=on - timedelta(days=DAYS_TO_CONFIRM))
    return old.count() if dry_run else old.delete()[0]
