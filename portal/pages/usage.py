"""Where a picture or contact point is used, also by rooms that this one does not know."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.db.models import Count, IntegerField, Model, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from portal.pages.models import PictureFile

# No page lists more; the number says how many there are.
MOST_LISTED = 100


@dataclass(frozen=True)
class Use:
    """One row that refers to it; `url` is empty when that row has no page of its own in the office."""

    kind: str
    name: str
    url: str


def _references(model: type[Model]) -> Iterator[Any]:
    """The fields of other tables that point to this one, without its own texts and files."""
    parts = {model._parler_meta.root_model, PictureFile}  # type: ignore[attr-defined]  # parler has no types
    for relation in model._meta.get_fields(include_hidden=True):
        other: Any = relation.related_model
        refers = relation.auto_created and not relation.concrete and other not in parts
        if refers and not other._meta.auto_created:
            yield relation.field  # type: ignore[union-attr]  # a relation from another table has one


def with_use_count(queryset: QuerySet[Any]) -> QuerySet[Any]:
    """Annotate `used_in`: how many rows refer to each, in the same query."""
    total: Any = Value(0, output_field=IntegerField())
    for field in _references(queryset.model):
        if field.many_to_many:
            rows, name = field.remote_field.through._base_manager, field.m2m_reverse_field_name()
        else:
            rows, name = field.model._base_manager, field.name
        count = rows.filter(**{name: OuterRef("pk")}).order_by().values(name).annotate(n=Count("pk")).values("n")
        total = total + Coalesce(Subquery(count, output_field=IntegerField()), 0)
    counted: QuerySet[Any] = queryset.annotate(used_in=total)
    return counted


def uses(obj: Any) -> list[Use]:
    """The rows that refer to it, with the address of each in the office."""
    return [use for field in _references(type(obj)) for use in _uses_through(field, obj)][:MOST_LISTED]


def _uses_through(field: Any, obj: Any) -> Iterator[Use]:
    model = field.model
    rows = model._base_manager.filter(**{field.name: obj})
    if hasattr(model, "_parler_meta"):
        rows = rows.prefetch_related("translations")
    if any(own.name == "municipality" for own in model._meta.fields):
        rows = rows.select_related("municipality")
    registered = model in admin.site._registry
    for row in rows[:MOST_LISTED]:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
        yield Use(str(model._meta.verbose_name), str(row), reverse(name, args=[row.pk]) if registered else "")
