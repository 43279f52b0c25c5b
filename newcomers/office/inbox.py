"""The list of households as a work list: what waits, for how long, and what comes next for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from newcomers.enums import HouseholdState
from newcomers.models import Household, HouseholdQuerySet, Person
from newcomers.office.services import has_colleague
from portal import registry
from portal.municipalities import reminders
from portal.municipalities.models import DatedTask, DatedTaskQuerySet

# What is called new.
NEW_DAYS = 14
# So long nobody has been in touch, and the day page says so.
DAYS_TO_CONTACT = 7
NEW, UNASSIGNED, WAITING, LATE, ALL = "new", "unassigned", "waiting", "late", "all"
# A tab for those who may protect.
PROTECTED = "protected"
TABS = (
    (NEW, gettext_lazy("New, and nobody has them")),
    (UNASSIGNED, gettext_lazy("Nobody has them")),
    (WAITING, gettext_lazy("Waiting for contact")),
    (LATE, gettext_lazy("Promised and late")),
    (ALL, pgettext_lazy("households", "All")),
)
_DONE_WITH = [HouseholdState.SETTLED, HouseholdState.MOVED_AWAY]


@dataclass(frozen=True)
class NextStep:
    """What is to be done next for a household, and by when. No day: at once."""

    title: str
    due_on: date | None = None
    is_late: bool = False


def choose(households: HouseholdQuerySet, tab: str, on: date) -> HouseholdQuerySet:
    """The households of one tab. Tabs that do not exist hold everything."""
    if tab == NEW:
        since = datetime.combine(on - timedelta(days=NEW_DAYS), time())
        return unassigned(households).filter(created_at__gte=timezone.make_aware(since))
    if tab == UNASSIGNED:
        return unassigned(households)
    if tab == WAITING:
        return never_contacted(households)
    if tab == LATE:
        return late(households, on)
    return households


def unassigned(households: HouseholdQuerySet) -> HouseholdQuerySet:
    """No colleague has them, and nobody else either, such as a host."""
    taken_care_of = [Exists(care.open().filter(household=OuterRef("pk"))) for care in registry.cares.values()]
    alone = households.exclude(has_colleague()).exclude(state__in=_DONE_WITH)
    return alone.filter(*(~taken for taken in taken_care_of))


def never_contacted(households: HouseholdQuerySet) -> HouseholdQuerySet:
    return households.filter(contacted_on=None).exclude(state__in=_DONE_WITH)


def late(households: HouseholdQuerySet, on: date) -> HouseholdQuerySet:
    """An open promise about them, or about who has them, should have been kept before today."""
    subjects = DatedTask.objects.open().filter(due_on__lt=on).order_by().values("subject_id")
    about = Q(pk__in=subjects)
    for care in registry.cares.values():
        about |= Q(pk__in=care.every().filter(pk__in=subjects).order_by().values("household"))
    return households.filter(about)


def may_be_protected(households: HouseholdQuerySet) -> HouseholdQuerySet:
    """They are not protected, but an adult has the name and birth year of somebody here who is.

    As when somebody protected registers anew. Only for those who may protect: to others it would tell who is.
    """
    protected = Person.objects.filter(household__restricted=True, is_adult=True).exclude(name_key="").order_by()
    same = protected.filter(
        household__municipality=OuterRef("household__municipality"),
        name_key=OuterRef("name_key"), birth_year=OuterRef("birth_year"),
    )  # fmt: skip
    alike = Person.objects.filter(Exists(same), name_key__in=protected.values("name_key")).order_by()
    return households.filter(pk__in=alike.values("household"))


# --- What comes next ---


def next_steps(households: Sequence[Household], on: date) -> dict[UUID, NextStep]:
    """For each household its earliest promise, or else what the office has not done yet. In few queries for all."""
    of_care, cared_for = _cares_of(households)
    promised: dict[UUID, NextStep] = {}
    ids = [household.pk for household in households]
    open_tasks: DatedTaskQuerySet = DatedTask.objects.open().filter(subject_id__in=[*ids, *of_care])
    for task in reminders.with_subjects(open_tasks.order_by("due_on", "pk")):
        kind = registry.task_kinds.get(task.kind)
        if kind is None or task.subject is None or not kind.is_current(task):
            continue
        step = NextStep(kind.title(task), task.due_on, task.due_on < on)
        promised.setdefault(of_care.get(task.subject_id, task.subject_id), step)
    return {h.pk: promised.get(h.pk) or _to_begin(h, h.pk in cared_for, on) for h in households}


def next_step(household: Household, on: date) -> NextStep:
    """For its own page: where nobody has promised anything, the first that its timeline says is to come."""
    step = next_steps([household], on)[household.pk]
    if step.title:
        return step
    coming = [entry for entry in registry.timeline(household, on, for_staff=True) if entry.state != "done"]
    return NextStep(coming[0].title, coming[0].on, coming[0].state == "late") if coming else step


def _cares_of(households: Sequence[Household]) -> tuple[dict[UUID, UUID], set[UUID]]:
    """The rows on which promises stand, with their household; and the households that somebody has."""
    of_care: dict[UUID, UUID] = {}
    shown = Household.objects.filter(pk__in=[household.pk for household in households])
    cared_for = set(shown.filter(has_colleague()).order_by().values_list("pk", flat=True))
    for care in registry.cares.values():
        rows: Any = care.every().filter(household__in=households).order_by()
        of_care |= dict(rows.values_list("pk", "household_id"))
        cared_for |= set(care.open().filter(pk__in=of_care).order_by().values_list("household_id", flat=True))
    return of_care, cared_for


def _to_begin(household: Household, is_cared_for: bool, on: date) -> NextStep:
    if household.state in _DONE_WITH:
        return NextStep("")
    if not is_cared_for:
        return NextStep(_("Decide who has this household"))
    if household.contacted_on is None:
        due_on = timezone.localdate(household.created_at) + timedelta(days=DAYS_TO_CONTACT)
        return NextStep(_("Get in touch"), due_on, due_on < on)
    return NextStep("")
