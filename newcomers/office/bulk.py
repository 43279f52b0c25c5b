"""One message to many households: a draft, then a look at who gets it, then sent by a worker, each exactly once.

Nothing marks a message as being sent: a worker that was killed leaves recipients without an outcome, and whoever goes
on finds those. What was written already has its key in the outbox, so nobody gets it twice.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone, translation

from newcomers import consents
from newcomers.contact import unsubscribe_url
from newcomers.enums import BulkPurpose, BulkState, HouseholdState, Reached
from newcomers.models import BulkMessage, BulkRecipient, Consent, Household, Person
from portal.accounts.models import User
from portal.municipalities.access import has_permission
from portal.municipalities.enums import Permission
from portal.municipalities.models import Municipality
from portal.outbox.services import Wish, write_message
from portal.pages.texts import to_html, to_plain

logger = logging.getLogger(__name__)

CHUNK = 100
DAYS_TO_KEEP_DRAFTS = 30


class BulkRefused(Exception):
    """The message was sent already, there is nothing to send, or they may not write to households there."""


class DraftChanged(BulkRefused):
    """Somebody has written the draft anew since it was looked at."""


# --- Writing --------------------------------------------------------------------------------------


@transaction.atomic
def start(*, municipality: Municipality, households: QuerySet[Household], by: User) -> BulkMessage:
    """A draft to these households, as they are chosen now."""
    if not has_permission(by, Permission.HOUSEHOLD_CHANGE, municipality):
        raise BulkRefused
    bulk = BulkMessage.objects.create(municipality=municipality, by=by)
    chosen = Household.objects.shown().filter(pk__in=households.order_by().values("pk"), municipality=municipality)
    rows = (BulkRecipient(bulk=bulk, household_id=pk) for pk in chosen.order_by().values_list("pk", flat=True))
    BulkRecipient.objects.bulk_create(rows, batch_size=1_000)
    return bulk


@transaction.atomic
def write(
    *, bulk: BulkMessage, purpose: str, texts: Mapping[str, Mapping[str, str]], by: User, reason: str = ""
) -> None:
    """`texts` by language: subject and body. Languages without a body are left out.

    What is called their own case asks nobody's yes: to more than one household it takes a reason, kept with it.
    """
    if needs_reason(bulk, purpose) and not reason.strip():
        raise BulkRefused
    written = {code: dict(text) for code, text in texts.items() if text["body"].strip()}
    drafts = BulkMessage.objects.filter(pk=bulk.pk, state=BulkState.DRAFT)
    if not drafts.update(
        purpose=BulkPurpose(purpose), texts=written, reason=reason.strip(), by=by, version=F("version") + 1
    ):
        raise BulkRefused
    bulk.refresh_from_db()


def needs_reason(bulk: BulkMessage, purpose: str) -> bool:
    return purpose == BulkPurpose.SERVICE and bulk.recipients.count() > 1


# --- Who gets it ----------------------------------------------------------------------------------


def standing(purpose: str) -> Case:
    """For a recipient: whether their household gets it when it is sent, or the first reason why not."""
    adults = Person.objects.filter(household=OuterRef("household_id"), is_adult=True).exclude(email="")
    reasons = [
        When(household__restricted=True, then=Value(Reached.PROTECTED)),
        When(household__state=HouseholdState.MOVED_AWAY, then=Value(Reached.MOVED_AWAY)),
        When(~Exists(adults), then=Value(Reached.NO_EMAIL)),
    ]
    if purpose != BulkPurpose.SERVICE:
        said_yes = Consent.objects.filter(person=OuterRef("pk"), purpose=purpose, withdrawn_at=None)
        reasons.append(When(~Exists(adults.filter(Exists(said_yes))), then=Value(Reached.NO_CONSENT)))
    return Case(*reasons, default=Value(Reached.WRITTEN), output_field=CharField())


def reach(bulk: BulkMessage) -> dict[str, int]:
    """How many of the chosen households get it, and how many do not, by reason. After sending: how many did."""
    rows = bulk.recipients.order_by()
    if bulk.is_draft:
        found = dict(rows.annotate(now=standing(bulk.purpose)).values_list("now").annotate(n=Count("pk")))
    else:
        found = dict(rows.exclude(outcome="").values_list("outcome").annotate(n=Count("pk")))
    return {reason.value: found[reason.value] for reason in Reached if reason.value in found}


def emails(bulk: BulkMessage) -> int:
    """To how many addresses a draft would go now. Adults of a household who share one get one message."""
    reached = bulk.recipients.annotate(now=standing(bulk.purpose)).filter(now=Reached.WRITTEN)
    adults = Person.objects.filter(household__in=reached.order_by().values("household"), is_adult=True)
    if bulk.purpose != BulkPurpose.SERVICE:
        said_yes = Consent.objects.filter(person=OuterRef("pk"), purpose=bulk.purpose, withdrawn_at=None)
        adults = adults.filter(Exists(said_yes))
    return adults.exclude(email="").order_by().values("household", address=Lower("email")).distinct().count()


def readers(bulk: BulkMessage) -> Counter[str]:
    """How many of the chosen households read each language of the municipality."""
    shown = bulk.recipients.filter(household__restricted=False).order_by()
    found: Counter[str] = Counter()
    for wanted, count in shown.values_list("household__language").annotate(n=Count("pk")):
        found[bulk.municipality.nearest_language(wanted)] += count
    return found


# --- Sending --------------------------------------------------------------------------------------


@transaction.atomic
def send(*, bulk: BulkMessage, version: int, by: User) -> None:
    """Hand the draft that was looked at to a worker. Pressed twice, it is sent once."""
    from newcomers import tasks  # the task calls back into this module

    ready = BulkMessage.objects.filter(pk=bulk.pk, state=BulkState.DRAFT).exclude(Q(purpose="") | Q(texts={}))
    if not ready.filter(version=version).update(state=BulkState.WAITING, sent_at=timezone.now(), by=by):
        raise DraftChanged if ready.exists() else BulkRefused
    bulk.refresh_from_db()
    logger.info("Message %s to %d households was sent by %s.", bulk.pk, bulk.recipients.count(), by.pk)
    tasks.send_bulk.delay_on_commit(str(bulk.pk))


def run(bulk: BulkMessage) -> None:
    """Write to whoever has not been written to; may run twice, also at once, and go on after it was killed."""
    if bulk.state != BulkState.WAITING:
        return
    while _next_chunk(bulk):
        pass
    BulkMessage.objects.filter(pk=bulk.pk, state=BulkState.WAITING).update(state=BulkState.DONE)


@transaction.atomic
def _next_chunk(bulk: BulkMessage) -> int:
    """The messages, the outcomes and the count stand in one transaction: all of them or none."""
    waiting = bulk.recipients.filter(outcome="").order_by("pk").annotate(now=standing(bulk.purpose))
    rows = list(waiting.select_related("household__municipality").prefetch_related("household__persons")[:CHUNK])
    written = 0
    for row in rows:
        # Of two workers at the same recipients, the second finds the outcome there and leaves it.
        if not BulkRecipient.objects.filter(pk=row.pk, outcome="").update(outcome=row.now):
            continue
        if row.now == Reached.WRITTEN:
            written += _write_to(bulk, row.household)
    BulkMessage.objects.filter(pk=bulk.pk).update(messages=F("messages") + written)
    return len(rows)


def _write_to(bulk: BulkMessage, household: Household) -> int:
    """One message to each address of the household's adults whom we may write to; how many."""
    addresses: dict[str, Person] = {}
    for person in household.adults:
        if person.email and (bulk.purpose == BulkPurpose.SERVICE or consents.may_write(person, bulk.purpose)):
            addresses.setdefault(person.email.lower(), person)
    for person in addresses.values():
        _write_message(bulk, household, person)
    return len(addresses)


def _write_message(bulk: BulkMessage, household: Household, person: Person) -> None:
    language = language_for(bulk, household)
    text = bulk.texts[language]
    write_message(
        kind="bulk",
        key=_key(bulk.pk, person.pk),
        recipient=person.email,
        language=language,
        template="bulk_message",
        context={
            "subject_line": " ".join(text["subject"].split()),
            "text": to_plain(text["body"]),
            "html": to_html(text["body"]),
            "person": person,
            "choices_url": _choices_url(bulk.municipality, language),
        },
        municipality=bulk.municipality,
        user=person.user,
        wish=None
        if bulk.purpose == BulkPurpose.SERVICE
        else Wish(bulk.purpose, person.pk, unsubscribe_url(person, bulk.purpose, language)),
        about=[household.pk],
    )


def _choices_url(municipality: Municipality, language: str) -> str:
    with translation.override(language):
        return settings.SITE_URL + reverse("newcomers:choices", args=[municipality.slug])


def _key(bulk_id: UUID, person_id: UUID) -> str:
    return f"bulk:{bulk_id}:{person_id}"


def language_for(bulk: BulkMessage, household: Household) -> str:
    """The nearest of the languages it was written in."""
    return text_language(bulk, bulk.municipality.nearest_language(household.language))


def text_language(bulk: BulkMessage, wanted: str) -> str:
    nearest = (wanted, {"nb": "nn", "nn": "nb"}.get(wanted, "en"), bulk.municipality.main_language, *bulk.texts)
    return next(str(code) for code in nearest if code in bulk.texts)


def run_left_behind(*, dry_run: bool = False) -> int:
    """Messages that a worker which died has not finished; how many."""
    waiting = BulkMessage.objects.filter(state=BulkState.WAITING)
    if dry_run:
        return waiting.count()
    left = list(waiting.select_related("municipality"))
    for bulk in left:
        run(bulk)
    return len(left)


def drop_drafts(*, on: date, dry_run: bool = False) -> int:
    """Drafts that nobody sent within a month: they only say who was chosen."""
    old = BulkMessage.objects.filter(
        state=BulkState.DRAFT, created_at__date__lt=on - timedelta(days=DAYS_TO_KEEP_DRAFTS)
    )
    return old.count() if dry_run else old.delete()[1].get("newcomers.BulkMessage", 0)
