"""Each night: what is over its term is let go. First those who can be told are told, and have the days of grace."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from newcomers.models import Household, Person
from portal import personal_data
from portal.accounts.models import User
from portal.municipalities.models import Municipality
from portal.outbox.enums import MessageState
from portal.outbox.models import Message
from portal.outbox.services import write_message
from portal.personal_data import RetentionRule
from privacy import erasure, ledger, purposes
from privacy.models import ArchiveHold, ErasedKey, Purpose, RetentionNotice

logger = logging.getLogger(__name__)

DAYS_OF_GRACE = 30


@dataclass(frozen=True)
class Outcome:
    """What a rule did in one municipality: rows told, let go, and kept because of an archive hold."""

    municipality: str
    rule: str
    term: str
    told: int = 0
    let_go: int = 0
    held: int = 0
    failed: bool = False


def nightly(*, on: date, dry_run: bool = False) -> dict[str, object]:
    """Everything that falls due by the day: requests for erasure, and every rule in every municipality."""
    if not dry_run:
        purposes.set_up_all(on=on)
    report: dict[str, object] = {
        f"asked_{name}": n for name, n in erasure.carry_out_due(on=on, dry_run=dry_run).items()
    }
    towns = list(Municipality.objects.filter(_has_data()).distinct().order_by("code"))
    outcomes = [_try(rule, town, on, dry_run) for town in towns for rule in personal_data.rules.values()]
    report["accounts"] = _forget_accounts(on, dry_run)
    keys = ErasedKey.objects.filter(until__lte=on)
    goodbyes = Message.objects.filter(kind=erasure.GOODBYE, state__in=[MessageState.SENT, MessageState.FAILED])
    report |= {"keys": keys.count(), "goodbyes": goodbyes.count()}
    report["lines"] = ledger.forget_past(on=on, dry_run=dry_run)
    if not dry_run:
        keys.delete()
        goodbyes.delete()
    rules = [asdict(each) for each in outcomes if each.told or each.let_go or each.held or each.failed]
    return report | {"rules": rules, "holds": _holds()}


def _forget_accounts(on: date, dry_run: bool) -> int:
    """Accounts that nothing needs any more, and nobody has used for the term of staff and hosts.

    Which municipality they worked for is gone with their role: so it is the shortest term that any of them tells of.
    """
    terms = Purpose.objects.filter(code="staff", municipality__is_active=True)
    last = max(term.last_day(on) for term in [*terms] or [purposes.usual("staff")])
    unused = User.objects.filter(
        Q(last_login=None) | Q(last_login__date__lte=last), created_at__date__lte=last, persons=None, staff_roles=None
    )
    forgotten = 0
    for account in list(unused):
        if not erasure.is_needed(account):
            forgotten += 1
            if not dry_run:
                account.delete()
    return forgotten


def _has_data() -> Q:
    """Also those that were switched off: what they left behind has its term too."""
    return Q(is_active=True) | Q(households__isnull=False)


def _holds() -> list[dict[str, str]]:
    holds = ArchiveHold.objects.select_related("municipality")
    return [
        {"municipality": hold.municipality.name, "household": str(hold.household_id), "reason": hold.reason}
        for hold in holds
    ]


def _try(rule: RetentionRule, town: Municipality, on: date, dry_run: bool) -> Outcome:
    """One rule that fails in one municipality keeps no other from being followed."""
    try:
        return _apply(rule, town, on, dry_run)
    except Exception:
        logger.exception("The rule %s failed in %s.", rule.name, town.slug)
        return Outcome(town.name, rule.name, "", failed=True)


def _apply(rule: RetentionRule, town: Municipality, on: date, dry_run: bool) -> Outcome:
    purpose = purposes.purpose(town, rule.purpose)
    due = rule.due(town, purpose.last_day(on))
    term = f"{purpose.keep_for} {purpose.unit}"
    under_hold = personal_data.is_held(rule.email) if rule.email else Q(pk__in=[])
    if rule.household:
        under_hold |= Q(**{f"{rule.household}__in": ArchiveHold.objects.values("household")})
    held, due = due.filter(under_hold).distinct().count(), due.exclude(under_hold)
    told = _tell(rule, town, due, on, dry_run) if rule.notify else 0
    if rule.notify:
        due = _past_grace(rule, due, on)
    let_go = due.count() if dry_run else rule.let_go(due, on)
    return Outcome(town.name, rule.name, term, told, let_go, held)


# --- Telling, and waiting ---


def _reachable(households: QuerySet[Any]) -> QuerySet[Any]:
    with_address = Person.objects.filter(is_adult=True).exclude(email="", user=None)
    return households.filter(restricted=False, pk__in=with_address.values("household"))


def _tell(rule: RetentionRule, town: Municipality, due: QuerySet[Any], on: date, dry_run: bool) -> int:
    """Those who can be written to and have not been; whoever came back since is told anew another time."""
    notices = RetentionNotice.objects.filter(municipality=town, rule=rule.name)
    untold = _reachable(due).exclude(pk__in=notices.values("household"))
    if dry_run:
        return untold.count()
    notices.exclude(household__in=due.values("pk")).delete()
    told = 0
    for household in untold.select_related("municipality").prefetch_related("persons__user").iterator(500):
        _write_to(household, rule, on)
        told += 1
    return told


@transaction.atomic
def _write_to(household: Household, rule: RetentionRule, on: date) -> None:
    RetentionNotice.objects.create(municipality=household.municipality, household=household, rule=rule.name, on=on)
    for person in household.adults:
        address = person.user.email if person.user else person.email
        if address:
            language = person.user.language if person.user else household.language
            write_message(
                kind="retention_notice",
                key=f"retention_notice:{person.pk}:{on}",
                recipient=address,
                language=household.municipality.nearest_language(language),
                template="retention_notice",
                context={"day": on + timedelta(days=DAYS_OF_GRACE)},
                municipality=household.municipality,
                user=person.user,
                about=[household.pk],
            )


def _past_grace(rule: RetentionRule, due: QuerySet[Any], on: date) -> QuerySet[Any]:
    """Those who were told long enough ago, and those who cannot be told."""
    told = RetentionNotice.objects.filter(rule=rule.name, on__lte=on - timedelta(days=DAYS_OF_GRACE))
    return due.filter(Q(pk__in=told.values("household")) | ~Q(pk__in=_reachable(due).values("pk")))


# --- How households go ---


def erase_households(households: Iterable[Household], on: date) -> int:
    """Not remembered by a key: nobody asked to be forgotten, and a later list may bring them anew."""
    erased = 0
    for household in list(households):
        try:
            erasure.erase(household=household, by=None, on=on, remember=False)
        except (erasure.ErasureRefused, Household.DoesNotExist):
            continue  # held, or gone, since the list was made
        except Exception:  # the others go on; this one is tried again the next night
            logger.exception("Household %s could not be erased.", household.pk)
            continue
        erased += 1
    return erased
