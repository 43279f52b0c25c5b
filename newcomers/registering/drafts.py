"""Registrations while they are typed: kept page by page, left, come back to with a code, dropped when nobody does."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.crypto import constant_time_compare, get_random_string, salted_hmac

from newcomers.enums import Source
from newcomers.matching import name_key
from newcomers.models import Draft, Household, Introduction, Registration, WayIn
from portal.municipalities.models import Municipality
from portal.outbox.services import write_message
from portal.personal_data import holds_one_of, proven_emails

DAYS_TO_RETURN = 7
MOST_WRONG_TRIES = 5
MOST_NEW_CODES = 3  # mails for one press, where several were left under one address
# Without letters and digits that look alike, and without vowels, so that no word comes out.
CODE_LETTERS = "BCDFGHJKLMNPQRSTVWXZ23456789"


# --- Typing ---


def begin(
    *,
    municipality: Municipality,
    way_in: str = "",
    answers: Mapping[str, Any] | None = None,
    source: str = Source.SELF,
    pk: UUID | None = None,
) -> Draft:
    """A new draft; `way_in` is the code in the link that led here, ignored if we do not know it."""
    known = WayIn.objects.filter(municipality=municipality, code=way_in, is_active=True).first() if way_in else None
    draft, _created = Draft.objects.get_or_create(
        pk=pk or uuid.uuid4(),
        defaults={"municipality": municipality, "way_in": known, "answers": dict(answers or {}), "source": source},
    )
    return draft


@transaction.atomic
def save_page(*, draft: Draft, slug: str, typed: Mapping[str, str]) -> Draft:
    """Keep what was typed on one page. Of two tabs each keeps its own page; on the same page the last one counts."""
    fresh = Draft.objects.select_for_update().get(pk=draft.pk)
    if slug.startswith("adult-") and slug not in fresh.answers:
        fresh.answers.pop("adults", None)  # whether there is one more is asked anew
    fresh.answers[slug] = dict(typed)
    fresh.save(update_fields=["answers", "touched_at"])
    return fresh


@transaction.atomic
def remove_adult(*, draft: Draft, slug: str) -> Draft:
    """Take out one of the other adults, if they are there."""
    fresh = Draft.objects.select_for_update().get(pk=draft.pk)
    if slug.startswith("adult-") and fresh.answers.pop(slug, None) is not None:
        fresh.save(update_fields=["answers", "touched_at"])
    return fresh


@transaction.atomic
def bring(*, draft: Draft, to: Municipality) -> Draft:
    """The address turned out to lie elsewhere: what was typed moves there, and so does what was sent with no answer."""
    Registration.objects.filter(pk=draft.pk, confirmed_at=None).delete()
    draft.municipality, draft.way_in = to, None  # the way in was the other one's
    draft.save(update_fields=["municipality", "way_in", "touched_at"])
    return draft


# --- Leaving and coming back ---


@transaction.atomic
def save_for_later(*, draft: Draft, email: str, language: str) -> None:
    """Mail a new code with which the draft is found again; an older code no longer works."""
    code = get_random_string(8, CODE_LETTERS)
    draft.email, draft.code_hash, draft.wrong_tries = email, _hash(draft, code), 0
    draft.code_expires_at = timezone.now() + timedelta(days=DAYS_TO_RETURN)
    draft.save(update_fields=["email", "code_hash", "wrong_tries", "code_expires_at", "touched_at"])
    with translation.override(language):
        url = settings.SITE_URL + reverse("newcomers:register_return", args=[draft.municipality.slug])
    write_message(
        kind="registering_code",
        key=f"registering_code:{draft.pk}:{draft.code_hash[:16]}",
        recipient=email,
        language=language,
        template="registering_code",
        context={"code": f"{code[:4]}-{code[4:]}", "url": url, "days": DAYS_TO_RETURN},
        municipality=draft.municipality,
        is_secret=True,
    )


def come_back(*, municipality: Municipality, email: str, code: str) -> Draft | None:
    """The draft that was left under this address with this code. Five wrong tries, and the code opens nothing more.

    A try is counted before it is looked at, so that a thousand at once are no more than five. It was no wrong one for
    the others that were left under the address.
    """
    open_drafts = _open_drafts(municipality, email)
    tried = [
        draft
        for draft in open_drafts
        if open_drafts.filter(pk=draft.pk).update(wrong_tries=F("wrong_tries") + 1)
    ]  # fmt: skip
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    found = next((draft for draft in tried if constant_time_compare(draft.code_hash, _hash(draft, plain))), None)
    if found:
        Draft.objects.filter(pk=found.pk).update(wrong_tries=0, touched_at=timezone.now())
        others = [draft.pk for draft in tried if draft.pk != found.pk]
        Draft.objects.filter(pk__in=others, wrong_tries__gt=0).update(wrong_tries=F("wrong_tries") - 1)
    return found


def send_new_codes(*, municipality: Municipality, email: str, language: str) -> None:
    """For what was left under this address last. Nothing is said of whether there was anything."""
    for draft in _left_under(municipality, email).order_by("-touched_at")[:MOST_NEW_CODES]:
        draft.municipality = municipality
        save_for_later(draft=draft, email=email, language=language)


def _open_drafts(municipality: Municipality, email: str) -> QuerySet[Draft]:
    return _left_under(municipality, email).filter(wrong_tries__lt=MOST_WRONG_TRIES)


def _left_under(municipality: Municipality, email: str) -> QuerySet[Draft]:
    waiting = Draft.objects.filter(municipality=municipality, email=email, code_expires_at__gt=timezone.now())
    return waiting.exclude(code_hash="")


def _hash(draft: Draft, code: str) -> str:
    return salted_hmac("newcomers.draft", f"{draft.pk.hex}{code}", algorithm="sha256").hexdigest()


def forget_typed(household: Household) -> None:
    """What persons of an erased or protected household were typing here, or an employer wrote of them."""
    emails, here = proven_emails(household), {"municipality": household.municipality_id}
    typed = holds_one_of(emails) | holds_one_of(emails, "answers__contact__email")
    Draft.objects.filter(typed, **here).delete()
    Introduction.objects.filter(holds_one_of(emails), **here).delete()
    Registration.objects.filter(holds_one_of(emails), household=None, **here).delete()


def empty_waiting(household: Household) -> None:
    """What waits for the office because it names somebody of a protected household may hold what is protected."""
    theirs = {(adult.name_key, adult.birth_year) for adult in household.adults}
    here = Registration.objects.filter(municipality=household.municipality_id, household=None)
    for registration in here.filter(confirmed_at__isnull=False).exclude(answers={}):
        named = {(name_key(adult["name"]), adult.get("birth_year")) for adult in registration.answers["adults"]}
        if named & theirs:
            Registration.objects.filter(pk=registration.pk).update(answers={})


def drop_unfinished(*, on: date, dry_run: bool = False) -> int:
    """Forget what nobody has gone on with for a week."""
    old = Draft.objects.filter(touched_at__date__lt=on - timedelta(days=DAYS_TO_RETURN))
    return old.count() if dry_run else old.delete()[0]
