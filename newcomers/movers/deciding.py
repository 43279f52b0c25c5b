"""What a person found of two that may be one household."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import date

from django.db import transaction

from newcomers.models import Household, Merge, Pair, RowDecision
from newcomers.movers import imports
from newcomers.movers.enums import PairState
from newcomers.movers.merging import merge
from portal.accounts.models import User

logger = logging.getLogger(__name__)


class AlreadyDecided(Exception):
    """Somebody else has looked at this pair."""


@transaction.atomic
def are_two(pair: Pair, *, by: User, on: date) -> None:
    """They are two. A row of a list that is nobody else either is a new household, and taken in."""
    _decide(pair, PairState.DIFFERENT, by, on)
    if pair.row and not pair.row.pairs.filter(state=PairState.OPEN).exists():
        imports.take_decided(pair.row, into=None, by=by, on=on)


@transaction.atomic
def row_is_ours(pair: Pair, *, same: Mapping[str, str] | None = None, by: User, on: date) -> None:
    """The row of the list is the household beside it: who is missing there is added, and the row is done.

    `same` are the places in the row of those who are there already; None when nobody said so.
    """
    assert pair.row is not None  # two households of ours are merged, by are_one
    _decide(pair, PairState.SAME, by, on)
    imports.take_decided(pair.row, into=pair.household, same=same, by=by, on=on)


@transaction.atomic
def are_one(
    pair: Pair,
    *,
    keep: Household,
    same: Mapping[str, str] | None = None,
    accounts_too: bool = False,
    by: User,
    on: date,
) -> Merge:
    """Two households of ours are one: `keep` stays, the other goes into it. Raises merging.MergeRefused.

    `same` are adults of `pair.other` who are one of `pair.household`; None when nobody said so.
    """
    assert pair.other is not None  # a row of a list is taken in, by row_is_ours
    gone = pair.other if keep.pk == pair.household_id else pair.household
    if same is not None and gone == pair.household:
        same = {one: other for other, one in same.items()}
    _check_open(pair)
    return merge(kept=keep, gone=gone, same=same, accounts_too=accounts_too, by=by, on=on)


def _check_open(pair: Pair) -> None:
    if not Pair.objects.filter(pk=pair.pk, state=PairState.OPEN).exists():
        raise AlreadyDecided


def _decide(pair: Pair, state: PairState, by: User, on: date) -> None:
    open_pair = Pair.objects.filter(pk=pair.pk, state=PairState.OPEN)
    if not open_pair.update(state=state, decided_by=by, decided_on=on):
        raise AlreadyDecided
    pair.refresh_from_db()
    if pair.row:
        RowDecision.objects.create(record=pair.row.record, found=state, by=by, on=on)
    logger.info("Pair %s was found %s by %s.", pair.pk, state, by.pk)
