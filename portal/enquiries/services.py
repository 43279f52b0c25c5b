"""A question's way from the one who asks to the answer, and back again if it did not help."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.clock import add_working_days
from portal.enquiries import messages
from portal.enquiries.enums import ENQUIRY, TRANSITIONS, WAITING_STATES, EnquiryState
from portal.enquiries.models import Enquiry, Remark
from portal.enquiries.routing import owner_for, owner_of_topic
from portal.identity_numbers import no_identity_number
from portal.municipalities import reminders
from portal.municipalities.models import DatedTask, Municipality


class MoveRefused(Exception):
    """It is no longer in a state that allows this: somebody else was quicker."""


# --- Asking ---


@transaction.atomic
def ask(*, submission: UUID, municipality: Municipality, asked: Mapping[str, str], on: date) -> Enquiry:
    """Keep the question, find its owner, promise the answer, send a receipt. The same sent twice is kept once.

    `asked` has question, name, email, language, topic, page and search.
    """
    # One writer at a time in each municipality: PostgreSQL holds its row, SQLite has one writer anyway. So a button
    # that is pressed twice finds what it sent, and no number is given twice.
    Municipality.objects.select_for_update(no_key=True).get(pk=municipality.pk)
    known = Enquiry.objects.filter(pk=submission).first()
    same = {"municipality_id": municipality.pk, "question": asked["question"], "email": asked["email"]}
    if known and all(getattr(known, name) == value for name, value in same.items()):
        return known
    due_on = add_working_days(on, municipality.answer_within_days)
    enquiry = Enquiry.objects.create(
        # The page was left open, and something else was asked from it.
        pk=uuid4() if known else submission,
        municipality=municipality,
        owner=owner_for(municipality, named=owner_of_topic(municipality, asked["topic"])),
        asked_on=on,
        promised_on=due_on,
        due_on=due_on,
        **_next_number(municipality, on),
        **asked,
    )
    _promise(enquiry, on)
    messages.send_receipt(enquiry)
    messages.tell_owner(enquiry)
    return enquiry


def _next_number(municipality: Municipality, on: date) -> dict[str, Any]:
    """The caller holds the municipality's row."""
    last = municipality.enquirys.filter(year=on.year).aggregate(last=Max("serial"))["last"] or 0
    name = "".join(letter for letter in municipality.slug if letter.isalpha())[:3].upper()
    return {"year": on.year, "serial": last + 1, "number": f"{name}-{on.year}-{last + 1:04d}"}


def _promise(enquiry: Enquiry, on: date) -> None:
    """What nobody can have is on the list of the office and of the region at once."""
    reminders.promise(
        kind=ENQUIRY,
        subject=enquiry,
        occasion=f"answer-{enquiry.answers + 1}",
        municipality=enquiry.municipality,
        owner=enquiry.owner,
        due_on=enquiry.due_on,
        escalated_on=None if enquiry.owner else on,
    )


def open_task(row: Enquiry | Remark) -> DatedTask | None:
    return DatedTask.objects.open().filter(subject_id=row.pk).first()


# --- Moving ---


def move(row: Enquiry | Remark, *, to: str, **facts: object) -> None:
    """The one door between states. Of two at once, one gets through and the other is told."""
    old = row.state
    allowed = (old, to) in TRANSITIONS[type(row).__name__]
    if not allowed or not type(row)._base_manager.filter(pk=row.pk, state=old).update(state=to, **facts):
        raise MoveRefused(_("This has changed since you opened the page. Look again."))
    row.state = to
    for name, value in facts.items():
        setattr(row, name, value)


def _keep_promise(row: Enquiry | Remark, on: date) -> None:
    task = open_task(row)
    if task:
        reminders.close(task, on=on, outcome=row.state)


def keep_draft(*, enquiry: Enquiry, text: str) -> None:
    no_identity_number(text)
    if not Enquiry.objects.filter(pk=enquiry.pk, state__in=WAITING_STATES).update(answer=text):
        raise MoveRefused(_("This has changed since you opened the page. Look again."))


@transaction.atomic
def answer(*, enquiry: Enquiry, text: str, by: User | None, on: date) -> None:
    """Send the answer; with it the promise is kept."""
    no_identity_number(text)
    move(
        enquiry,
        to=EnquiryState.ANSWERED,
        answer=text,
        answered_on=on,
        first_answered_on=enquiry.first_answered_on or on,
        answered_by=by,
        answers=enquiry.answers + 1,
        closed_on=on,
    )
    _keep_promise(enquiry, on)
    messages.send_answer(enquiry)


@transaction.atomic
def drop(*, enquiry: Enquiry, on: date) -> None:
    """It needs no answer: advertising, or asked twice."""
    move(enquiry, to=EnquiryState.DROPPED, closed_on=on)
    _keep_promise(enquiry, on)


def give(*, row: Enquiry | Remark, to: User) -> bool:
    """Somebody else has it from now on (portal.enquiries.promises tells them)."""
    task = open_task(row)
    return bool(task and reminders.give(task, to=to))


# --- Did it help? ---


@transaction.atomic
def judge(*, enquiry: Enquiry, answer: int, helped: bool, missing: str, on: date) -> None:
    """What they say of the answer with this number, once. If it did not help, the question is open again."""
    no_identity_number(missing)
    unsaid = Enquiry.objects.filter(pk=enquiry.pk, answers=answer, judged__lt=answer)
    if not unsaid.update(judged=answer, answered_you=helped, missing="" if helped else missing):
        raise MoveRefused(_("You have told us already."))
    enquiry.refresh_from_db()
    if helped:
        return
    due_on = add_working_days(on, enquiry.municipality.answer_within_days)
    owner = owner_for(enquiry.municipality, named=enquiry.owner)
    move(enquiry, to=EnquiryState.REOPENED, due_on=due_on, owner=owner, closed_on=None)
    _promise(enquiry, on)
    messages.tell_owner(enquiry)
