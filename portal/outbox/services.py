"""Writing and sending messages."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import partial
from smtplib import SMTPException
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone, translation

from portal import registry
from portal.accounts.models import User
from portal.municipalities.models import Municipality
from portal.outbox import bounces
from portal.outbox.enums import MessageState
from portal.outbox.models import Message, MessageAbout, MessageQuerySet

logger = logging.getLogger(__name__)

# Minutes to wait after each failed try; after the last one the message is given up and shown to the office.
BACK_OFF_MINUTES = [1, 5, 30, 120, 720]
# A worker that has not finished by then is taken for dead.
SENDING_TIMEOUT = timedelta(minutes=5)


@dataclass(frozen=True)
class Wish:
    """Mail that somebody has said yes to: for which purpose, which person (newcomers), and where they say no again."""

    purpose: str
    person_id: UUID
    unsubscribe_url: str


def write_message(
    *,
    kind: str,
    key: str,
    recipient: str,
    language: str,
    template: str,
    context: dict[str, object],
    municipality: Municipality | None = None,
    user: User | None = None,
    is_secret: bool = False,
    wish: Wish | None = None,
    about: Iterable[UUID] = (),
) -> Message:
    """Put one message into the outbox, to be sent after the commit; the same key again changes nothing.

    `template` names emails/<template>.txt (first line: the subject) and emails/<template>.html. A secret message is
    forgotten as soon as it has left. `about` are the numbers of the households it goes to or names.
    """
    shared: dict[str, object] = {"municipality": municipality, "language": language, "is_demo": is_demo(municipality)}
    shared |= {"site_url": settings.SITE_URL, "unsubscribe_url": wish.unsubscribe_url if wish else ""}
    with translation.override(language):
        subject, _, text = render_to_string(f"emails/{template}.txt", shared | context).strip().partition("\n")
        html = render_to_string(f"emails/{template}.html", shared | context)
    return queue(
        kind=kind,
        key=key,
        recipient=recipient,
        language=language,
        subject=subject,
        text=text,
        html=html,
        municipality=municipality,
        user=user,
        is_secret=is_secret,
        wish=wish,
        about=about,
    )


def queue(
    *,
    kind: str,
    key: str,
    recipient: str,
    language: str,
    subject: str,
    text: str,
    html: str,
    municipality: Municipality | None = None,
    user: User | None = None,
    is_secret: bool = False,
    wish: Wish | None = None,
    about: Iterable[UUID] = (),
) -> Message:
    """The same for a message that is written already."""
    message, created = Message.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind,
            "recipient": recipient,
            "language": language,
            "municipality": municipality,
            "user": user,
            "subject": subject.strip()[:200],
            "text": text.strip(),
            "html": html,
            "is_secret": is_secret,
            **(asdict(wish) if wish else {}),
            "next_try_at": timezone.now(),
        },
    )
    if created:
        MessageAbout.objects.bulk_create(MessageAbout(message=message, household_ref=number) for number in {*about})
        transaction.on_commit(partial(_hand_to_worker, message))
    return message


def is_demo(municipality: Municipality | None) -> bool:
    """Whether what we write must say that this is a demonstration."""
    return municipality.is_demo if municipality else Municipality.objects.filter(is_demo=True).exists()


def _hand_to_worker(message: Message) -> None:
    from portal.outbox.tasks import send_message  # the task calls back into this module

    try:
        send_message.delay(str(message.pk))
    except Exception:  # the broker is down: the row waits for the scheduled pick-up
        logger.warning("The queue cannot be reached; message %s waits in the outbox.", message.pk)


def send(message_id: str) -> bool:
    """Send one message if it is its turn. May be called any number of times, by any number of workers."""
    now = timezone.now()
    taken = (
        Message.objects.left_behind(now)
        .filter(pk=message_id)
        .update(state=MessageState.SENDING, attempts=F("attempts") + 1, next_try_at=now + SENDING_TIMEOUT)
    )
    if not taken:
        return False
    message = _in_hand(message_id)
    if message is None:
        return False
    if message.person_id and not registry.is_mail_wanted(message.purpose, message.person_id):
        _stopped(message)
        return False
    if bounces.is_marked(message.recipient):
        _given_up(message, "BouncedAddress")
        return False
    message = _in_hand(message_id)
    if message is None:
        return False
    try:
        _as_mail(message).send()
    except (SMTPException, OSError, ValueError) as error:
        _failed(message, error)
        return False
    _end(message, state=MessageState.SENT, sent_at=timezone.now(), error="", **_forgotten_secret(message))
    return True


def _in_hand(message_id: str) -> Message | None:
    """Looked at again: whoever it is about may have been forgotten since it was taken."""
    return Message.objects.filter(pk=message_id, state=MessageState.SENDING).first()


def _end(message: Message, **outcome: object) -> None:
    """What became of it, unless it was forgotten or stopped while it was being sent: then that stands."""
    Message.objects.filter(pk=message.pk, state=MessageState.SENDING).update(**outcome)


def _as_mail(message: Message) -> EmailMultiAlternatives:
    headers = {"Message-ID": message.message_id, "Content-Language": message.language}
    if message.unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{message.unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail = EmailMultiAlternatives(subject=message.subject, body=message.text, to=[message.recipient], headers=headers)
    mail.attach_alternative(message.html, "text/html")
    return mail


def _stopped(message: Message) -> None:
    """They have taken their yes back while it waited. What it said is nobody's any more."""
    _end(message, state=MessageState.STOPPED, text="", html="")


def _given_up(message: Message, error: str) -> None:
    _end(message, state=MessageState.FAILED, error=error, **_forgotten_secret(message))


def _failed(message: Message, error: Exception) -> None:
    if _in_hand(str(message.pk)) is None:
        return  # forgotten meanwhile: its address is marked no more
    # The class alone: what a mail server says may repeat the address.
    name = type(error).__name__
    if status := bounces.status_in(error):
        bounces.mark(message=message, status=status, on=timezone.localdate())
        _given_up(message, name)
    elif message.attempts > len(BACK_OFF_MINUTES):
        _given_up(message, name)
    else:
        again = timezone.now() + timedelta(minutes=BACK_OFF_MINUTES[message.attempts - 1])
        _end(message, state=MessageState.QUEUED, next_try_at=again, error=name)


def _forgotten_secret(message: Message) -> dict[str, str]:
    """Where mail leaves the machine, nobody reads a code but its receiver."""
    return {"text": "", "html": ""} if message.is_secret and settings.EMAIL_HOST else {}


@transaction.atomic
def forget_names(messages: MessageQuerySet, household: UUID) -> None:
    """Mail to others that names a household to be forgotten: what waits is not sent, what was sent is emptied."""
    naming = Message.objects.filter(pk__in=list(messages.about_household(household).values_list("pk", flat=True)))
    naming.exclude(state=MessageState.SENT).update(state=MessageState.STOPPED)
    naming.update(subject="", text="", html="")
    MessageAbout.objects.filter(message__in=naming, household_ref=household).delete()


def send_left_behind(*, limit: int = 500) -> dict[str, int]:
    """Send what no worker has finished."""
    waiting = Message.objects.left_behind(timezone.now()).order_by("next_try_at").values_list("pk", flat=True)
    outcomes = [send(str(pk)) for pk in list(waiting[:limit])]
    return {"sent": sum(outcomes), "not_sent": len(outcomes) - sum(outcomes)}
