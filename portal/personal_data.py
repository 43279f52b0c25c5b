"""Where each room keeps what belongs to persons: so that it can be given out, erased, and let go in time.

Each app registers in `AppConfig.ready()`; the privacy room asks here. Tests compare what is registered with every
column of every table, so a new column must have its place (tests/privacy/test_personal_data.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from portal.accounts.models import User
    from portal.municipalities.models import Municipality

    # Registered by higher rooms, so only known as names here.
    Household = Any
    Person = Any


@dataclass(frozen=True)
class Subject:
    """Whose data: a household, those persons of it who are meant, and the accounts of these."""

    household: Household
    persons: Sequence[Person]
    accounts: Sequence[User]

    @property
    def emails(self) -> set[str]:
        found = [*(person.email for person in self.persons), *(account.email for account in self.accounts)]
        return {email.lower() for email in found if email}


@dataclass(frozen=True)
class PersonalTable:
    """A table with rows about persons: which are theirs, which columns they get, and why not the others.

    Columns that mean the same in every table need no line of their own (SAME_EVERYWHERE).
    """

    model: str
    rows: Callable[[Subject], QuerySet[Any]]
    columns: Sequence[str]
    left_out: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RetentionRule:
    """What is let go when its purpose's term is over, by which rows and how.

    `due(municipality, last)` gives the rows whose last sign of life is not after `last`; `let_go(rows, on)` erases or
    empties them and says how many. `household` is the way from a row to its household ("pk" for households), so that
    what is under archive hold stays; "" where no household is behind it. With `notify` the household is written to
    first, and has the days of grace to come back.
    """

    name: str
    purpose: str
    title: str | Promise
    due: Callable[[Municipality, date], QuerySet[Any]]
    let_go: Callable[[QuerySet[Any], date], int]
    household: str = ""
    notify: bool = False


@dataclass(frozen=True)
class Adult:
    """What an adult is recognised by after their data has gone, as in a list of movers. Not every part is known."""

    name: str
    birth_year: int | None
    street: str
    postcode: str


SAME_EVERYWHERE = {
    "id": "a random number of ours",
    "household": "stands in the same export",
    "person": "stands in the same export",
    "assignment": "stands in the same export",
    "municipality": "named at the top of the export",
    "municipality_ptr": "named at the top of the export",
    "submission": "a random number against double sending",
}

tables: dict[str, PersonalTable] = {}
rules: dict[str, RetentionRule] = {}
# Tables with a way to an account or an e-mail address that hold nothing of a newcomer, each with the reason.
without_person: dict[str, str] = {}
_erasers: dict[str, Callable[[Household], None]] = {}
_was_erased: list[Callable[[Municipality, Sequence[Adult], date], set[int]]] = []


def register_personal_data(
    name: str,
    *,
    holds: Iterable[PersonalTable] = (),
    erase: Callable[[Household], None] | None = None,
    nothing_in: Mapping[str, str] | None = None,
) -> None:
    """`erase` removes what no foreign key takes along when the household goes, in the transaction that erases it."""
    tables.update({table.model: table for table in holds})
    without_person.update(nothing_in or {})
    if erase:
        _erasers[name] = erase


def erase_everywhere(household: Household) -> None:
    """Higher rooms first: they stand on what lower ones keep."""
    for erase in reversed(_erasers.values()):
        erase(household)


def register_retention(rule: RetentionRule) -> None:
    rules[rule.name] = rule


def register_was_erased(find: Callable[[Municipality, Sequence[Adult], date], set[int]]) -> None:
    if find not in _was_erased:
        _was_erased.append(find)


def erased_among(municipality: Municipality, adults: Sequence[Adult], on: date) -> set[int]:
    """The places in the list of those whose data was erased here, and who must not be taken in again by the day."""
    return {place for find in _was_erased for place in find(municipality, adults, on)}


def was_erased(municipality: Municipality, adult: Adult, on: date) -> bool:
    return bool(erased_among(municipality, [adult], on))
