"""Promises: made, kept, reminded of once, and put on the office's list when nobody answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from uuid import UUID

from django.conf import settings
from django.contrib.contenttypes.prefetch import GenericPrefetch
from django.db import transaction
from django.db.models import Model, Q, QuerySet

from portal import registry
from portal.accounts.models import User
from portal.municipalities.models import DatedTask, DatedTaskQuerySet, Municipality

NOT_CURRENT = "not_current"
BATCH = 200


class _ChangedMeanwhile(Exception):
    """Another run, or somebody keeping the promise, was quicker: look again."""


def promise(
    *,
    kind: str,
    subject: Model,
    occasion: str,
    municipality: Municipality,
    owner: User | None,
    due_on: date,
    escalated_on: date | None = None,
) -> DatedTask:
    return DatedTask.objects.create(
        kind=kind,
        subject=subject,
        occasion=occasion,
        municipality=municipality,
        owner=owner,
        due_on=due_on,
        escalated_on=escalated_on,
    )


def close(task: DatedTask, *, on: date, outcome: str) -> bool:
    """Whether it was open until now."""
    return bool(DatedTask.objects.open().filter(pk=task.pk).update(done_on=on, outcome=outcome))


@transaction.atomic
def give(task: DatedTask, *, to: User) -> bool:
    """A new owner gets a reminder of their own."""
    changed = DatedTask.objects.open().filter(pk=task.pk).update(owner=to, reminded_on=None, escalated_on=None)
    kind = registry.task_kinds.get(task.kind)
    if changed and kind and kind.given:
        kind.given(task, to)
    return bool(changed)


def with_subjects(tasks: DatedTaskQuerySet) -> QuerySet[DatedTask]:
    """With their objects, whatever their kinds, in a fixed number of queries."""
    querysets = [kind.subjects() for kind in registry.task_kinds.values() if kind.subjects]
    by_model = {queryset.model: queryset for queryset in querysets}
    return tasks.prefetch_related(GenericPrefetch("subject", list(by_model.values())))


def remind(*, on: date, dry_run: bool = False) -> dict[str, int]:
    """Remind every owner once of what is due; what stays silent after that goes to the office.

    It asks what is due, not which day it is: after ten days without a worker there is one reminder, not ten.
    """
    if not dry_run:
        for kind in registry.task_kinds.values():
            if kind.sweep:
                kind.sweep(on)
    return {
        "reminded": sum(_once(_remind_owners, owners, on, dry_run) for owners in _owner_batches(on)),
        "escalated": sum(_once(_escalate, tasks, on, dry_run) for tasks in _escalation_batches(on)),
    }


def _due(on: date) -> DatedTaskQuerySet:
    return DatedTask.objects.due(on).filter(kind__in=registry.task_kinds, escalated_on=None)


def _to_remind(on: date) -> DatedTaskQuerySet:
    return _due(on).filter(reminded_on=None, owner__is_active=True)


def _to_escalate(on: date) -> DatedTaskQuerySet:
    silent_since = on - timedelta(days=settings.SILENT_DAYS_BEFORE_ESCALATION)
    nobody = Q(owner=None) | Q(owner__is_active=False)
    return _due(on).filter(nobody | Q(reminded_on__lte=silent_since))


def _owner_batches(on: date) -> Iterator[list[UUID]]:
    """Owners in batches: all that one owner has due belongs in one message."""
    owners = _to_remind(on).order_by("owner_id").values_list("owner_id", flat=True).distinct()
    batch = list(owners[:BATCH])
    while batch:
        yield batch
        batch = list(owners.filter(owner_id__gt=batch[-1])[:BATCH])


def _escalation_batches(on: date) -> Iterator[list[UUID]]:
    tasks = _to_escalate(on).order_by("pk").values_list("pk", flat=True)
    batch = list(tasks[:BATCH])
    while batch:
        yield batch
        batch = list(tasks.filter(pk__gt=batch[-1])[:BATCH])


def _once(step: Callable[[list[UUID], date, bool], int], batch: list[UUID], on: date, dry_run: bool) -> int:
    while True:
        try:
            with transaction.atomic():
                return step(batch, on, dry_run)
        except _ChangedMeanwhile:
            continue


def _remind_owners(owners: list[UUID], on: date, dry_run: bool) -> int:
    tasks = _to_remind(on).filter(owner_id__in=owners).select_related("owner").order_by("owner_id", "due_on", "pk")
    current = _still_current(list(with_subjects(tasks)), on, dry_run)
    if not dry_run:
        _mark(current, "reminded_on", on)
        _send(current, on)
    return len(current)


def _escalate(pks: list[UUID], on: date, dry_run: bool) -> int:
    tasks = _to_escalate(on).filter(pk__in=pks)
    current = _still_current(list(with_subjects(tasks)), on, dry_run)
    if not dry_run:
        _mark(current, "escalated_on", on)
    return len(current)


def _still_current(tasks: Sequence[DatedTask], on: date, dry_run: bool) -> list[DatedTask]:
    """Those that still make sense; the others are closed without a word."""
    current = [t for t in tasks if t.subject is not None and registry.task_kinds[t.kind].is_current(t)]
    stale = {task.pk for task in tasks} - {task.pk for task in current}
    if stale and not dry_run:
        DatedTask.objects.open().filter(pk__in=stale).update(done_on=on, outcome=NOT_CURRENT)
    return current


def _mark(tasks: Sequence[DatedTask], field: str, on: date) -> None:
    """All of them or none: otherwise a message would speak of a promise that another run has taken.

    Without joins: PostgreSQL looks at a row again that another run has just changed, but not at a subquery.
    """
    unmarked = DatedTask.objects.open().filter(
        pk__in=[task.pk for task in tasks], **{field: None, "escalated_on": None}
    )
    if unmarked.update(**{field: on}) != len(tasks):
        raise _ChangedMeanwhile


def _send(tasks: Sequence[DatedTask], on: date) -> None:
    """One message per owner; kinds that write theirs in the same way share it."""
    for _owner_id, of_owner in groupby(tasks, key=lambda task: task.owner_id):
        by_way: dict[Callable[..., None], list[DatedTask]] = {}
        for task in of_owner:
            by_way.setdefault(registry.task_kinds[task.kind].send_reminder, []).append(task)
        for send_reminder, its_tasks in by_way.items():
            owner = its_tasks[0].owner
            if owner is not None:
                send_reminder(owner, its_tasks, on)
