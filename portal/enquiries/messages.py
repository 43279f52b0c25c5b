"""What is written about a question: to the one who asked, and to the one who answers, who reads it in the office."""

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
from portal.enquiries import tokens
from portal.enquiries.enums import DAYS_TO_JUDGE
from portal.enquiries.models import Enquiry, Remark
from portal.municipalities.models import DatedTask
from portal.outbox.services import write_message


def keys_to_asker(enquiry: Enquiry) -> list[str]:
    """The outbox keys of everything the one who asked was sent."""
    return [_receipt_key(enquiry), *(_answer_key(enquiry, number) for number in range(1, enquiry.answers + 1))]


def _receipt_key(enquiry: Enquiry) -> str:
    return f"enquiry_receipt:{enquiry.pk}"


def _answer_key(enquiry: Enquiry, number: int) -> str:
    return f"enquiry_answer:{enquiry.pk}:{number}"


def _address(enquiry: Enquiry, name: str, argument: object) -> str:
    with translation.override(enquiry.language):
        return settings.SITE_URL + reverse(f"enquiries:{name}", args=[enquiry.municipality.slug, argument])


def send_receipt(enquiry: Enquiry) -> None:
    _write_to_asker(enquiry, "enquiry_receipt", _receipt_key(enquiry), {})


def send_answer(enquiry: Enquiry) -> None:
    url = _address(enquiry, "judge", tokens.make(enquiry))
    _write_to_asker(
        enquiry, "enquiry_answer", _answer_key(enquiry, enquiry.answers), {"url": url, "days": DAYS_TO_JUDGE}
    )


def _write_to_asker(enquiry: Enquiry, template: str, key: str, context: dict[str, object]) -> None:
    write_message(
        kind=template,
        key=key,
        recipient=enquiry.email,
        language=enquiry.language,
        template=template,
        context={"enquiry": enquiry, **context},
        municipality=enquiry.municipality,
    )


def tell_owner(enquiry: Enquiry) -> None:
    """That it is theirs to answer; once for each round and owner."""
    owner = enquiry.owner
    if owner is None:
        return
    url = settings.SITE_URL + reverse("admin:enquiries_enquiry_change", args=[enquiry.pk])
    write_message(
        kind="enquiry_owner",
        key=f"enquiry_owner:{enquiry.pk}:{enquiry.answers}:{owner.pk}",
        recipient=owner.email,
        language=owner.language,
        template="enquiry_owner",
        context={"enquiry": enquiry, "owner": owner, "url": url},
        municipality=enquiry.municipality,
        user=owner,
    )


def send_reminder(owner: User, tasks: Sequence[DatedTask], on: date) -> None:
    """One message about all that the owner has due; the key names them, so another run cannot send it again."""
    digest = hashlib.sha256("".join(sorted(task.pk.hex for task in tasks)).encode()).hexdigest()[:16]
    with translation.override(owner.language):
        lines = [_line(task) for task in tasks]
    write_message(
        kind="enquiry_reminder",
        key=f"enquiry_reminder:{owner.pk}:{on}:{digest}",
        recipient=owner.email,
        language=owner.language,
        template="enquiry_reminder",
        context={"owner": owner, "lines": lines},
        municipality=cast(Enquiry | Remark, tasks[0].subject).municipality,
        user=owner,
    )


def _line(task: DatedTask) -> dict[str, object]:
    kind = registry.task_kinds[task.kind]
    return {
        "name": str(task.subject),
        "title": kind.title(task),
        "due_on": task.due_on,
        "url": settings.SITE_URL + kind.admin_url(task),
    }
