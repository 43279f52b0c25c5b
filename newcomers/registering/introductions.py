"""An employer introduces a new employee. Nothing comes of it before both have said yes, each from their own mailbox."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation

from newcomers.enums import KeptReason, Source
from newcomers.models import Draft, Introduction, Registration
from newcomers.registering import drafts
from newcomers.registering.questionnaire import PROPOSED
from portal.municipalities.models import Municipality
from portal.outbox.services import write_message

DAYS_TO_ANSWER = 14
# The two who get a link; a link of the one opens nothing of the other.
EMPLOYER, EMPLOYEE = "newcomers.employer", "newcomers.employee"


# --- Links ---


def make_token(introduction: Introduction, whose: str) -> str:
    return signing.dumps(introduction.pk.hex, salt=whose)


def read_token(token: str, whose: str) -> UUID:
    """The introduction's id. Raises signing.BadSignature for what we did not write, or what is too old."""
    return UUID(signing.loads(token, salt=whose, max_age=timedelta(days=DAYS_TO_ANSWER)))


def _url(introduction: Introduction, view: str, whose: str, language: str) -> str:
    with translation.override(language):
        token = make_token(introduction, whose)
        return settings.SITE_URL + reverse(f"newcomers:{view}", args=[introduction.municipality.slug, token])


# --- The employer ---


@transaction.atomic
def introduce(*, municipality: Municipality, given: Mapping[str, Any], language: str) -> Introduction:
    """Keep what the employer typed, and ask at their own address whether it was they. Nobody else is written to."""
    introduction = Introduction.objects.create(municipality=municipality, contact_language=language, **given)
    _write(
        introduction,
        "introduction_confirm",
        recipient=introduction.contact_email,
        language=language,
        context={"url": _url(introduction, "introduction_confirm", EMPLOYER, language)},
    )
    return introduction


@transaction.atomic
def confirm(*, introduction: Introduction) -> bool:
    """The employer said yes: the employee is asked, once. False: it has been said before."""
    unsaid = Introduction.objects.filter(pk=introduction.pk, confirmed_at=None)
    if not unsaid.update(confirmed_at=timezone.now()):
        return False
    _write(
        introduction,
        "introduction_offer",
        recipient=introduction.email,
        language=introduction.language,
        context={
            "sender": introduction.contact_email,
            "url": _url(introduction, "introduction_answer", EMPLOYEE, introduction.language),
        },
    )
    return True


# --- The employee ---


@transaction.atomic
def accept(*, introduction: Introduction) -> Draft | None:
    """The employee goes on themselves, with their name and address proposed. What the employer wrote is emptied.

    Said again, as when the page was lost, it is the same draft. None: they have registered with it already.
    """
    unanswered = Introduction.objects.filter(pk=introduction.pk, answered_at=None)
    if unanswered.update(answered_at=timezone.now(), name="", note="", starts_on=None):
        _tell_employer(introduction, answered=True)
    if Registration.objects.filter(pk=introduction.pk, confirmed_at__isnull=False).exists():
        return None
    proposed = {
        "you": {"name": introduction.name},
        "contact": {"email": introduction.email},
        "reason": {"reason": KeptReason.WORK.value},
    }
    return drafts.begin(
        pk=introduction.pk,
        municipality=introduction.municipality,
        source=Source.EMPLOYER,
        answers={PROPOSED: proposed},
    )


@transaction.atomic
def refuse(*, introduction: Introduction) -> None:
    """The employee wants none of it: it is deleted at once, with what they may have begun to type."""
    deleted, _rows = Introduction.objects.filter(pk=introduction.pk).delete()
    Draft.objects.filter(pk=introduction.pk).delete()
    if deleted and introduction.answered_at is None:
        _tell_employer(introduction, answered=True)


def drop_unanswered(*, on: date, dry_run: bool = False) -> int:
    """Delete what is older than the days to answer. The employer learns that it was not answered, and no more."""
    old = Introduction.objects.filter(created_at__date__lt=on - timedelta(days=DAYS_TO_ANSWER))
    if dry_run:
        return old.count()
    dropped = 0
    for introduction in old.select_related("municipality").iterator(chunk_size=500):
        with transaction.atomic():
            deleted, _rows = old.filter(pk=introduction.pk).delete()
            dropped += deleted
            if deleted and introduction.confirmed_at and introduction.answered_at is None:
                _tell_employer(introduction, answered=False)
    return dropped


def _tell_employer(introduction: Introduction, *, answered: bool) -> None:
    _write(
        introduction,
        "introduction_outcome",
        recipient=introduction.contact_email,
        language=introduction.contact_language,
        context={"answered": answered, "introduced_on": timezone.localdate(introduction.created_at)},
    )


def _write(
    introduction: Introduction, template: str, *, recipient: str, language: str, context: dict[str, object]
) -> None:
    """Each kind of mail once for an introduction; its text is forgotten here when it has left.

    Nothing that the employer typed freely is in it: in the municipality's name anybody could write anything to anyone.
    """
    write_message(
        kind=template,
        key=f"{template}:{introduction.pk}",
        recipient=recipient,
        language=language,
        template=template,
        context={"days": DAYS_TO_ANSWER} | context,
        municipality=introduction.municipality,
        is_secret=True,
    )
