"""The link in an answer: which answer it speaks of, signed, for some weeks. It says nothing about anybody."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.core import signing

from portal.enquiries.enums import DAYS_TO_JUDGE
from portal.enquiries.models import Enquiry

SALT = "portal.enquiries.judge"
# Why a link does not work.
Expired = signing.SignatureExpired
Altered = signing.BadSignature


def make(enquiry: Enquiry) -> str:
    return signing.dumps([enquiry.pk.hex, enquiry.answers], salt=SALT)


def read(token: str) -> tuple[UUID, int]:
    """The question's id and the number of the answer. Raises Expired, or Altered for anything we did not write."""
    identifier, answer = signing.loads(token, salt=SALT, max_age=timedelta(days=DAYS_TO_JUDGE))
    return UUID(identifier), int(answer)
