"""Who has looked at a household: written as it happens, read by the household and by the coordinator.

One entry for each page about a household that somebody opened, changed, fetched as a file or printed. A list with
names is one entry without a household for each municipality in it: an entry for every row would bury what matters.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from newcomers.models import Household
from portal.accounts.models import User
from portal.municipalities.access import roles_of
from portal.municipalities.enums import ROLE_PERMISSIONS, Permission
from privacy.enums import AccessKind
from privacy.models import AccessEntry


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


def note_list(*, by: User, role: str, page: str, municipalities: Iterable[UUID], kind: AccessKind) -> None:
    """A page with names of many, or a file of them."""
    AccessEntry.objects.bulk_create(
        [AccessEntry(municipality_id=pk, user=by, role=role, kind=kind, page=page) for pk in municipalities]
    )


def note_printed(households: QuerySet[Household], *, by: User | None) -> None:
    """Letters left the house; `by` is nobody when the command line printed them."""
    AccessEntry.objects.bulk_create(
        [
            AccessEntry(
                municipality_id=each.municipality,
                household_ref=each.household,
                user=by,
                role=role_in(by, each.municipality) if by else "",
                kind=AccessKind.PRINTED,
                page="letters",
            )
            for each in seen(households)
        ],
        batch_size=500,
    )


def role_in(user: User | AnonymousUser, municipality: UUID | None) -> str:
    """The role by which somebody sees households there; of several, the one that sees least."""
    granting = [
        role.role
        for role in roles_of(user)
        if role.municipality_id in {None, municipality} and Permission.HOUSEHOLD_VIEW in ROLE_PERMISSIONS[role.role]
    ]
    return min(granting, key=lambda role: len(ROLE_PERMISSIONS[role]), default="")


def municipalities_of(user: User) -> list[UUID]:
    """Where somebody sees households, from the roles that are read once a request."""
    return sorted(
        {
            role.municipality_id
            for role in roles_of(user)
            if role.municipality_id and Permission.HOUSEHOLD_VIEW in ROLE_PERMISSIONS[role.role]
        }
    )


# --- What stands out ---


@dataclass(frozen=True)
class Unusual:
    """More households in an hour than work needs, or many that another colleague has."""

    user: UUID
    hour: datetime
    households: int
    outside: int


def unusual(municipalities: Iterable[Any], *, since: datetime) -> list[Unusual]:
    """Hours in which one reader opened more than UNUSUAL_READING_PER_HOUR households, or many of a colleague's."""
    entries = AccessEntry.objects.filter(
        municipality__in=list(municipalities), created_at__gte=since, household_ref__isnull=False, user__isnull=False
    ).exclude(kind=AccessKind.PRINTED)
    opened: dict[tuple[UUID, datetime], tuple[set[UUID], set[UUID]]] = {}
    rows = entries.order_by().values_list("user", "created_at", "household_ref", "is_outside").iterator(chunk_size=2000)
    for user, at, household, is_outside in rows:
        assert user  # filtered above, as the next
        assert household
        all_of_them, outside = opened.setdefault((user, at.replace(minute=0, second=0, microsecond=0)), (set(), set()))
        all_of_them.add(household)
        if is_outside:
            outside.add(household)
    found = [Unusual(user, hour, len(some), len(out)) for (user, hour), (some, out) in opened.items()]
    limit = settings.UNUSUAL_READING_PER_HOUR
    return sorted(
        (each for each in found if each.households > limit or each.outside > limit // 3),
        key=lambda each: each.hour,
        reverse=True,
    )


def lists_since(household: Household, since: datetime) -> int:
    """How many times somebody looked through a list in which the household may have stood."""
    return AccessEntry.objects.filter(
        municipality=household.municipality_id, household_ref=None, created_at__gte=max(since, household.created_at)
    ).count()
