"""Where each room keeps what belongs to persons: so that it can be given out, erased, and let go in time.

Each app says so in its `personal_data.py`, which the privacy room reads when the portal starts, as the admin reads
`admin.py`. Tests compare it with every column of every table: a new column must have its place
(tests/privacy/test_personal_data.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.apps import apps
from django.db.models import Q
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
        """Only those that somebody has signed in with: anybody can type the address of another."""
        return {account.email for account in self.accounts if account.last_login}


@dataclass(frozen=True)
class PersonalTable:
    """A table with rows about persons: which are theirs, which columns they get, and why not the others.

    The ways lead from a row to its household, its person, its account, or hold an e-mail address; a row is theirs when
    one of them does, by its address only in the household's municipality. `rows` says it where no way can. Columns
    that mean the same in every table need no line of their own (SAME_EVERYWHERE). `model` is a label such as
    "newcomers.Person".
    """

    model: str
    columns: Sequence[str]
    left_out: Mapping[str, str] = field(default_factory=dict)
    household: str = ""
    person: str = ""
    account: str = ""
    email: str = ""
    # A column that holds the household's number without a foreign key: it follows when two are made one.
    number: str = ""
    rows: Callable[[Subject], QuerySet[Any]] | None = None
    # Rows that reach them for another reason than that they are about them, such as the work they do.
    not_theirs: Q | None = None
    # Tables behind columns that are read as words, as for prefetch_related.
    related: Sequence[str] = ()

    def rows_of(self, subject: Subject) -> QuerySet[Any]:
        if self.rows:
            return self._with_related(self.rows(subject))
        theirs = Q(pk__in=[])
        if self.household:
            theirs |= Q(**{self.household: subject.household.pk})
        for way, values in [
            (self.person, [person.pk for person in subject.persons]),
            (self.account, [account.pk for account in subject.accounts]),
        ]:
            if way:
                theirs |= Q(**{f"{way}__in": values})
        if self.email:
            theirs |= holds_one_of(subject.emails, self.email) & Q(municipality=subject.household.municipality_id)
        rows: QuerySet[Any] = apps.get_model(self.model)._base_manager.filter(theirs).order_by("pk")
        if self.not_theirs:
            rows = rows.exclude(self.not_theirs)
        return self._with_related(rows)

    def _with_related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        # The row beside it comes along in the same query: fetched by their ids, SQLite takes no thousand of them.
        beside = {way.partition("__")[0] for way in self.related}
        return rows.select_related(*beside).prefetch_related(*self.related) if beside else rows


def holds_one_of(emails: Iterable[str], way: str = "email") -> Q:
    """Rows with one of these addresses, however it was written there."""
    return reduce(or_, (Q(**{f"{way}__iexact": email}) for email in emails), Q(pk__in=[]))


def proven_emails(household: Household) -> set[str]:
    """Addresses whose rows go with a household that is erased or protected.

    Somebody of it has signed in with them, and nobody of another household here signs in with them too. What stands
    under an address that was only typed may be a stranger's.
    """
    persons = household.persons.model.objects
    here = persons.filter(household__municipality=household.municipality_id, user__isnull=False)
    theirs = here.filter(household=household, user__last_login__isnull=False)
    others = here.exclude(household=household)
    return set(theirs.exclude(user__in=others.values("user")).values_list("user__email", flat=True))


@dataclass(frozen=True)
class RetentionRule:
    """What is let go when its purpose's term is over, by which rows and how.

    `due(municipality, last)` gives the rows whose last sign of life is not after `last`; `let_go(rows, on)` erases or
    empties them and says how many. `household` is the way from a row to its household ("pk" for households), `email`
    to the address of those who wrote or were written to, so that what is under archive hold stays; "" where no
    household is behind it. With `notify` the household is written to first, and has the days of grace to come back.
    """

    name: str
    purpose: str
    title: str | Promise
    due: Callable[[Municipality, date], QuerySet[Any]]
    let_go: Callable[[QuerySet[Any], date], int]
    household: str = ""
    email: str = ""
    notify: bool = False


@dataclass(frozen=True)
class Adult:
    """What an adult is recognised by after their data has gone, as in a list of movers. Not every part is known."""

    name: str
    birth_year: int | None
    street: str
    postcode: str


@dataclass(frozen=True)
class ToldPurpose:
    """One thing data is used for, in words for everyone: the privacy page is made of these."""

    title: str
    text: str
    data: str
    source: str
    recipients: str
    basis: str
    law: str
    kept: str
    until: str
    changed_on: date | None = None
    code: str = ""


SAME_EVERYWHERE = {
    "id": "a random number of ours",
    "household": "stands in the same export",
    "person": "stands in the same export",
    "assignment": "stands in the same export",
    "municipality": "named at the top of the export",
    "by": "a colleague or a host; who looked and who changed is said by role, under who has looked",
    "owner": "a colleague, who has a task and not the data",
}

tables: dict[str, PersonalTable] = {}
rules: dict[str, RetentionRule] = {}
# Tables with a way to an account or an e-mail address that hold nothing of a newcomer, each with the reason.
without_person: dict[str, str] = {}
_erasers: dict[str, Callable[[Household], None]] = {}
_purposes: list[Callable[[Municipality], list[ToldPurpose]]] = []
_held: list[Callable[[], Iterable[tuple[UUID, str]]]] = []
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


def register_held(find: Callable[[], Iterable[tuple[UUID, str]]]) -> None:
    """`find()` gives the addresses whose correspondence the archive law holds, each with its municipality."""
    if find not in _held:
        _held.append(find)


def is_held(way: str = "email") -> Q:
    """Rows of a municipality with an address that is held there."""
    held = [holds_one_of([email], way) & Q(municipality=town) for find in _held for town, email in find()]
    return reduce(or_, held, Q(pk__in=[]))


def register_was_erased(find: Callable[[Municipality, Sequence[Adult], date], set[int]]) -> None:
    if find not in _was_erased:
        _was_erased.append(find)


def erased_among(municipality: Municipality, adults: Sequence[Adult], on: date) -> set[int]:
    """The places in the list of those whose data was erased here, and who must not be taken in again by the day."""
    return {place for find in _was_erased for place in find(municipality, adults, on)}


def was_erased(municipality: Municipality, adult: Adult, on: date) -> bool:
    return bool(erased_among(municipality, [adult], on))


def register_purposes(tell: Callable[[Municipality], list[ToldPurpose]]) -> None:
    if tell not in _purposes:
        _purposes.append(tell)


def told_purposes(municipality: Municipality) -> list[ToldPurpose]:
    """What the municipality uses data for, in the language of the page."""
    return [purpose for tell in _purposes for purpose in tell(municipality)]
