"""Writes down who opens which household in the office: on every page of an admin about persons, also on later ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib import admin
from django.contrib.contenttypes.fields import GenericForeignKey
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse

from newcomers.models import Household
from portal.accounts.models import User
from portal.municipalities.admin_base import ScopedAdmin
from privacy import access_log
from privacy.access_log import Seen
from privacy.enums import AccessKind


class AccessMiddleware:
    """An entry in the log of access for each page of the office that shows households, once it was answered.

    It reads from the address which admin answers and which row is meant, and finds the household behind the row by its
    foreign keys. So a new page or button needs nothing to be logged.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        page = getattr(request, "_page_about_persons", None)
        if page and response.status_code in {200, 302}:
            _note(request, response, *page)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> None:
        model_admin = _admin_of(view) or _autocompleted(request)
        if model_admin is None or not isinstance(request.user, User) or not shows_households(model_admin):
            return
        # Before the view runs: it may delete the row, or lead it elsewhere.
        row = kwargs.get("object_id") or kwargs.get("pk") or next(iter(args), None)
        chosen = [row] if row else request.POST.getlist("_selected_action")
        is_list = not row or model_admin.shows_households
        request._page_about_persons = (is_list, _households(model_admin.model, chosen))  # type: ignore[attr-defined]  # read above


def shows_households(model_admin: ScopedAdmin) -> bool:
    model = model_admin.model
    leads_there = way_to_household(model) is not None or _pointer(model) is not None
    return model_admin.shows_households or (model_admin.personal and leads_there)


def _pointer(model: type[Model]) -> str | None:
    """The name of the column that points at anything, as promises do."""
    return next((f.name for f in model._meta.private_fields if isinstance(f, GenericForeignKey)), None)


def _admin_of(view: Any) -> ScopedAdmin | None:
    """The admin that a view belongs to: Django marks its own pages, ours are methods behind wrappers."""
    while view is not None:
        owner = getattr(view, "model_admin", None) or getattr(view, "__self__", None)
        if isinstance(owner, ScopedAdmin):
            return owner
        view = getattr(view, "__wrapped__", None)
    return None


def _autocompleted(request: HttpRequest) -> ScopedAdmin | None:
    """The admin whose rows are offered while somebody types a name."""
    match = request.resolver_match
    if match is None or match.view_name != "admin:autocomplete":
        return None
    try:
        model = apps.get_model(request.GET.get("app_label", ""), request.GET.get("model_name", ""))
        remote: Any = model._meta.get_field(request.GET.get("field_name", "")).remote_field
        found = admin.site._registry.get(remote.model)
    except (LookupError, ValueError, AttributeError):
        return None
    return found if isinstance(found, ScopedAdmin) else None


def way_to_household(model: type[Model]) -> str | None:
    """The shortest way over foreign keys, as in a filter; "" for the household itself, None if there is none."""
    ways: list[tuple[type[Model], str]] = [(model, "")]
    known = {model}
    for step, way in ways:  # grows while we look
        if step is Household:
            return way
        for field in step._meta.concrete_fields:
            target = field.related_model if field.is_relation else None
            if isinstance(target, type) and target not in known:
                known.add(target)
                ways.append((target, f"{way}__{field.name}".lstrip("_")))
    return None


def _households(model: type[Model], rows: list[Any]) -> list[Seen]:
    way = way_to_household(model)
    if not rows or way is None:
        return _subjects(model, rows)
    try:
        numbers = model._base_manager.filter(pk__in=rows).values_list(way or "pk", flat=True)
        return access_log.seen(Household.objects.filter(pk__in=[number for number in numbers if number]))
    except (ValidationError, ValueError):  # no number at all: the view answers 404
        return []


def _subjects(model: type[Model], rows: list[Any]) -> list[Seen]:
    """For promises, which point at anything: the household of what they are about."""
    pointer = _pointer(model)
    if not rows or pointer is None:
        return []
    try:
        found = [getattr(row, pointer) for row in model._base_manager.filter(pk__in=rows).prefetch_related(pointer)]
    except (ValidationError, ValueError):
        return []
    numbers: set[UUID] = {
        subject.pk if isinstance(subject, Household) else subject.household_id
        for subject in found
        if isinstance(subject, Household) or hasattr(subject, "household_id")
    }
    households: QuerySet[Household] = Household.objects.filter(pk__in=numbers)
    return access_log.seen(households)


def _note(request: HttpRequest, response: HttpResponse, is_list: bool, households: list[Seen]) -> None:
    user, match, kind = request.user, request.resolver_match, _kind(request, response)
    if kind is None or match is None or not isinstance(user, User):
        return
    if households:
        role = access_log.role_in(user, households[0].municipality)
        access_log.note(by=user, role=role, kind=kind, page=match.view_name, seen=households)
    elif is_list and not match.view_name.endswith("_add") and kind != AccessKind.CHANGED:
        own = access_log.municipalities_of(user)
        role = access_log.role_in(user, own[0]) if own else ""
        kind = kind if kind == AccessKind.EXPORTED else AccessKind.LISTED
        access_log.note_list(by=user, role=role, page=match.view_name, municipalities=own, kind=kind)


def _kind(request: HttpRequest, response: HttpResponse) -> AccessKind | None:
    """What the answer means; None when it only led elsewhere."""
    if response.status_code == 302:
        return AccessKind.CHANGED if request.method == "POST" else None
    is_page = response.get("Content-Type", "").startswith(("text/html", "application/json"))
    return AccessKind.VIEWED if is_page else AccessKind.EXPORTED
