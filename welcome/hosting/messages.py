"""What hosts are written: a new household to say hello to, and what is due. First names only."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import cast

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from portal import registry
from portal.accounts.models import User
from portal.municipalities.models import DatedTask
from portal.outbox.services import write_message
from welcome.hosting.models import Assignment


def tell_host(assignment: Assignment) -> None:
    """Ask for a yes or no."""
    user = assignment.host.user
    with translation.override(user.language):
        path = reverse("hosting:newcomer", args=[assignment.municipality.slug, assignment.pk])
    write_message(
        kind="hosting_offer",
        key=f"hosting_offer:{assignment.pk}",
        recipient=user.email,
        language=user.language,
        template="hosting_offer",
        context={"host": assignment.host, "household": assignment.household, "url": settings.SITE_URL + path},
        municipality=assignment.municipality,
        user=user,
        about=[assignment.household_id],
    )


def thank_host(assignment: Assignment) -> None:
    """Their part is done."""
    user = assignment.host.user
    if assignment.household.restricted or not user.is_active:
        return
    write_message(
        kind="hosting_thanks",
        key=f"hosting_thanks:{assignment.pk}",
        recipient=user.email,
        language=user.language,
        template="hosting_thanks",
        context={"host": assignment.host, "household": assignment.household},
        municipality=assignment.municipality,
        user=user,
        about=[assignment.household_id],
    )


def send_reminder(owner: User, tasks: Sequence[DatedTask], on: date) -> None:
    """One message about all that the owner has due; the key names them, so another run cannot send it again."""
    digest = hashlib.sha256("".join(sorted(task.pk.hex for task in tasks)).encode()).hexdigest()[:16]
    with translation.override(owner.language):
        lines = [_line(owner, task) for task in tasks]
    write_message(
        kind="hosting_reminder",
        key=f"hosting_reminder:{owner.pk}:{on}:{digest}",
        recipient=owner.email,
        language=owner.language,
        template="hosting_reminder",
        context={"owner": owner, "lines": lines},
        municipality=cast(Assignment, tasks[0].subject).municipality,
        user=owner,
        about=[cast(Assignment, task.subject).household_id for task in tasks],
    )


def _line(owner: User, task: DatedTask) -> dict[str, object]:
    """Hosts are led to their own page, the office's people to the promise."""
    assignment = cast(Assignment, task.subject)
    kind = registry.task_kinds[task.kind]
    if assignment.host.user_id == owner.pk:
        path = reverse("hosting:newcomer", args=[assignment.municipality.slug, assignment.pk])
    else:
        path = kind.admin_url(task)
    return {
        "names": assignment.household.first_names,
        "title": kind.title(task),
        "due_on": task.due_on,
        "url": settings.SITE_URL + path,
    }
