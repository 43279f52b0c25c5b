"""Registering: what somebody types becomes a household, exactly once."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from newcomers.consents import give_consent
from newcomers.enums import HouseholdState, Situation, Source
from newcomers.matching import address_key, name_key
from newcomers.members import give_login, my_page_url, tell_how_to_sign_in
from newcomers.models import Draft, Household, Person, Registration, WayIn
from newcomers.registering.copies import send_copy
from portal.accounts.models import User
from portal.municipalities.models import Municipality
from portal.outbox.models import Message
from portal.outbox.services import write_message

logger = logging.getLogger(__name__)

DAYS_TO_CONFIRM = 7
KEPT_AS_TYPED = (
    "street", "care_of", "postcode", "city", "residency", "language", "reason", "wishes", "part_time_kind",
    "stay_longer",
)  # fmt: skip


@transaction.atomic
def register(
    *,
    submission: UUID,
    municipality: Municipality,
    answers: Mapping[str, Any],
    language: str,
    source: str = Source.SELF,
    way_in: WayIn | None = None,
) -> tuple[Registration, bool]:
    """Keep what was typed until the code that was mailed is right. False: this is what we have already.

    `submission` is the draft's id: sent twice it is one registration, gone back to and mended it is the same one.
    """
    typed = {
        "municipality": municipality,
        "email": answers["adults"][0]["email"],
        "answers": dict(answers),
        "language": language,
        "source": source,
        "way_in": way_in,
    }
    registration, created = Registration.objects.get_or_create(pk=submission, defaults=typed)
    if created or registration.confirmed_at:
        return registration, created
    if all(getattr(registration, name) == value for name, value in typed.items()):
        return registration, False
    mended = Registration.objects.filter(pk=submission, confirmed_at=None).update(**typed)
    registration.refresh_from_db()
    return registration, bool(mended)


@transaction.atomic
def confirm_registrations(*, user: User, only: Collection[UUID], on: date, email: str = "") -> list[Registration]:
    """Turn what was typed with this address, which is shown to be theirs, into households: each exactly once.

    `only` names those of them that the same person is known to have typed, or has said yes to: anybody can type an
    address. One municipality's registrations are settled one after the other, so that two who register the same
    household at once find each other. (On SQLite all writing is one after the other.)
    """
    confirmed = []
    for registration in list(pending(email or user.email).filter(pk__in=only)):
        Municipality.objects.select_for_update().only("pk").get(pk=registration.municipality_id)
        claimed = Registration.objects.filter(pk=registration.pk, confirmed_at=None)
        if not claimed.update(confirmed_at=timezone.now()):
            continue
        registration.refresh_from_db()
        _settle(registration, user, on)
        Draft.objects.filter(pk=registration.pk).delete()
        confirmed.append(registration)
    return confirmed


@transaction.atomic
def disown(*, user: User, registration: Registration) -> None:
    """Somebody else typed this person's address: nothing of it is kept."""
    pending(user.email).filter(pk=registration.pk).delete()
    Draft.objects.filter(pk=registration.pk).delete()


def pending(email: str) -> QuerySet[Registration]:
    """What was typed with this address and waits for its owner."""
    waiting = Registration.objects.filter(email=email, confirmed_at=None)
    return waiting.select_related("municipality", "way_in").order_by("created_at", "pk")


def _settle(registration: Registration, user: User, on: date) -> None:
    """Find or make the household; or leave it to the office, which then finds `household` empty.

    Whoever knows a neighbour's name, birth year and address must not get into their household. So an account is
    let into a household that we have already only when
    - it belongs to the account (the same address), or
    - nobody has an account there, and the one who registers is one of its adults (same address, name, birth year).
    All else that touches a household we know is for the office: somebody there has an account, only the second adult
    is known, the account belongs to another household here, or the name belongs to a protected household. Then not
    even what was typed is kept, since it may be the address that is protected: the office has the e-mail address.
    """
    person, is_clear = _find_person(registration, user)
    if person and person.household.restricted:
        registration.answers = {}
        registration.save(update_fields=["answers"])
    if not is_clear:
        return
    told: set[UUID] = set()
    if person is None:
        person = _make_household(registration, user, on)
    else:
        if person.user_id != user.pk:
            if not _take(person, user):
                return
            registration.joined_known = True
            told = _tell_who_lives_there(person)
        _fill_in(person, registration)
    _finish(registration, person, told)


def _finish(registration: Registration, person: Person, told: Collection[UUID] = ()) -> None:
    _link_other_adults(person.household, told)
    for field in registration.answers["share"]:
        give_consent(person, field=field)
    send_copy(registration, person)
    registration.household = person.household
    registration.answers = {}  # it stands on the household now
    registration.save(update_fields=["household", "answers", "joined_known"])


@transaction.atomic
def accept_as_new(registration: Registration, *, by: User, on: date) -> Household | None:
    """The office has looked at a registration that waited: it is a household of its own. None: it cannot."""
    waiting = Registration.objects.filter(pk=registration.pk, household=None, confirmed_at__isnull=False)
    if not registration.answers:
        return None  # perhaps a protected household: the office writes to them, and registers them itself
    # Whoever takes the time of confirmation first decides; the other finds it changed.
    if not waiting.filter(confirmed_at=registration.confirmed_at).update(confirmed_at=timezone.now()):
        return None
    registration.refresh_from_db()
    person = _make_household(registration, User.objects.for_email(registration.email), on)
    _finish(registration, person)
    logger.info("Registration %s became household %s, by %s.", registration.pk, person.household_id, by.pk)
    return person.household


def _find_person(registration: Registration, user: User) -> tuple[Person | None, bool]:
    """Whom the account is in a household we know, and whether that is beyond doubt."""
    answers = registration.answers
    here = Person.objects.filter(household__municipality=registration.municipality, is_adult=True).exclude(
        household__state=HouseholdState.MOVED_AWAY
    )
    key = address_key(answers["street"], answers["postcode"]) if answers["street"] else ""
    own = here.filter(user=user).select_related("household").first()
    if own:
        return own, own.household.address_key == key
    known = [
        person
        for adult in answers["adults"]
        for person in here.filter(name_key=name_key(adult["name"]), birth_year=adult["birth_year"])
        .select_related("household")
        .order_by("pk")
        # Who gives no address has shown too little to be taken for somebody we know.
        if person.household.restricted or (key and person.household.address_key == key)
    ]
    if not known:
        return None, True
    first = next((person for person in known if person.household.restricted), known[0])
    is_registrant = first.name_key == name_key(answers["adults"][0]["name"])
    is_free = not first.household.restricted and not first.household.persons.filter(user__isnull=False).exists()
    return first, is_registrant and is_free


def _take(person: Person, user: User) -> bool:
    """Give a person of ours their account, unless another account was quicker."""
    person.user = user
    return bool(Person.objects.filter(pk=person.pk, user=None).update(user=user))


def _make_household(registration: Registration, user: User, on: date) -> Person:
    answers = registration.answers
    day = date.fromisoformat(answers["moved_in_on"]) if answers["moved_in_on"] else None
    state = _state(answers["situation"], day, on)
    household = Household.objects.create(
        municipality=registration.municipality,
        state=state,
        # Who comes for a part of the year may not say since when: for us it begins now.
        moved_in_on=day or (on if state == HouseholdState.MOVED_IN else None),
        source=registration.source,
        way_in=registration.way_in,
        **{name: answers[name] for name in KEPT_AS_TYPED},
    )
    first, *others = answers["adults"]
    person = Person.objects.create(household=household, user=user, **first)
    for position, adult in enumerate(others, start=1):
        Person.objects.create(household=household, position=position, **adult)
    for year in answers["child_birth_years"]:
        Person.objects.create(household=household, is_adult=False, birth_year=year)
    return person


def _state(situation: str, day: date | None, on: date) -> HouseholdState:
    if situation == Situation.CONSIDERING:
        return HouseholdState.CONSIDERING
    if day is None:
        return HouseholdState.PLANNING if situation == Situation.PLANNING else HouseholdState.MOVED_IN
    return HouseholdState.PLANNING if day > on else HouseholdState.MOVED_IN


def _fill_in(person: Person, registration: Registration) -> None:
    """Complete a household we know with what its own adult typed; nothing that stands there is overwritten."""
    household, answers = person.household, registration.answers
    for name in ("reason", "wishes", "care_of", "part_time_kind", "stay_longer"):
        setattr(household, name, getattr(household, name) or answers[name])
    household.language = answers["language"]  # which only they know
    household.way_in = household.way_in or registration.way_in
    household.save()
    others = [adult for adult in household.adults if adult.pk != person.pk]
    registrant, *typed_others = answers["adults"]
    _fill_in_contact(person, registrant)
    for position, typed in enumerate(typed_others, start=len(others) + 1):
        known = next((a for a in others if a.name_key == name_key(typed["name"])), None) or next(
            (a for a in others if a.birth_year == typed["birth_year"]), None
        )
        _fill_in_contact(known or Person(household=household, position=position, **typed), typed)
    missing = Counter(answers["child_birth_years"]) - Counter(household.child_birth_years)
    for year in missing.elements():
        Person.objects.create(household=household, is_adult=False, birth_year=year)


def _fill_in_contact(adult: Person, typed: Mapping[str, Any]) -> None:
    adult.email = adult.email or typed["email"]
    adult.phone = adult.phone or typed["phone"]
    adult.save()


def _tell_who_lives_there(person: Person) -> set[UUID]:
    """An account was let into a household we know: the other adults we can reach learn of it, the office sees it."""
    household = person.household
    others = [adult for adult in household.adults if adult.pk != person.pk and adult.email]
    for adult in others:
        language = household.municipality.nearest_language(household.language)
        write_message(
            kind="household_joined",
            key=f"household_joined:{person.pk}:{person.user_id}:{adult.pk}",
            recipient=adult.email,
            language=language,
            template="household_joined",
            context={"name": person.name, "my_page": my_page_url(household.municipality, language)},
            municipality=household.municipality,
        )
    return {adult.pk for adult in others}


def _link_other_adults(household: Household, told: Collection[UUID]) -> None:
    """Every adult with an e-mail address can sign in with it; who got an account by this is told, if not `told` yet."""
    others = Person.objects.filter(household=household, is_adult=True, user=None).exclude(email="")
    for person in others.select_related("household__municipality"):
        if give_login(person) and person.pk not in told:
            tell_how_to_sign_in(person, occasion="registered")


def drop_unconfirmed(*, on: date, dry_run: bool = False) -> int:
    """Forget what nobody confirmed within a week, and accounts that were made for it and never used."""
    old = Registration.objects.filter(confirmed_at=None, created_at__date__lt=on - timedelta(days=DAYS_TO_CONFIRM))
    if dry_run:
        return old.count()
    dropped = 0
    for registration in old.iterator(chunk_size=500):
        with transaction.atomic():
            count, _rows = old.filter(pk=registration.pk).delete()
            dropped += count
            _forget_unused_account(registration.email)
    return dropped


def _forget_unused_account(email: str) -> None:
    user = User.objects.filter(email=email, last_login=None).first()
    if user is None or Registration.objects.filter(email=email).exists():
        return
    for relation in User._meta.related_objects:
        if relation.related_model in {Message, EmailAddress}:
            continue
        if relation.related_model._base_manager.filter(**{relation.field.name: user}).exists():
            return
    user.delete()
