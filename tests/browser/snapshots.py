"""The invented region, loaded once a process and put back as it was for each test that needs it."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection

_kept: dict[str, Any] = {}


def load_once(name: str, load: Callable[[], None]) -> None:
    """Fill the database by `load()`; the second time with what the first one left there."""
    keep, put_back = _WAYS[connection.vendor]
    if name in _kept:
        put_back(_kept[name])
        ContentType.objects.clear_cache()
    else:
        load()
        _kept[name] = keep()


# --- SQLite: the whole database ---


def _keep_database() -> sqlite3.Connection:
    connection.ensure_connection()
    kept = sqlite3.connect(":memory:", check_same_thread=False)
    connection.connection.backup(kept)
    return kept


def _put_back_database(kept: sqlite3.Connection) -> None:
    connection.ensure_connection()
    kept.backup(connection.connection)


# --- PostgreSQL: table by table, and the sequences ---


def _tables() -> list[str]:
    with closing(connection.cursor()) as cursor:
        return [connection.ops.quote_name(name) for name in connection.introspection.table_names(cursor)]


def _keep_tables() -> dict[str, bytes]:
    kept = {}
    with closing(connection.cursor()) as cursor:
        for table in _tables():
            rows = io.BytesIO()
            cursor.cursor.copy_expert(f"COPY {table} TO STDOUT", rows)
            kept[table] = rows.getvalue()
    return kept


def _put_back_tables(kept: dict[str, bytes]) -> None:
    with closing(connection.cursor()) as cursor:
        cursor.execute(f"TRUNCATE {', '.join(kept)}")
        cursor.execute("SET session_replication_role = replica")  # the rows fit together; no check while they come
        for table, rows in kept.items():
            cursor.cursor.copy_expert(f"COPY {table} FROM STDIN", io.BytesIO(rows))
        cursor.execute("SET session_replication_role = DEFAULT")
        for sequence in connection.introspection.sequence_list():
            table, column = connection.ops.quote_name(sequence["table"]), sequence["column"]
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence(%s, %s), (SELECT COALESCE(MAX({column}), 0) + 1 FROM {table}), "
                "false)",
                [sequence["table"], column],
            )


_WAYS: dict[str, tuple[Callable[[], Any], Callable[[Any], None]]] = {
    "sqlite": (_keep_database, _put_back_database),
    "postgresql": (_keep_tables, _put_back_tables),
}
