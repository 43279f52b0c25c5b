"""What becomes of a registration whose owner has shown that the address is theirs: whose household it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet

from newcomers.consents import give_consent
from newcomers.enums import HouseholdState, Situation
from newcomers.matching import address_key, name_key
from newcomers.members import invite, my_page_url
from newcomers.models import Household, Person, Registration
from newcomers.registering.copies import send_copy
from portal.accounts.models import User
from portal.outbox.services import write_message

KEPT_AS_TYPED = (
    "street", "care_of", "postcode", "city", "residency", "language", "reason", "wishes", "part_time_kind",
    "stay_longer",
)  # fmt: skip


def settle(registration: Registration, user: User, on: date) -> None:
    """Find or make the household; or leave it to the office, which then finds `household` empty."""
    person = _own_adult(registration, user) or _known_adult(registration)
    if person is None:
        settle_as_new(registration, user, on)
    elif not (_may_join(registration, person, user) and join(registration, person, user)):
        _leave_to_office(registration, person)


def settle_as_new(registration: Registration, user: User, on: date) -> Household:
    person = _make_household(registration, user, on)
    _finish(registration, person)
    return person.household


def join(registration: Registration, person: Person, user: User) -> bool:
    """Let the account into the household of this adult. False: it was protected, or another account was quicker."""
    # From here on whoever protects it waits for us, or we find that it is protected.
    if not Household.objects.shown().filter(pk=person.household_id).update(version=F("version") + 1):
        return False
    person = Person.objects.select_related("household__municipality").get(pk=person.pk)
    told: set[UUID] = set()
    if person.user_id != user.pk:
        if not _take(person, user):
            return False
        registration.joined_known = True
        told = _tell_who_lives_there(person)
    _fill_in(person, registration)
    _finish(registration, person, told)
    return True


def find_adult(registration: Registration) -> Person | None:
    """As whom the office may let a registration that waits into a household we know."""
    if not registration.answers:
        return None
    user = User.objects.filter(email=registration.email).first()
    if user and (own := _own_adult(registration, user)):
        return None if own.household.restricted else own
    person = _known_adult(registration)
    return person if person and person.user_id is None and _is_registrant(registration, person) else None


# --- Whose household it is ---


def _own_adult(registration: Registration, user: User) -> Person | None:
    return _adults_here(registration).filter(user=user).first()


def _known_adult(registration: Registration) -> Person | None:
    """The first of those who were named whom we know by name, birth year and address.

    Protected households are not looked at: that somebody lives here would show in what comes of a registration. The
    office's list of those who may be somebody protected (newcomers.office.inbox) finds them afterwards.
    """
    answers = registration.answers
    if not answers["street"]:
        return None  # who gives no address has shown too little to be taken for somebody we know
    at_home = _adults_here(registration).filter(
        household__restricted=False, household__address_key=address_key(answers["street"], answers["postcode"])
    )
    for adult in answers["adults"]:
        known = at_home.filter(name_key=name_key(adult["name"]), birth_year=adult["birth_year"])
        if person := known.order_by("pk").first():
            return person
    return None


def _adults_here(registration: Registration) -> QuerySet[Person]:
    here = Person.objects.filter(household__municipality=registration.municipality, is_adult=True)
    return here.exclude(household__state=HouseholdState.MOVED_AWAY).select_related("household")


def _may_join(registration: Registration, person: Person, user: User) -> bool:
    """Whether it is beyond doubt. A neighbour knows the name, the birth year and the address too.

    So an account is let in at once only where
    - the household is its own (and lies at the same address), or
    - nobody has an account there, the one who registers is the one we know, and either the e-mail address is the one
      we know as well, or they live alone, so that nothing of anybody else is shown.
    """
    household = person.household
    if person.user_id == user.pk:
        answers = registration.answers
        key = address_key(answers["street"], answers["postcode"]) if answers["street"] else ""
        return not household.restricted and household.address_key == key
    if not _is_registrant(registration, person) or household.persons.filter(user__isnull=False).exists():
        return False
    return person.email.lower() == registration.email or household.persons.count() == 1


def _is_registrant(registration: Registration, person: Person) -> bool:
    first = registration.answers["adults"][0]
    return person.name_key == name_key(first["name"]) and person.birth_year == first["birth_year"]


def _leave_to_office(registration: Registration, person: Person) -> None:
    """Of whoever is protected not even what was typed is kept, since it may be the address that is protected."""
    if Household.objects.filter(pk=person.household_id, restricted=True).exists():
        registration.answers = {}
        registration.save(update_fields=["answers"])


def _take(person: Person, user: User) -> bool:
    """Give a person of ours their account, unless another account was quicker."""
    person.user = user
    return bool(Person.objects.filter(pk=person.pk, user=None).update(user=user))


# --- What is kept ---


def _finish(registration: Registration, person: Person, told: Collection[UUID] = ()) -> None:
    _invite_other_adults(person.household, told)
    for field in registration.answers["share"]:
        give_consent(person, field=field, text_version=registration.answers.get("text_version", ""))
    send_copy(registration, person)
    registration.household = person.household
    registration.answers = {}  # it stands on the household now
    registration.save(update_fields=["household", "answers", "joined_known"])


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
    completed = ("reason", "wishes", "care_of", "part_time_kind", "stay_longer")
    for name in completed:
        setattr(household, name, getattr(household, name) or answers[name])
    household.language = answers["language"]  # which only they know
    household.way_in = household.way_in or registration.way_in
    household.save(update_fields=[*completed, "language", "way_in"])
    others = [adult for adult in household.adults if adult.pk != person.pk]
    registrant, *typed_others = answers["adults"]
    _fill_in_contact(person, registrant)
    for position, typed in enumerate(typed_others, start=len(others) + 1):
        known = next((a for a in others if a.name_key == name_key(typed["name"])), None) or next(
            (a for a in others if a.birth_year == typed["birth_year"]), None
        )
        if known:
            _fill_in_contact(known, typed)
        else:
            Person.objects.create(household=household, position=position, **typed)
    missing = Counter(answers["child_birth_years"]) - Counter(household.child_birth_years)
    for year in missing.elements():
        Person.objects.create(household=household, is_adult=False, birth_year=year)


def _fill_in_contact(adult: Person, typed: Mapping[str, Any]) -> None:
    adult.email = adult.email or typed["email"]
    adult.phone = adult.phone or typed["phone"]
    adult.save(update_fields=["email", "phone"])


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
            about=[household.pk],
        )
    return {adult.pk for adult in others}


def _invite_other_adults(household: Household, told: Collection[UUID]) -> None:
    """Every other adult with an e-mail address is asked whether this is their household, if not `told` yet."""
    others = Person.objects.filter(household=household, is_adult=True, user=None).exclude(pk__in=told)
    for person in others.select_related("household__municipality"):
        invite(person, occasion="registered")
