"""Who belongs to a household: adults, children, those who sign in themselves, and those who moved out."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import date
from uuid import UUID, uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Max, QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from newcomers.access import person_of
from newcomers.enums import HouseholdState
from newcomers.models import Household, Person
from newcomers.services import claim_version
from portal.accounts import addresses
from portal.accounts.models import User
from portal.enquiries.models import Enquiry
from portal.municipalities.models import Municipality
from portal.outbox.services import write_message

logger = logging.getLogger(__name__)

MOST_PERSONS = 30


@transaction.atomic
def add_adult(
    household: Household, *, version: int, name: str, birth_year: int, email: str, phone: str, by: User, on: date
) -> Person:
    """Another adult lives here. With an e-mail address they are asked, and can sign in."""
    claim_version(household, version)
    _check_room(household)
    last = household.persons.filter(is_adult=True).aggregate(last=Max("position"))["last"]
    person = Person.objects.create(
        household=household, position=(last or 0) + 1, name=name, birth_year=birth_year, email=email, phone=phone
    )
    invite(person, occasion=str(on))
    logger.info("An adult was added to household %s by %s.", household.pk, by.pk)
    return person


@transaction.atomic
def correct_adult(
    person: Person, *, version: int, name: str, birth_year: int, email: str, phone: str, by: User, on: date
) -> None:
    """Mend what stands about an adult who does not sign in themselves. A new e-mail address is told."""
    if person.user_id:
        raise ValidationError(_("They sign in themselves, and correct it on their own page."))
    claim_version(person.household, version)
    is_new_address = email != person.email
    person.name, person.birth_year, person.email, person.phone = name, birth_year, email, phone
    person.save(update_fields=["name", "name_key", "birth_year", "email", "phone"])
    if is_new_address:
        invite(person, occasion=str(on))
    logger.info("An adult of household %s was corrected by %s.", person.household_id, by.pk)


@transaction.atomic
def add_child(household: Household, *, birth_year: int) -> None:
    _check_room(household)
    Person.objects.create(household=household, is_adult=False, birth_year=birth_year)
    _changed(household)


@transaction.atomic
def remove_child(household: Household, *, birth_year: int) -> bool:
    """One of those born in that year does not live here. Whether there was one."""
    child = household.persons.filter(is_adult=False, birth_year=birth_year).first()
    if child is None:
        return False
    child.delete()
    _changed(household)
    return True


@transaction.atomic
def moved_out(person: Person, *, by: User) -> None:
    """An adult does not live here any more: what we know of them goes, and their account sees nothing of the household.

    The last adult cannot: then the household moves away as a whole. Whoever signs in says it themselves.
    """
    household = person.household
    # Of two who press at once, one waits here and then sees that the other has gone.
    _changed(household)
    if not household.persons.filter(is_adult=True).exclude(pk=person.pk).exists():
        raise ValidationError(_("You are the last adult here. Tell us instead that you have moved away."))
    person.refresh_from_db(fields=["user"])
    if person.user_id not in {None, by.pk}:
        raise ValidationError(_("They sign in themselves, and say themselves that they have moved out."))
    person.delete()
    logger.info("An adult left household %s, by %s.", household.pk, by.pk)


def ask_whether_moved_out(person: Person, *, on: date) -> None:
    """Another adult says that they have moved out. They sign in, so they are asked; once a day at most."""
    user, municipality = person.user, person.household.municipality
    if user is None:
        return
    with translation.override(user.language):
        left = settings.SITE_URL + reverse("newcomers:left", args=[municipality.slug, person.pk])
    write_message(
        kind="moved_out",
        key=f"moved_out:{person.pk}:{user.pk}:{on}",
        recipient=user.email,
        language=user.language,
        template="moved_out",
        context={"left": left},
        municipality=municipality,
        user=user,
        about=[person.household_id],
    )


def _check_room(household: Household) -> None:
    if household.persons.count() >= MOST_PERSONS:
        raise ValidationError(_("There are many people in this household. Call the service office to add more."))


def _changed(household: Household) -> None:
    """A page of the office that lists the people is old now."""
    Household.objects.filter(pk=household.pk).update(version=F("version") + 1)
    household.refresh_from_db(fields=["version"])


# --- A login of one's own -------------------------------------------------------------------------


def invite(person: Person, *, occasion: str) -> None:
    """Ask an adult with an e-mail address whether this is their household: one mail for each occasion.

    They belong to it only when they have signed in and said yes. Until then every address looks the same to those who
    typed it, whether we know it or not.
    """
    household = person.household
    municipality = household.municipality
    if not person.email or person.user_id:
        return
    language = municipality.nearest_language(household.language)
    account = User.objects.for_email(person.email, name=person.name, language=language)
    with translation.override(account.language):
        invited = settings.SITE_URL + reverse("newcomers:invited", args=[municipality.slug])
    write_message(
        kind="registered_with_others",
        key=f"registered_with_others:{person.pk}:{account.pk}:{occasion}",
        recipient=account.email,
        language=account.language,
        template="registered_with_others",
        context={"invited": invited},
        municipality=municipality,
        user=account,
        about=[person.household_id],
    )


def invitations(user: User, municipality: Municipality) -> QuerySet[Person]:
    """Adults whom somebody has named with this account's address, and who have not said yet whether that is right."""
    named = Person.objects.filter(
        household__municipality=municipality, household__restricted=False, is_adult=True, user=None,
        email__iexact=user.email,
    )  # fmt: skip
    waiting = named.exclude(household__state=HouseholdState.MOVED_AWAY)
    return waiting.select_related("household").order_by("household__created_at", "pk")


@transaction.atomic
def accept_invitation(person: Person, *, by: User) -> bool:
    """This is their household. False: they live in another one here, or somebody has changed it meanwhile."""
    household = person.household
    own = person_of(by, household.municipality)
    if own and own.household.state != HouseholdState.MOVED_AWAY:
        return False
    if not invitations(by, household.municipality).filter(pk=person.pk).update(user=by):
        return False
    _changed(household)
    logger.info("An adult of household %s has said that it is theirs: %s.", household.pk, by.pk)
    return True


@transaction.atomic
def decline_invitation(person: Person, *, by: User) -> None:
    """It is not theirs: the address is forgotten there."""
    if invitations(by, person.household.municipality).filter(pk=person.pk).update(email=""):
        _changed(person.household)


@transaction.atomic
def detach_account(person: Person, *, by: User) -> bool:
    """The account is not theirs: from now on it sees nothing of the household. Whether there was one.

    Its e-mail address goes too, or it would let the same account in again, and what it said yes to ends.
    """
    account = person.user
    if account is None or not Person.objects.filter(pk=person.pk, user=account).update(user=None):
        return False
    Person.objects.filter(pk=person.pk, email__iexact=account.email).update(email="")
    person.consents.filter(withdrawn_at=None).update(withdrawn_at=timezone.now())
    person.refresh_from_db()
    _changed(person.household)
    logger.info("The account of an adult of household %s was detached by %s.", person.household_id, by.pk)
    return True


# --- Another e-mail address -----------------------------------------------------------------------


@transaction.atomic
def change_email(*, user: User, to: str, municipality: Municipality) -> bool:
    """The account's owner has shown that the address is theirs: all that is written to them goes there.

    False: it opens another account. What they asked us goes along, or they would no longer see the answers.
    """
    old = user.email
    if not addresses.change(user, to=to):
        return False
    persons = Person.objects.filter(user=user)
    Household.objects.filter(pk__in=persons.values("household")).update(version=F("version") + 1)
    persons.update(email=user.email)
    Enquiry.objects.filter(email__iexact=old).update(email=user.email)
    _tell_old_address(user, old, municipality, about=persons.values_list("household", flat=True))
    logger.info("The address of account %s was changed by its owner.", user.pk)
    return True


@transaction.atomic
def address_corrected(person: Person, *, by: User, on: date) -> None:
    """The office has written another address. The account stays with the old one, whose owner may be somebody else.

    The new address is asked whether this is its household, as any that somebody types.
    """
    account = person.user
    if account is None or User.objects.normalize_email(person.email) == account.email:
        return
    person.user = None
    person.save(update_fields=["user"])
    _tell_old_address(account, account.email, person.household.municipality, about=[person.household_id])
    invite(person, occasion=str(on))
    logger.info("The address of an adult of household %s was corrected by %s.", person.household_id, by.pk)


def _tell_old_address(account: User, old: str, municipality: Municipality, *, about: Iterable[UUID]) -> None:
    write_message(
        kind="address_changed",
        key=f"address_changed:{account.pk}:{uuid4()}",
        recipient=old,
        language=account.language,
        template="address_changed",
        context={},
        municipality=municipality,
        user=account,
        about=about,
    )


def my_page_url(municipality: Municipality, language: str) -> str:
    with translation.override(language):
        return settings.SITE_URL + reverse("newcomers:my_page", args=[municipality.slug])
