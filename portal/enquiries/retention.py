"""What is forgotten, and when. The figures stay."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from portal import personal_data
from portal.clock import add_months
from portal.enquiries import messages, services
from portal.enquiries.enums import MONTHS_KEPT
from portal.enquiries.models import Enquiry, EnquiryQuerySet, Remark
from portal.outbox.models import Message

BATCH = 500
EMPTY = dict.fromkeys(("question", "name", "email", "page", "search", "answer", "missing"), "")


def forget(*, on: date, dry_run: bool = False) -> dict[str, int]:
    """Empty the texts of what was closed long ago, and who asked; also the copies in the outbox.

    What the archive holds stays, as it does with every term (privacy.retention).
    """
    last = add_months(on, -MONTHS_KEPT)
    enquiries = Enquiry.objects.filter(closed_on__lte=last, forgotten_on=None).exclude(personal_data.is_held())
    remarks = Remark.objects.filter(closed_on__lte=last, forgotten_on=None)
    if dry_run:
        return {"questions": enquiries.count(), "remarks": remarks.count()}
    forgotten = 0
    while batch := _forget_some(enquiries, on):
        forgotten += batch
    return {"questions": forgotten, "remarks": remarks.update(text="", forgotten_on=on)}


@transaction.atomic
def _forget_some(enquiries: EnquiryQuerySet, on: date) -> int:
    some = list(enquiries.only("pk", "answers")[:BATCH])
    keys = [key for enquiry in some for key in messages.keys_to_asker(enquiry)]
    Message.objects.filter(key__in=keys).delete()
    # Asked again a moment ago: it is open, and kept.
    return enquiries.filter(pk__in=[enquiry.pk for enquiry in some]).update(**EMPTY, forgotten_on=on)


@transaction.atomic
def forget_all_of(enquiries: EnquiryQuerySet, *, on: date) -> None:
    """Whoever asked wants to be erased: what still waits is dropped, and all of it emptied."""
    for enquiry in enquiries.waiting():
        services.drop(enquiry=enquiry, on=on)
    while _forget_some(enquiries.filter(forgotten_on=None), on):
        pass
