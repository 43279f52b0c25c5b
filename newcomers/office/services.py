"""What the office does with a household: who has it, when we were in touch, what is noted about it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from newcomers.enums import NoteKind
from newcomers.models import Household, Note
from portal.accounts.models import User
from portal.municipalities.access import has_permission
from portal.municipalities.enums import ROLE_PERMISSIONS, Permission
from portal.municipalities.models import Municipality, StaffRole

_CHANGING = [role for role, permissions in ROLE_PERMISSIONS.items() if Permission.HOUSEHOLD_CHANGE in permissions]


class OfficeError(Exception):
    """What was asked cannot be done; the class of the error says which."""


class NotAColleague(OfficeError):
    """Whoever should have the household, or gives it to them, may not change households there."""


class NoLongerYours(OfficeError):
    """A note is changed by whoever wrote it, on the day it was written."""


def colleagues_in(municipalities: Iterable[Municipality]) -> QuerySet[User]:
    """Who can have a household there: those whose role lets them change it."""
    there = User.objects.filter(
        staff_roles__municipality__in=municipalities, staff_roles__role__in=_CHANGING, is_active=True
    )
    return there.distinct().order_by("name", "email")


def has_colleague() -> Q:
    """Of a household: whoever has it still works with households there. Who has left the office has none."""
    still_there = StaffRole.objects.filter(
        user=OuterRef("owner"), municipality=OuterRef("municipality"), role__in=_CHANGING, user__is_active=True
    )
    return Q(owner__isnull=False) & Q(Exists(still_there))


@transaction.atomic
def assign(*, households: QuerySet[Household], owner: User, by: User) -> int:
    """Give households to a colleague; how many. A page that is open elsewhere learns of it by the version."""
    for municipality in Municipality.objects.filter(pk__in=households.order_by().values("municipality")):
        if not all(has_permission(user, Permission.HOUSEHOLD_CHANGE, municipality) for user in (owner, by)):
            raise NotAColleague
    others = Household.objects.filter(pk__in=households.order_by().values("pk")).exclude(owner=owner)
    return others.update(owner=owner, version=F("version") + 1)


def note_contact(household: Household, on: date) -> None:
    """The municipality, or a host for it, was in touch. An earlier day than the one known changes nothing."""
    earlier = Q(contacted_on=None) | Q(contacted_on__lt=on)
    if Household.objects.filter(earlier, pk=household.pk).update(contacted_on=on):
        household.contacted_on = on


@transaction.atomic
def write_note(*, household: Household, by: User, text: str, kind: str = NoteKind.NOTE, on: date) -> Note:
    """Raises ValidationError when the text holds an identity number."""
    note = Note.objects.create(household=household, by=by, text=text.strip(), kind=kind, on=on)
    if kind == NoteKind.TALKED:
        note_contact(household, on)
    return note


def may_change_note(note: Note, by: User) -> bool:
    return note.by_id == by.pk and timezone.localdate(note.written_at) == timezone.localdate()


@transaction.atomic
def change_note(*, note: Note, by: User, text: str) -> None:
    """A slip is mended on the same day; later a new note says what was wrong."""
    if not may_change_note(note, by):
        raise NoLongerYours
    note.text = text.strip()
    note.save(update_fields=["text"])
