"""Registering: what somebody types becomes a household, exactly once."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone, translation

from newcomers.enums import Source
from newcomers.models import Draft, Household, Registration, WayIn
from newcomers.registering import settling
from newcomers.services import settle_alone
from portal.accounts.models import User
from portal.municipalities.models import Municipality
from portal.outbox.models import Message
from portal.outbox.services import write_message

logger = logging.getLogger(__name__)

DAYS_TO_CONFIRM = 7


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
    household at once find each other.
    """
    confirmed = []
    for registration in list(pending(email or user.email).filter(pk__in=only)):
        settle_alone(registration.municipality_id)
        claimed = Registration.objects.filter(pk=registration.pk, confirmed_at=None)
        if not claimed.update(confirmed_at=timezone.now()):
            continue
        registration.refresh_from_db()
        settling.settle(registration, user, on)
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


@transaction.atomic
def accept_as_new(registration: Registration, *, by: User, on: date) -> Household | None:
    """The office has looked at a registration that waited: it is a household of its own. None: it cannot."""
    if not _take_up(registration):
        return None
    account = User.objects.for_email(registration.email)
    household = settling.settle_as_new(registration, account, on)
    logger.info("Registration %s became household %s, by %s.", registration.pk, household.pk, by.pk)
    return household


@transaction.atomic
def accept_into_known(registration: Registration, *, by: User) -> Household | None:
    """The office has seen that it is they: let them into the household we know. None: it cannot."""
    person = settling.find_adult(registration)
    if person is None or not _take_up(registration):
        return None
    account = User.objects.for_email(registration.email)
    if not settling.join(registration, person, account):
        return None
    logger.info("Registration %s was let into household %s, by %s.", registration.pk, person.household_id, by.pk)
    return registration.household


@transaction.atomic
def refuse(registration: Registration, *, by: User | None) -> bool:
    """No household comes of one that waited: it is deleted, and whoever sent it is told. False: it was decided on.

    `by` is nobody when its term is over. Of whom nothing was kept, perhaps somebody protected, gets no mail.
    """
    waiting = Registration.objects.filter(pk=registration.pk, household=None).exclude(confirmed_at=None)
    if not waiting.delete()[0]:
        return False
    if registration.answers:
        _tell_refused(registration)
    logger.info("Registration %s was deleted by %s.", registration.pk, by.pk if by else "nobody")
    return True


def _tell_refused(registration: Registration) -> None:
    municipality = registration.municipality
    language = municipality.nearest_language(registration.answers["language"])
    with translation.override(language):
        register_url = settings.SITE_URL + reverse("newcomers:register", args=[municipality.slug])
    write_message(
        kind="registration_refused",
        key=f"registration_refused:{registration.pk}",
        recipient=registration.email,
        language=language,
        template="registration_refused",
        context={"register": register_url},
        municipality=municipality,
    )


def _take_up(registration: Registration) -> bool:
    """Whoever takes the time of confirmation first decides; the other finds it changed."""
    settle_alone(registration.municipality_id)
    waiting = Registration.objects.filter(pk=registration.pk, household=None, confirmed_at=registration.confirmed_at)
    # Without answers it is perhaps a protected household: the office writes to them, and registers them itself.
    if not registration.answers or not waiting.exclude(confirmed_at=None).update(confirmed_at=timezone.now()):
        return False
    registration.refresh_from_db()
    return True


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
