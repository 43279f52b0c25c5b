"""What people say of a page: that it is right, or what is wrong."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import F

from portal.accounts.models import User
from portal.clock import add_working_days
from portal.enquiries.enums import REMARK, RemarkState
from portal.enquiries.models import PageVote, Remark
from portal.enquiries.routing import owner_for
from portal.enquiries.services import move, open_task
from portal.municipalities import reminders
from portal.municipalities.models import Municipality
from portal.pages.models import Article, ServiceInfo

Fact = ServiceInfo | Article


@transaction.atomic
def vote(*, fact: Fact, right: bool, on: date) -> None:
    """One more who says so, that day."""
    row, _created = PageVote.objects.get_or_create(on=on, **_about(fact))
    column = "yes" if right else "no"
    PageVote.objects.filter(pk=row.pk).update(**{column: F(column) + 1})


def _about(fact: Fact) -> dict[str, Fact]:
    return {"article" if isinstance(fact, Article) else "info": fact}


@transaction.atomic
def remark(
    *, submission: UUID, municipality: Municipality, fact: Fact, text: str, language: str, on: date
) -> tuple[Remark, bool]:
    """Keep what is wrong, and promise that the page's owner looks at it. False: this was sent before."""
    found, created = Remark.objects.get_or_create(
        pk=submission,
        defaults={
            "municipality": municipality,
            "text": text,
            "language": language,
            "owner": owner_for(municipality, named=fact.owner),
            "said_on": on,
            "due_on": add_working_days(on, municipality.answer_within_days),
            **_about(fact),
        },
    )
    if created:
        reminders.promise(
            kind=REMARK, subject=found, occasion="look", municipality=municipality, owner=found.owner,
            due_on=found.due_on, escalated_on=None if found.owner else on,
        )  # fmt: skip
        vote(fact=fact, right=False, on=on)
    return found, created


@transaction.atomic
def close(*, remark: Remark, to: RemarkState, by: User | None, on: date) -> None:
    """The page is mended, or was right all along."""
    move(remark, to=to, closed_on=on, closed_by=by)
    task = open_task(remark)
    if task:
        reminders.close(task, on=on, outcome=to)
