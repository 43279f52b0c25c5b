"""Addresses that mail comes back from: marked once, and written to no more until somebody has seen to it.

Two things say so: the mail server, when it will not take the mail, and a report that comes back later (RFC 3464).
"""

from __future__ import annotations

import re
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from smtplib import SMTPRecipientsRefused
from uuid import UUID

from portal.outbox.models import BouncedAddress, Message

# There is no such address, or nobody has it any more (RFC 3463). A full mailbox (5.2.2) may have room tomorrow, and a
# refusal of our server (5.7) is not about the address.
_GONE = re.compile(r"5\.(1\.\d{1,3}|2\.1)")
# The same from a server that gives no such number.
_GONE_WITHOUT_STATUS = {550, 551, 553}
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_MESSAGE_ID = re.compile(r"<([0-9a-f]{32})@")


def is_marked(email: str) -> bool:
    return BouncedAddress.objects.filter(email=email.lower()).exists()


def status_in(error: Exception) -> str:
    """What the server says of an address that is no more, such as "5.1.1" or "550"; empty for every other fault."""
    if not isinstance(error, SMTPRecipientsRefused):
        return ""
    for code, words in error.recipients.values():
        text = words.decode(errors="replace") if isinstance(words, bytes) else str(words)
        status = _STATUS.match(text.strip())
        if status:
            return status.group() if _GONE.fullmatch(status.group()) else ""
        if code in _GONE_WITHOUT_STATUS:
            return str(code)
    return ""


def mark(*, message: Message, status: str, on: date) -> BouncedAddress:
    """Only the number is kept of what the server said: its words may tell more of the person."""
    earlier = Message.objects.filter(recipient__iexact=message.recipient, municipality__isnull=False)
    municipality = message.municipality or getattr(earlier.first(), "municipality", None)
    marked, _created = BouncedAddress.objects.update_or_create(
        email=message.recipient.lower(), defaults={"status": status, "on": on, "municipality": municipality}
    )
    return marked


def take_report(content: bytes, *, on: date) -> BouncedAddress | None:
    """Mark the address that a returned mail is about; None where it says nothing of a mail of ours.

    The report names our mail by its Message-ID, which only its receiver's servers have seen: nobody marks an address
    by writing to us.
    """
    report = message_from_bytes(content, policy=policy.default)
    status = _status_of(report)
    found = _MESSAGE_ID.search(_returned_headers(report))
    message = Message.objects.filter(pk=UUID(found.group(1))).first() if found else None
    return mark(message=message, status=status, on=on) if message and status else None


def _status_of(report: EmailMessage) -> str:
    """The status of the delivery that failed for good, if it failed because of the address."""
    for part in report.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for fields in part.iter_parts() if part.is_multipart() else []:
            status = str(fields.get("Status", "")).strip()
            if str(fields.get("Action", "")).strip().lower() == "failed" and _GONE.fullmatch(status):
                return status
    return ""


def _returned_headers(report: EmailMessage) -> str:
    """Of our mail, which stands at the end of the report: whole, or its headers alone."""
    for part in report.walk():
        if part.get_content_type() == "text/rfc822-headers":
            return str(part.get_content())
        if part.get_content_type() == "message/rfc822":
            return "".join(str(inner.get("Message-ID", "")) for inner in part.iter_parts())
    return ""
