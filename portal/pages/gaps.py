"""What is missing in which language, and which translations their source has left behind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.municipalities.models import Municipality
from portal.pages.enums import PublishState, Situation, Topic
from portal.pages.models import Article, ContactPoint, ServiceInfo, Step


class TextStatus(models.TextChoices):
    MISSING = "missing", _("missing")
    DRAFT = "draft", _("draft")
    WAITING = "waiting", _("appears later")
    OUTDATED = "outdated", _("outdated")
    PUBLISHED = "published", _("published")


# What readers find in a language: an outdated text is better than none, and is counted by itself.
SHOWN = frozenset({TextStatus.PUBLISHED, TextStatus.OUTDATED})


def status_of(row: Any | None, rows: Mapping[str, Any]) -> TextStatus:
    """How a text stands. `row` is the text in one language, None when there is none; `rows` all texts of the same
    page by language. Names and steps have no state: they are published as soon as they are there."""
    if row is None:
        return TextStatus.MISSING
    if getattr(row, "state", PublishState.PUBLISHED) == PublishState.DRAFT:
        return TextStatus.DRAFT
    publish_at = getattr(row, "publish_at", None)
    if publish_at is not None and publish_at > timezone.now():
        return TextStatus.WAITING
    return TextStatus.OUTDATED if is_outdated(row, rows) else TextStatus.PUBLISHED


def is_outdated(row: Any, rows: Mapping[str, Any]) -> bool:
    """Whether the text it was translated from has changed since."""
    source = rows.get(getattr(row, "source_language", ""))
    return source is not None and row.source_version is not None and source.version > row.source_version


def outdated(model: Any) -> QuerySet[Any]:
    """The texts of ServiceInfo or Article whose source has changed since they were translated."""
    texts: Any = model._parler_meta.root_model
    newer = texts.objects.filter(
        master=OuterRef("master"), language_code=OuterRef("source_language"), version__gt=OuterRef("source_version")
    )
    found: QuerySet[Any] = texts.objects.filter(Exists(newer), source_version__isnull=False).annotate(page=F("master"))
    return found


# --- The report ---


@dataclass(frozen=True)
class Gap:
    """One page and how it stands in each language; `name` is in the municipality's main language if it can be."""

    kind: str
    pk: Any
    name: str
    cells: list[tuple[str, TextStatus]]

    @property
    def is_complete(self) -> bool:
        return all(status == TextStatus.PUBLISHED for _language, status in self.cells)


@dataclass(frozen=True)
class Coverage:
    """How many of the pages readers find in a language, and how many of those are outdated."""

    language: str
    shown: int
    outdated: int
    total: int

    @property
    def percent(self) -> int:
        """Rounded down: 100 means that nothing is missing."""
        return 100 * self.shown // self.total if self.total else 100


# The model, the field that names it, what it is called when it has no words, and in which order they stand.
_KINDS: list[tuple[Any, str, str, dict[str, Any]]] = [
    (ServiceInfo, "title", "topic", dict(Topic.choices)),
    (Article, "title", "slug", {}),
    (Step, "title", "situation", dict(Situation.choices)),
    (ContactPoint, "name", "code", {}),
]


def gaps(municipality: Municipality) -> list[Gap]:
    """Every page, article, step and contact point with its languages; two queries for each kind."""
    languages = municipality.languages or [municipality.main_language]
    return [gap for kind in _KINDS for gap in _gaps_of(kind, municipality, languages)]


def _gaps_of(
    kind: tuple[Any, str, str, dict[str, Any]], municipality: Municipality, languages: list[str]
) -> Iterator[Gap]:
    model, name_field, code_field, labels = kind
    texts = _texts_of(model, name_field, municipality)
    ordered = model.objects.filter(municipality=municipality).values_list("pk", code_field)
    for pk, code in ordered:
        rows = texts.get(pk, {})
        named = next((rows[language] for language in (*languages, *rows) if language in rows), None)
        name = getattr(named, name_field, "") or str(labels.get(code, code))
        cells = [(language, status_of(rows.get(language), rows)) for language in languages]
        yield Gap(model._meta.model_name, pk, name, cells)


def _texts_of(model: Any, name_field: str, municipality: Municipality) -> dict[Any, dict[str, Any]]:
    """By page and language, without the long bodies."""
    translation = model._parler_meta.root_model
    own = {"state", "publish_at", "version", "source_language", "source_version"}
    names = [field.name for field in translation._meta.fields if field.name in own]
    found: dict[Any, dict[str, Any]] = defaultdict(dict)
    rows = translation.objects.filter(master__municipality=municipality).values_list(
        "master_id", "language_code", name_field, *names, named=True
    )
    for row in rows:
        found[row.master_id][row.language_code] = row
    return found


def coverage(found: list[Gap]) -> list[Coverage]:
    """The figures for each language, from the report's rows."""
    statuses: dict[str, list[TextStatus]] = {}
    for gap in found:
        for language, status in gap.cells:
            statuses.setdefault(language, []).append(status)
    return [
        Coverage(language, sum(s in SHOWN for s in own), sum(s == TextStatus.OUTDATED for s in own), len(own))
        for language, own in statuses.items()
    ]
