"""Who has looked at a household: written as it happens, read by the household and by the coordinator.

One entry for each page about a household that somebody opened, changed, fetched as a file or printed. A list with
names is one entry without a household for each municipality in it: an entry for every row would bury what matters. Of
a search, each household that it showed has one: else nobody would see who is looked up.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from newcomers.models import Household
from portal.accounts.models import User
from portal.municipalities.access import roles_of
from portal.municipalities.enums import ROLE_PERMISSIONS, Permission
from privacy.enums import HOST, AccessKind
from privacy.models import AccessEntry

# Work in the background, so that a long list does not count as unusual reading.
LIST_TAKEN = "admin:newcomers_moverimport_taken"


@dataclass(frozen=True)
class Seen:
    """A household on a page: its number, where it belongs, and which colleague has it."""

    household: UUID
    municipality: UUID
    owner: UUID | None


def seen(households: QuerySet[Household]) -> list[Seen]:
    return [Seen(*row) for row in households.values_list("pk", "municipality", "owner")]


def note(*, by: User, role: str, kind: AccessKind, page: str, seen: Iterable[Seen]) -> None:
    """`page` is the name of the address, such as "hosting:newcomer"."""
    AccessEntry.objects.bulk_create(
        [
            AccessEntry(
                municipality_id=each.municipality,
                household_ref=each.household,
                user=by,
                role=role,
                kind=kind,
                page=page,
                is_outside=each.owner is not None and each.owner != by.pk,
            )
            for each in seen
        ],
        batch_size=500,
    )


def note_pages(*, by: User, permission: Permission, kind: AccessKind, page: str, seen: Iterable[Seen]) -> None:
    """The same by somebody of the office, who may have another role in each municipality."""
    by_town: dict[UUID, dict[UUID, Seen]] = {}
    for each in seen:
        by_town.setdefault(each.municipality, {})[each.household] = each
    for town, households in by_town.items():
        role = role_in(by, town, permission)
        note(by=by, role=role, kind=kind, page=page, seen=households.values())


def note_list(*, by: User, role: str, page: str, municipalities: Iterable[UUID], kind: AccessKind) -> None:
    """A page with names of many, or a file of them."""
    AccessEntry.objects.bulk_create(
        [AccessEntry(municipality_id=pk, user=by, role=role, kind=kind, page=page) for pk in municipalities]
    )


def note_printed(households: QuerySet[Household], *, by: User | None) -> None:
    """Letters left the house; `by` is nobody when the command line printed them."""
    _note_work(households, by, AccessKind.PRINTED, "letters")


def note_taken(households: Iterable[UUID], by: User | None) -> None:
    """A list of movers was taken in, and changed these."""
    _note_work(Household.objects.filter(pk__in=list(households)), by, AccessKind.CHANGED, LIST_TAKEN)


def _note_work(households: QuerySet[Household], by: User | None, kind: AccessKind, page: str) -> None:
    AccessEntry.objects.bulk_create(
        [
            AccessEntry(
                municipality_id=each.municipality,
                household_ref=each.household,
                user=by,
                role=role_in(by, each.municipality) if by else "",
                kind=kind,
                page=page,
            )
            for each in seen(households)
        ],
        batch_size=500,
    )


def role_in(
    user: User | AnonymousUser, municipality: UUID | None, permission: Permission = Permission.HOUSEHOLD_VIEW
) -> str:
    """The role by which somebody sees households there; of several, the one that sees least."""
    granting = [
        role.role
        for role in roles_of(user)
        if role.municipality_id in {None, municipality} and permission in ROLE_PERMISSIONS[role.role]
    ]
    return min(granting, key=lambda role: len(ROLE_PERMISSIONS[role]), default="")


def municipalities_of(user: User, permission: Permission = Permission.HOUSEHOLD_VIEW) -> list[UUID]:
    """Where somebody sees households, from the roles that are read once a request."""
    return sorted(
        {
            role.municipality_id
            for role in roles_of(user)
            if role.municipality_id and permission in ROLE_PERMISSIONS[role.role]
        }
    )


# --- What stands out ---

AN_HOUR = timedelta(hours=1)
# A file with the names of many weighs as much as so many households that were opened.
HOUSEHOLDS_IN_A_FILE = 10


@dataclass(frozen=True)
class Unusual:
    """More households in an hour than work needs, or many that another colleague has. `start` begins the hour."""

    user: UUID
    start: datetime
    households: int
    outside: int


@dataclass(frozen=True)
class Reading:
    """What was read and when; `what` is the same for what was read twice."""

    at: datetime
    what: object
    is_outside: bool = False
    is_protected: bool = False


def unusual(municipalities: Iterable[Any], *, since: datetime) -> list[Unusual]:
    """Hours in which one reader opened more than UNUSUAL_READING_PER_HOUR households, or many of a colleague's.

    An hour may begin at any minute. A search counts once, whatever it showed. Somebody with a protected address who
    was typed in at the desk stands out at once: it may have been to try whether they are here.
    """
    entries = AccessEntry.objects.filter(
        Q(household_ref__isnull=False) | Q(kind=AccessKind.EXPORTED),
        municipality__in=list(municipalities), created_at__gte=since, user__isnull=False,
    ).exclude(Q(kind=AccessKind.PRINTED) | Q(page=LIST_TAKEN))  # fmt: skip
    rows = entries.order_by("user", "created_at").values_list(
        "user", "created_at", "kind", "household_ref", "is_outside"
    )
    found: list[Unusual] = []
    for user, of_user in groupby(rows.iterator(chunk_size=2000), key=itemgetter(0)):
        assert user  # filtered above
        found += _busiest(user, (reading for row in of_user for reading in _readings(*row[1:])))
    return sorted(found, key=lambda each: each.start, reverse=True)


def _readings(at: datetime, kind: str, household: UUID | None, is_outside: bool) -> Iterable[Reading]:
    if household is None:
        return [Reading(at, object()) for _each in range(HOUSEHOLDS_IN_A_FILE)]
    if kind == AccessKind.LISTED:  # all that one search showed was written down in the same second
        return [Reading(at, at.replace(microsecond=0))]
    return [Reading(at, household, is_outside, is_protected=kind == AccessKind.MET)]


def _busiest(user: UUID, readings: Iterable[Reading]) -> list[Unusual]:
    """The hours of one reader that stand out, none within another; `readings` are in the order of time."""
    limit = settings.UNUSUAL_READING_PER_HOUR
    window: deque[Reading] = deque()
    read, outside = Counter[object](), Counter[object]()
    found: list[Unusual] = []
    for reading in readings:
        window.append(reading)
        _count(reading, read, outside, 1)
        while window[0].at <= reading.at - AN_HOUR:
            _count(window.popleft(), read, outside, -1)
        hour = Unusual(user, window[0].at, len(read), len(outside))
        if hour.households <= limit and hour.outside <= limit // 3 and not reading.is_protected:
            continue
        if found and hour.start < found[-1].start + AN_HOUR:
            hour = max(found.pop(), hour, key=lambda each: (each.households, each.outside))
        found.append(hour)
    return found


def _count(reading: Reading, read: Counter[object], outside: Counter[object], times: int) -> None:
    for counter in (read, outside) if reading.is_outside else (read,):
        counter[reading.what] += times
        if not counter[reading.what]:
            del counter[reading.what]


def lists_since(household: Household, since: datetime) -> int:
    """How many times somebody in the office looked through a list in which the household may have stood."""
    lists = AccessEntry.objects.filter(kind__in=[AccessKind.LISTED, AccessKind.EXPORTED]).exclude(role=HOST)
    since = max(since, household.created_at)
    return lists.filter(municipality=household.municipality_id, household_ref=None, created_at__gte=since).count()
