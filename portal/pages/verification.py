"""Keeping it true: who is asked by mail to look at what, and what follows when they say that it is right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import translation

from portal.accounts.models import User
from portal.municipalities.enums import Role
from portal.municipalities.models import Municipality, StaffRole
from portal.outbox.models import Message
from portal.outbox.services import write_message
from portal.pages.enums import PublishState
from portal.pages.models import Article, ContactPoint, ServiceInfo, Step
from portal.pages.texts import text_in

# A row of one of MODELS.
Fact = Any
MODELS: tuple[Any, ...] = (ServiceInfo, Article, Step, ContactPoint)

KIND = "verification"
SALT = "portal.pages.verification"
# Days before a fact is overdue in which its owner is asked.
AHEAD = 14
# Days of silence after which somebody is asked again.
AGAIN_AFTER = 7
# Days for which the link in the mail works.
LINK_WORKS = 21


class LinkAltered(Exception):
    """Not a link we wrote, or of an account that is closed."""


class LinkExpired(Exception):
    """A link we wrote too long ago."""


# --- Who answers for what ---


class Responsible:
    """Who answers for a fact, among those who work in these municipalities now. Reads two tables, once.

    The owner; without one (or when they no longer work there) whoever takes the municipality's questions, else its
    coordinators.
    """

    def __init__(self, municipalities: Iterable[Municipality]) -> None:
        self._questions_to = {place.pk: place.questions_to_id for place in municipalities}
        self._staff: dict[UUID, dict[UUID, User]] = defaultdict(dict)
        self._coordinators: dict[UUID, list[User]] = defaultdict(list)
        roles = StaffRole.objects.filter(municipality__in=list(self._questions_to), user__is_active=True)
        for role in roles.select_related("user").order_by("user__email"):
            place = role.municipality_id
            if place is None:
                continue
            self._staff[place][role.user_id] = role.user
            if role.role == Role.COORDINATOR:
                self._coordinators[place].append(role.user)

    def owner(self, place: UUID, owner: UUID | None) -> User | None:
        return self._staff[place].get(owner) if owner else None

    def people(self, fact: Fact) -> list[User]:
        own = self.owner(fact.municipality_id, fact.owner_id)
        if own is None:
            own = self.owner(fact.municipality_id, self._questions_to.get(fact.municipality_id))
        return [own] if own else self._coordinators[fact.municipality_id]


def unowned(facts: QuerySet[Any]) -> QuerySet[Any]:
    """Of these, what has no owner who still works there."""
    staff = StaffRole.objects.filter(user=OuterRef("owner"), municipality=OuterRef("municipality"))
    return facts.filter(~Exists(staff.filter(user__is_active=True)))


# --- What waits ---


def shown(model: Any) -> QuerySet[Any]:
    """The rows that readers see, or will see at their hour: nobody is asked about a draft."""
    facts: QuerySet[Any] = model.objects.all()
    texts = model._parler_meta.root_model.objects.all()
    if issubclass(model, (ServiceInfo, Article)):
        texts = texts.filter(state=PublishState.PUBLISHED)
    return facts.filter(pk__in=texts.values("master"))


def waiting(municipalities: Iterable[Municipality], on: date) -> list[Fact]:
    """What is overdue or falls due soon, the longest unchecked first."""
    facts: list[Fact] = []
    for model in MODELS:
        rows = shown(model).filter(municipality__in=list(municipalities)).falls_due(on, ahead=AHEAD)  # type: ignore[attr-defined]  # a FactQuerySet
        facts += rows.select_related("municipality").prefetch_related("translations")
    return sorted(facts, key=lambda fact: (fact.verify_by or date.min, str(fact.pk)))


def waiting_for(person: User, on: date) -> list[Fact]:
    places = _places_of(person)
    responsible = Responsible(places)
    return [fact for fact in waiting(places, on) if person in responsible.people(fact)]


def _places_of(person: User) -> list[Municipality]:
    return list(Municipality.objects.filter(is_active=True, staff_roles__user=person).distinct())


def reference(fact: Fact) -> str:
    """The fact's name in a form."""
    return f"{fact._meta.model_name}:{fact.pk}"


def words_of(fact: Fact, language: str) -> dict[str, Any]:
    """What a fact says, for whoever is to look at it: its title and lines, in the nearest language there is."""
    text = text_in(fact, language, fact.municipality.main_language)
    if isinstance(fact, ContactPoint):
        lines = [fact.phone, fact.email, fact.website, fact.address, getattr(text, "opening_hours", "")]
    elif isinstance(fact, Step):
        lines = [getattr(text, "text", ""), fact.url]
    else:
        lines = [getattr(text, "summary", "")]
    return {
        "title": getattr(text, "name", "") or getattr(text, "title", "") or str(fact),
        "lines": [line for line in lines if line],
        "language": getattr(text, "language_code", language),
        "kind": fact._meta.verbose_name,
    }


# --- Asking ---


def ask(*, on: date, dry_run: bool = False) -> dict[str, int]:
    """One mail to each person who answers for something that waits, at most one a week. May run at any time.

    mails: written now. facts: that they name. without_owner: facts that wait and that nobody owns.
    """
    places = list(Municipality.objects.filter(is_active=True))
    responsible = Responsible(places)
    facts = waiting(places, on)
    by_person: dict[UUID, tuple[User, list[Fact]]] = {}
    for fact in facts:
        for person in responsible.people(fact):
            by_person.setdefault(person.pk, (person, []))[1].append(fact)
    asked = [(person, theirs) for person, theirs in by_person.values() if not _asked_lately(person, on)]
    for person, theirs in asked:
        if not dry_run:
            _write(person, theirs, on)
    return {
        "mails": len(asked),
        "facts": sum(len(theirs) for _person, theirs in asked),
        "without_owner": sum(responsible.owner(fact.municipality_id, fact.owner_id) is None for fact in facts),
    }


def _key(person: User, on: date) -> str:
    return f"{KIND}:{person.pk}:{on}"


def _asked_lately(person: User, on: date) -> bool:
    """The outbox remembers: its key names the person and the day."""
    days = [on - timedelta(days=number) for number in range(AGAIN_AFTER)]
    return Message.objects.filter(key__in=[_key(person, day) for day in days]).exists()


def _write(person: User, facts: list[Fact], on: date) -> None:
    with translation.override(person.language):
        lines = [
            words_of(fact, person.language) | {"place": fact.municipality.name, "verify_by": fact.verify_by,
                                               "is_overdue": not fact.is_verified(on)}
            for fact in facts
        ]  # fmt: skip
        address = settings.SITE_URL + reverse("verify", args=[make_token(person, on)])
    places = {fact.municipality_id: fact.municipality for fact in facts}
    write_message(
        kind=KIND,
        key=_key(person, on),
        recipient=person.email,
        language=person.language,
        template="verification",
        context={"person": person, "lines": lines, "url": address, "days": LINK_WORKS, "several": len(places) > 1},
        municipality=facts[0].municipality if len(places) == 1 else None,
        user=person,
    )


# --- The link ---


def make_token(person: User, on: date) -> str:
    return signing.Signer(salt=SALT).sign_object([person.pk.hex, on.isoformat()], compress=False)


def read_token(token: str, on: date) -> User:
    """Whose link it is. Raises LinkExpired or LinkAltered."""
    try:
        identifier, written_on = signing.Signer(salt=SALT).unsign_object(token)
    except (signing.BadSignature, ValueError):
        raise LinkAltered from None
    if on > date.fromisoformat(written_on) + timedelta(days=LINK_WORKS):
        raise LinkExpired
    person = User.objects.filter(pk=identifier, is_active=True).first()
    if person is None:
        raise LinkAltered
    return person


# --- Confirming ---


def confirm(name: str, *, by: User, on: date) -> bool | None:
    """Note that the fact with this reference is right today: True when it waited, False when it no longer did.

    None when there is no such fact, or when it is not this person's to confirm.
    """
    fact = _find(name)
    if fact is None or not by.is_active or by not in Responsible([fact.municipality]).people(fact):
        return None
    # Whoever was quicker, or gave it another owner meanwhile, wins.
    still = type(fact).objects.filter(pk=fact.pk, owner=fact.owner_id)
    return bool(still.falls_due(on, ahead=AHEAD).update(verified_on=on))


def _find(name: str) -> Fact | None:
    kind, _colon, identifier = name.partition(":")
    model = next((model for model in MODELS if model._meta.model_name == kind), None)
    try:
        pk = UUID(identifier)
    except ValueError:
        return None
    if model is None:
        return None
    return shown(model).filter(pk=pk, municipality__is_active=True).select_related("municipality").first()
