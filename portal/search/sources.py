"""What can be found. Each room registers its own in `AppConfig.ready()` (following.py); search itself knows none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet
from django.utils.functional import Promise


@dataclass(frozen=True)
class Document:
    """What one object says in one language, and which page it stands on. The text may be Markdown.

    `url_args` are the address's arguments after the municipality's.
    """

    municipality_id: UUID
    object_id: UUID
    language: str
    title: str
    text: str
    url_name: str
    url_args: tuple[str, ...] = ()
    publish_at: datetime | None = None
    shown_until: date | None = None


@dataclass(frozen=True)
class Source:
    """A kind of thing that can be found: its objects, and what they say to the public."""

    kind: str
    label: str | Promise
    model: type[Model]
    # The documents of these objects that the public may read, now or from a day that is set.
    documents: Callable[[QuerySet[Any]], Iterable[Document]]
    # Other models whose rows change a document, and their field that holds the object's id.
    parts: Mapping[type[Model], str] = field(default_factory=dict)
    # Finds something if the public may read, on that day, what OuterRef("object_id") says in OuterRef("language"):
    # asked before anything is shown, whatever the index has missed. None for what is public as long as it is there.
    shown: Callable[[date], QuerySet[Any]] | None = None
    # How much more than other things it counts.
    weight: float = 1
    # Written in one language alone and shown to everyone in it, so found in all.
    written_once: bool = False


_sources: dict[str, Source] = {}


def add(source: Source) -> None:
    """For `following.register`, which also follows what becomes of the objects."""
    _sources[source.kind] = source


def every() -> list[Source]:
    return list(_sources.values())


def get(kind: str) -> Source:
    return _sources[kind]


def kinds_of(model: type[Model]) -> list[str]:
    """The kinds whose objects are rows of this model."""
    return [source.kind for source in _sources.values() if source.model is model]
