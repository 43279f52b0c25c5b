"""The index follows every change: what was saved or deleted is read again as soon as the transaction is over."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Model
from django.db.models.signals import post_delete, post_save

from portal.page_cache import PublicQuerySet
from portal.search import indexing, sources
from portal.search.sources import Source

_waiting = threading.local()


def register(source: Source) -> None:
    """Make the source's objects findable, now and after each change."""
    sources.add(source)
    for model, name in [(source.model, "pk"), *source.parts.items()]:
        uid = f"search.{source.kind}.{model._meta.label}"
        for signal in (post_save, post_delete):
            signal.connect(_follower(source.kind, name), sender=model, weak=False, dispatch_uid=uid)


def follow(kind: str, object_ids: Iterable[UUID]) -> None:
    """Read these objects again after the commit. A failure is logged; the nightly rebuild makes up for it."""
    _pending()[kind].update(object_ids)
    # Each time anew: one registered within a savepoint goes with it. The first that runs does the work of all.
    transaction.on_commit(_read_again, robust=True)


class FindableQuerySet(PublicQuerySet):
    """Objects of a source: search also follows what is changed in one stroke, without a signal."""

    def update(self, **values: Any) -> int:
        ids = list(self.order_by().values_list("pk", flat=True))
        count = super().update(**values)
        for kind in sources.kinds_of(self.model):
            follow(kind, ids)
        return count


def _follower(kind: str, name: str) -> Any:
    def changed(instance: Model, raw: bool = False, **kwargs: Any) -> None:
        if not raw:
            follow(kind, [getattr(instance, name)])

    return changed


def _pending() -> dict[str, set[UUID]]:
    if not hasattr(_waiting, "ids"):
        _waiting.ids = defaultdict(set)
    found: dict[str, set[UUID]] = _waiting.ids
    return found


def _read_again() -> None:
    pending = _pending()
    while pending:
        kind, object_ids = pending.popitem()
        indexing.read_again(sources.get(kind), object_ids)
