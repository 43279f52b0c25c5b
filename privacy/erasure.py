"""Erasing a household: asked for, taken back, carried out, and never brought back by a list or a backup."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import SET_NULL, F
from django.utils import timezone
from django.utils.translation import gettext as _

from newcomers.models import Household, Person
from portal import personal_data
from portal.accounts.models import User
from portal.clock import add_months
from portal.municipalities.models import Municipality
from portal.outbox.services import write_message
from privacy import erased
from privacy.enums import ErasureState
from privacy.models import ArchiveHold, ErasureRequest, Remainder

logger = logging.getLogger(__name__)

# GDPR article 12 (3).
MONTHS_TO_ANSWER = 1
GOODBYE = "erasure_done"
# What an account is made of, and goes with it.
OF_THE_ACCOUNT = {
    "account.EmailAddress", "mfa.Authenticator", "outbox.Message", "socialaccount.SocialAccount",
    "usersessions.UserSession", "newcomers.SavedView",
}  # fmt: skip


class ErasureRefused(Exception):
    """The household is not erased; the message says why."""


class Held(ErasureRefused):
    """It is kept for the archive."""


class TakenBack(ErasureRefused):
    """They had asked for it, and no longer do."""


def due_on(on: date) -> date:
    return add_months(on, MONTHS_TO_ANSWER)


def is_held(household: Household) -> bool:
    return ArchiveHold.objects.filter(household=household).exists()


def held_addresses() -> Iterable[tuple[UUID, str]]:
    """Those that somebody of a held household signs in with: what was written from and to them is kept too."""
    signed_in = Person.objects.filter(household__archive_hold__isnull=False, user__last_login__isnull=False)
    return signed_in.values_list("household__municipality", "user__email").distinct()


def why_not_merge(kept: Household, gone: Household) -> str:
    """Who asked must not take others along who did not, and what one of them asked for must not be lost."""
    if ErasureRequest.objects.waiting().filter(household__in=[kept, gone]).exists():
        return _("One of them has asked to be erased. Wait until that is done, or taken back.")
    return ""


# --- Asking, and taking it back ---


@transaction.atomic
def ask(*, household: Household, by: User, on: date) -> ErasureRequest:
    """From now on there is a day by which they are erased. Asked twice, it is the first day that counts."""
    asked, is_new = ErasureRequest.objects.get_or_create(
        household=household,
        state=ErasureState.ASKED,
        defaults={"municipality": household.municipality, "asked_on": on, "due_on": due_on(on)},
    )
    if is_new:
        _tell(household, asked, "erasure_asked")
    return asked


@transaction.atomic
def withdraw(*, household: Household, by: User, on: date) -> bool:
    """Any adult of the household may take it back while it is not done."""
    asked = ErasureRequest.objects.waiting().filter(household=household).first()
    if asked is None or not _move(asked, ErasureState.WITHDRAWN, by=by, on=on):
        return False
    _tell(household, asked, "erasure_withdrawn")
    return True


def _move(asked: ErasureRequest, to: ErasureState, *, by: User | None, on: date) -> bool:
    waiting = ErasureRequest.objects.waiting().filter(pk=asked.pk)
    return bool(waiting.update(state=to, ended_on=on, ended_by=by))


def _tell(household: Household, asked: ErasureRequest, template: str) -> None:
    """Every adult with an account is told, so that none is erased behind their back."""
    for person in household.persons.filter(user__isnull=False).select_related("user"):
        account = person.user
        assert account is not None  # filtered above
        write_message(
            kind=template,
            key=f"{template}:{asked.pk}:{person.pk}",
            recipient=account.email,
            language=account.language,
            template=template,
            context={"due_on": asked.due_on},
            municipality=household.municipality,
            user=account,
            about=[household.pk],
        )


# --- Doing it ---


@transaction.atomic
def erase(
    *, household: Household, by: User | None, on: date, remember: bool = True, asked: ErasureRequest | None = None
) -> None:
    """Take a household out of every room, and whoever has an account for it alone. What was counted stays counted.

    With `remember` it is not taken in again from a list, and a restored backup is cleared of it. Where they `asked`,
    that must still hold. Raises ErasureRefused, and Household.DoesNotExist for one that is gone already.
    """
    Household.objects.select_for_update(no_key=True).get(pk=household.pk)
    if is_held(household):
        raise Held(_("This household is kept for the archive. Lift the hold first."))
    told, municipality = _those_who_asked(household), household.municipality
    if asked and not _move(asked, ErasureState.DONE, by=by, on=on):
        raise TakenBack(_("They have taken their request back."))
    if remember:
        erased.remember(household, on=on)
    else:
        erased.forget_keys(household)
    _count(household)
    accounts = list(User.objects.filter(persons__household=household).distinct())
    ErasureRequest.objects.waiting().filter(household=household).update(
        state=ErasureState.DONE, ended_on=on, ended_by=by
    )
    number = household.pk
    personal_data.erase_everywhere(household)
    household.delete()
    forget_accounts(accounts)
    for recipient, language in told:
        _say_goodbye(municipality, recipient, language)
    logger.info("Household %s was erased by %s.", number, by.pk if by else "the day")


def _count(household: Household) -> None:
    """Statistics keep the month they came, and how many they were."""
    day = household.moved_in_on or timezone.localdate(household.created_at)
    row, _created = Remainder.objects.get_or_create(
        municipality=household.municipality, month=day.replace(day=1), source=household.source
    )
    Remainder.objects.filter(pk=row.pk).update(
        households=F("households") + 1, persons=F("persons") + household.persons.count()
    )


def _those_who_asked(household: Household) -> list[tuple[str, str]]:
    """Address and language of those to be told that it is done."""
    if not ErasureRequest.objects.waiting().filter(household=household).exists():
        return []
    persons = household.persons.filter(user__isnull=False)
    return list(persons.values_list("user__email", "user__language"))


def _say_goodbye(municipality: Municipality, recipient: str, language: str) -> None:
    """The last message. The night after it was sent, its row goes too (privacy.retention)."""
    write_message(
        kind=GOODBYE,
        key=f"{GOODBYE}:{uuid4()}",
        recipient=recipient,
        language=language,
        template="erasure_done",
        context={},
        municipality=municipality,
    )


def forget_accounts(accounts: Sequence[User]) -> None:
    """Accounts that nothing else needs: no role, no host, no other household."""
    for account in accounts:
        if not is_needed(account):
            account.delete()


def is_needed(account: User) -> bool:
    """Whether somebody still lives here with it, or a row would go with it that is not the account's own."""
    if account.persons.exists():
        return True
    return any(
        relation.related_model._base_manager.filter(**{relation.field.name: account.pk}).exists()
        for relation in account._meta.related_objects
        if relation.on_delete is not SET_NULL and relation.related_model._meta.label not in OF_THE_ACCOUNT
    )


def carry_out_due(*, on: date, dry_run: bool = False) -> dict[str, int]:
    """What was asked for and has come to its day, and nobody in the office has done. What the archive holds waits.

    One that fails is written to the log and tried again the next night; the others go on.
    """
    report = {"erased": 0, "held": 0, "failed": 0}
    due = ErasureRequest.objects.waiting().filter(due_on__lte=on).select_related("household__municipality")
    for asked in due.order_by("due_on", "pk"):
        assert asked.household is not None  # a constraint of the table
        outcome = _foreseen(asked.household) if dry_run else _carry_out(asked, asked.household, on)
        if outcome:
            report[outcome] += 1
    return report


def _foreseen(household: Household) -> str:
    return "held" if is_held(household) else "erased"


def _carry_out(asked: ErasureRequest, household: Household, on: date) -> str:
    try:
        erase(household=household, by=None, on=on, asked=asked)
    except Held:
        return "held"
    except (TakenBack, Household.DoesNotExist):
        return ""  # since the list was made
    except Exception:
        logger.exception("Household %s could not be erased.", household.pk)
        return "failed"
    return "erased"
