"""How people search, counted without knowing who: no cookie, no address, no words that may tell who they are."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.db import connection, models
from django.db.models import Q

from portal import clock
from portal.municipalities.models import Municipality
from portal.search.models import SHOWN_FROM, MissedSearch, SearchCount

LONGEST_KEPT = 60
MONTHS_KEPT = 12
# Four digits in a row, also with something between: a birth date, a phone number.
_NUMBER = re.compile(r"(?:\d[\s.\-/]{0,2}){4}")


def count(municipality: Municipality, *, on: date, without_result: bool) -> None:
    _add(SearchCount, {"municipality": municipality, "day": on},
         {"searches": 1, "without_result": int(without_result)})  # fmt: skip


def note_missed(municipality: Municipality, query: str, language: str, *, on: date) -> None:
    """Remember words that nothing was found for, if they look harmless."""
    query = " ".join(query.casefold().split())
    if len(query) > LONGEST_KEPT or "@" in query or _NUMBER.search(query):
        return
    _add(MissedSearch, {"municipality": municipality, "language": language, "query": query}, {"times": 1},
         last_on=on)  # fmt: skip


def forget(*, on: date) -> int:
    """What nobody has looked for during a year; after a month, what so few looked for that nobody is shown it."""
    long_ago = Q(last_on__lt=clock.add_months(on, -MONTHS_KEPT))
    seldom = Q(last_on__lt=clock.add_months(on, -1), times__lt=SHOWN_FROM)
    return MissedSearch.objects.filter(long_ago | seldom).delete()[0]


def _add(model: type[models.Model], key: dict[str, Any], adds: dict[str, int], **replaces: Any) -> None:
    """Add to the numbers of the row with this key, which is made if there is none: one statement, whoever is beside."""
    row = model(**key, **adds, **replaces)
    fields = model._meta.concrete_fields
    values = [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields]
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    column = {field.name: quote(str(field.column)) for field in fields}
    changes = [f"{column[name]} = {table}.{column[name]} + excluded.{column[name]}" for name in adds]
    changes += [f"{column[name]} = excluded.{column[name]}" for name in replaces]
    statement = (
        f"INSERT INTO {table} ({', '.join(column.values())}) VALUES ({', '.join(['%s'] * len(fields))}) "  # noqa: S608  # names of our own
        f"ON CONFLICT ({', '.join(column[name] for name in key)}) DO UPDATE SET {', '.join(changes)}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
