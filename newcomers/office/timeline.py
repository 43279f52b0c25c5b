"""What the office itself did for a household: notes, talks, messages to many, the copy sent after the desk."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from newcomers.enums import NoteKind, Reached
from newcomers.models import DeskConfirmation, Household, Note
from portal.registry import TimelineEntry

# Models whose rows stand on the timeline.
SHOWN = ["newcomers.Note", "newcomers.BulkRecipient", "newcomers.DeskConfirmation"]


def entries(household: Household, on: date) -> Iterable[TimelineEntry]:
    for note in household.notes.select_related("by"):
        yield _note(note)
        if note.kind == NoteKind.TALKED:
            yield TimelineEntry(
                on=note.on, title=_("The service office talked with you"), window=False, household_only=True
            )
    written = household.bulk_recipients.filter(outcome=Reached.WRITTEN, bulk__sent_at__isnull=False)
    for recipient in written.select_related("bulk__municipality").order_by("bulk__sent_at"):
        sent_on = timezone.localdate(recipient.bulk.sent_at)
        yield TimelineEntry(on=sent_on, title=_("Message: %(subject)s") % {"subject": recipient.bulk}, window=False)
    for row in DeskConfirmation.objects.filter(person__household=household):
        yield from _desk(row)


def _note(note: Note) -> TimelineEntry:
    """For staff; the household reads it in what it downloads."""
    title = _("The office talked with them") if note.kind == NoteKind.TALKED else _("Note")
    return TimelineEntry(on=note.on, title=f"{title} ({note.by or '–'})", detail=note.text, window=False,
                         staff_only=True)  # fmt: skip


def _desk(row: DeskConfirmation) -> Iterable[TimelineEntry]:
    yield TimelineEntry(on=row.on, title=_("A copy was sent by e-mail"), window=False, staff_only=True)
    if row.answered_on:
        title = _("They confirmed what was noted") if row.said_yes else _("The e-mail address was somebody else's")
        yield TimelineEntry(on=row.answered_on, title=title, window=False, staff_only=True)
