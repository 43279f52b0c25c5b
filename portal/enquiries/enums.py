"""States of a question and of a remark, and the promises that go with them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class EnquiryState(models.TextChoices):
    OPEN = "open", _("waiting for an answer")
    ANSWERED = "answered", _("answered")
    REOPENED = "reopened", _("asked again")
    DROPPED = "dropped", _("needs no answer")


class RemarkState(models.TextChoices):
    OPEN = "open", _("to look at")
    MENDED = "mended", _("mended")
    RIGHT = "right", _("it was right")


# Somebody waits.
WAITING_STATES = (EnquiryState.OPEN, EnquiryState.REOPENED)

# Every allowed move; services.move is the one door.
TRANSITIONS: dict[str, frozenset[tuple[str, str]]] = {
    "Enquiry": frozenset(
        {
            (EnquiryState.OPEN, EnquiryState.ANSWERED),
            (EnquiryState.OPEN, EnquiryState.DROPPED),
            (EnquiryState.ANSWERED, EnquiryState.REOPENED),
            (EnquiryState.REOPENED, EnquiryState.ANSWERED),
            (EnquiryState.REOPENED, EnquiryState.DROPPED),
        }
    ),
    "Remark": frozenset(
        {
            (RemarkState.OPEN, RemarkState.MENDED),
            (RemarkState.OPEN, RemarkState.RIGHT),
        }
    ),
}

# Kinds of promises (portal.registry.task_kinds).
ENQUIRY = "enquiry"
REMARK = "remark"

# After this many months nobody needs to know who asked what.
MONTHS_KEPT = 12
# How long the link in an answer asks "did this answer you?".
DAYS_TO_JUDGE = 60
