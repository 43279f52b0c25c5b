"""Pairs that may be one household: found, and forgotten in time. Deciding is a person's (newcomers.movers.deciding)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from newcomers.enums import HouseholdState
from newcomers.models import Household, Merge, MoverImport, MoverRow, Pair
from newcomers.models.movers import KEPT_FOR
from newcomers.movers.comparing import Comparison, Verdict
from newcomers.movers.enums import ImportState, PairReason, PairState, RowKind
from newcomers.movers.homes import Home
from newcomers.movers.likeness import AdultFacts, PlaceFacts, reasons
from portal.municipalities.models import Municipality

# Households compared with the others in one night at most, so that the night is long enough.
A_NIGHT = 20_000
CHUNK = 500


# --- Finding ---


def pair_rows(record: MoverImport, judged: Iterable[tuple[MoverRow, Verdict]]) -> None:
    """Put doubtful rows of a list beside those who may be the same."""
    Pair.objects.bulk_create(
        [
            Pair(municipality_id=record.municipality_id, household=home.household, row=row, reasons=why)
            for row, verdict in judged
            if verdict.kind == RowKind.DOUBTFUL
            for home, why in verdict.saved_doubts
        ],
        ignore_conflicts=True,
    )


def find_doubles(*, on: date, dry_run: bool = False) -> int:
    """Compare households that came or moved since last time with the others here. Gives the number of new pairs."""
    due = Household.objects.shown().filter(compared_on=None).exclude(state=HouseholdState.MOVED_AWAY)
    found, left = 0, A_NIGHT
    for municipality in Municipality.objects.filter(pk__in=due.order_by().values("municipality").distinct()):
        comparison = Comparison(municipality, on)
        waiting = due.filter(municipality=municipality).order_by("created_at", "pk").values_list("pk", flat=True)
        numbers = list(waiting[:left])
        left -= len(numbers)
        for start in range(0, len(numbers), CHUNK):
            found += _pair_households(numbers[start : start + CHUNK], comparison, on, dry_run)
    return found


@transaction.atomic
def _pair_households(numbers: Sequence[UUID], comparison: Comparison, on: date, dry_run: bool) -> int:
    chunk = list(Household.objects.shown().filter(pk__in=numbers).with_persons())
    beside = Pair.objects.filter(Q(household__in=numbers) | Q(other__in=numbers))
    known = {frozenset(pair) for pair in beside.values_list("household", "other")}
    new = []
    for household, doubts in zip(chunk, comparison.doubles_of(chunk), strict=True):
        for home, why in doubts:
            two = frozenset((household.pk, home.household.pk))
            if two not in known:
                known.add(two)
                town = household.municipality_id
                new.append(Pair(municipality_id=town, household=home.household, other=household, reasons=why))
    if not dry_run:
        Pair.objects.bulk_create(new)
        # The keys' own update: this changes nothing that somebody else may be editing.
        Household.objects.filter(pk__in=numbers).update(compared_on=on)
    return len(new)


def _beside(one: Household, other: Household) -> QuerySet[Pair]:
    return Pair.objects.filter(Q(household=one, other=other) | Q(household=other, other=one))


def pair_by_hand(one: Household, other: Household) -> Pair:
    """The pair of two that somebody chose in the list; open again, if it was decided before."""
    pair = _beside(one, other).first()
    if pair is None:
        why = reasons(*_facts(one), *_facts(other)) or [PairReason.BY_HAND]
        return Pair.objects.create(municipality_id=one.municipality_id, household=one, other=other, reasons=why)
    Pair.objects.filter(pk=pair.pk).update(state=PairState.OPEN, decided_by=None, decided_on=None)
    pair.refresh_from_db()
    return pair


def _facts(household: Household) -> tuple[PlaceFacts, list[AdultFacts]]:
    home = Home(household)
    for person in household.persons.all():
        home.add(person)
    return home.place, home.facts


# --- Forgetting ---


def drop_undecided(*, on: date, dry_run: bool = False) -> int:
    """Forget rows of lists that nobody decided on within 30 days, and what undoing old merges needed."""
    last = on - KEPT_FOR
    rows = MoverRow.objects.filter(record__created_at__date__lt=last)
    merges = Merge.objects.filter(on__lt=last).exclude(snapshot={})
    if dry_run:
        return rows.count() + merges.count()
    dropped: int = rows.delete()[1].get("newcomers.MoverRow", 0)
    MoverImport.objects.filter(created_at__date__lt=last).exclude(state=ImportState.DONE).update(state=ImportState.DONE)
    return dropped + merges.update(snapshot={})


def forget_protected(household: Household) -> None:
    """Nothing that may tell where a household lives is left in waiting lists, pairs and merges."""
    Household.objects.filter(pk=household.pk).update(place_key="")
    _facts_of_rows(household).delete()
    Pair.objects.filter(Q(household=household) | Q(other=household)).delete()
    Merge.objects.filter(kept=household).update(snapshot={})


def _facts_of_rows(household: Household) -> QuerySet[MoverRow]:
    """Rows of waiting lists that name an adult of this household. Lists that wait are short and few."""
    adults = {(person.name_key, person.birth_year) for person in household.persons.all() if person.is_adult}
    rows = MoverRow.objects.filter(record__municipality=household.municipality_id)
    paired = set(rows.filter(pairs__household=household).values_list("pk", flat=True))
    named = {pk for pk, packed in rows.values_list("pk", "packed").iterator(chunk_size=500) if _names(packed, adults)}
    return MoverRow.objects.filter(pk__in=paired | named)


def _names(packed: dict[str, Any], adults: set[tuple[str, int | None]]) -> bool:
    known = [AdultFacts.of(adult["name"], adult["birth_year"]) for adult in packed["adults"]]
    return any((adult.name_key, year) in adults for adult in known for year in (adult.birth_year, None))
