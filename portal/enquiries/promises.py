"""What the promises to answer and to look mean to the portal, and what becomes of them when somebody leaves."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import cast

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.enquiries import messages, remarks, services
from portal.enquiries.enums import ENQUIRY, REMARK, RemarkState
from portal.enquiries.models import Enquiry, Remark
from portal.enquiries.routing import answerers, owner_for, owner_of_topic
from portal.municipalities.models import DatedTask, Municipality
from portal.registry import TaskKind


def _title(task: DatedTask) -> str:
    return _("Answer a question") if task.kind == ENQUIRY else _("Look at what somebody says of a page")


def _admin_url(task: DatedTask) -> str:
    return reverse(f"admin:enquiries_{task.kind}_change", args=[task.subject_id])


def _is_current(task: DatedTask) -> bool:
    return cast(Enquiry | Remark, task.subject).closed_on is None


def _enquiries() -> QuerySet[Enquiry]:
    return Enquiry.objects.select_related("municipality")


def _remarks() -> QuerySet[Remark]:
    return Remark.objects.select_related("municipality", "info", "article").prefetch_related(
        "info__translations", "article__translations"
    )


# --- A new owner ---


def _given(task: DatedTask, to: User) -> None:
    """The question or remark names its owner too; they hear of a question at once."""
    row = cast(Enquiry | Remark, task.subject)
    row.owner = to
    row.save(update_fields=["owner"])
    if isinstance(row, Enquiry):
        messages.tell_owner(row)


def find_new_owners(model: type[Enquiry] | type[Remark], on: date) -> None:
    """Whose owner has left, or may not answer any more, goes to somebody who can."""
    waiting = model._base_manager.filter(closed_on=None)
    for municipality in Municipality.objects.filter(pk__in=waiting.values_list("municipality", flat=True)):
        left = waiting.filter(municipality=municipality).exclude(owner__in=answerers(municipality))
        for row in left.select_related("municipality"):
            _find_new_owner(row, on)


@transaction.atomic
def _find_new_owner(row: Enquiry | Remark, on: date) -> None:
    keeper = owner_of_topic(row.municipality, row.topic) if isinstance(row, Enquiry) else row.fact.owner
    owner = owner_for(row.municipality, named=keeper)
    if owner:
        services.give(row=row, to=owner)
        return
    type(row)._base_manager.filter(pk=row.pk).update(owner=None)
    task = services.open_task(row)
    if task:
        DatedTask.objects.filter(pk=task.pk).update(owner=None, escalated_on=task.escalated_on or on)


# --- Done by the office ---


def _only_an_answer_will_do(task: DatedTask, by: User, on: date) -> None:
    raise ValidationError(_("Answer the question: that ends the promise."))


def _mended(task: DatedTask, by: User, on: date) -> None:
    remarks.close(remark=cast(Remark, task.subject), to=RemarkState.MENDED, by=by, on=on)


ANSWERS = TaskKind(
    name=ENQUIRY,
    title=_title,
    admin_url=_admin_url,
    send_reminder=messages.send_reminder,
    is_current=_is_current,
    subjects=_enquiries,
    sweep=partial(find_new_owners, Enquiry),
    finish=_only_an_answer_will_do,
    given=_given,
)

LOOKS = TaskKind(
    name=REMARK,
    title=_title,
    admin_url=_admin_url,
    send_reminder=messages.send_reminder,
    is_current=_is_current,
    subjects=_remarks,
    sweep=partial(find_new_owners, Remark),
    finish=_mended,
    given=_given,
)
