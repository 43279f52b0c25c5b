"""Writes down who opens which household in the office: on every page of an admin about persons, also on later ones."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib import admin
from django.contrib.contenttypes.fields import GenericForeignKey
from django.core.exceptions import ValidationError
from django.db.models import Model, Q
from django.http import HttpRequest, HttpResponse

from newcomers.models import Household, Person
from portal import personal_data
from portal.accounts.models import User
from portal.municipalities.admin_base import ScopedAdmin
from privacy import access_log
from privacy.access_log import Seen
from privacy.enums import AccessKind

CHUNK = 1000


@dataclass(frozen=True)
class Page:
    """A page of an admin about persons: the rows it was asked for, and whose they were before the view ran."""

    model_admin: ScopedAdmin
    rows: list[Any]
    is_list: bool
    households: list[Seen]


class AccessMiddleware:
    """An entry in the log of access for each page of the office that shows households, once it was answered.

    It reads from the address which admin answers and which row is meant, and asks the admin which rows it took up or
    wrote (ScopedAdmin.rows_seen); the households behind them are found by foreign keys or by e-mail address. So a new
    page or button needs nothing to be logged.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        page = getattr(request, "_page_about_persons", None)
        if page and response.status_code in {200, 302}:
            _note(request, response, page)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> None:
        model_admin = _admin_of(view) or _autocompleted(request)
        if model_admin is None or not isinstance(request.user, User) or not shows_households(model_admin):
            return
        # Before the view runs: it may delete the row, or lead it elsewhere.
        row = kwargs.get("object_id") or kwargs.get("pk") or next(iter(args), None)
        chosen = [row] if row else request.POST.getlist("_selected_action")
        is_list = not row or model_admin.shows_households
        page = Page(model_admin, chosen, is_list, _households(model_admin.model, chosen))
        request._page_about_persons = page  # type: ignore[attr-defined]  # read above


def shows_households(model_admin: ScopedAdmin) -> bool:
    model = model_admin.model
    leads_there = ways_to_household(model) or _pointer(model) or _address(model)
    return model_admin.shows_households or (model_admin.personal and bool(leads_there))


def _address(model: type[Model]) -> str:
    """The column with the e-mail address of whoever a row is about."""
    table = personal_data.tables.get(model._meta.label)
    return table.email if table else ""


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


def ways_to_household(model: type[Model]) -> list[str]:
    """The shortest ways over foreign keys, as in a filter: two for what is about two, "" for the household itself."""
    steps: list[tuple[type[Model], str]] = [(model, "")]
    known: set[type[Model]] = set()
    while steps:
        if found := [way for step, way in steps if step is Household]:
            return found
        known |= {step for step, _way in steps}
        steps = [
            (target, f"{way}__{field.name}".lstrip("_"))
            for step, way in steps
            for field in step._meta.concrete_fields
            if isinstance(target := field.related_model if field.is_relation else None, type) and target not in known
        ]
    return []


# --- Whose rows they are ---


def _households(model: type[Model], rows: Iterable[Any]) -> list[Seen]:
    rows = list(rows)
    if not rows:
        return []
    try:
        numbers = _by_foreign_keys(model, rows) or _by_pointer(model, rows) or _by_address(model, rows)
    except (ValidationError, ValueError):  # no number at all: the view answers 404
        return []
    return access_log.seen(Household.objects.filter(pk__in=numbers)) if numbers else []


def _by_foreign_keys(model: type[Model], rows: list[Any]) -> set[UUID]:
    found = model._base_manager.filter(pk__in=rows)
    numbers = (found.values_list(way or "pk", flat=True) for way in ways_to_household(model))
    return set(chain.from_iterable(numbers)) - {None}


def _by_pointer(model: type[Model], rows: list[Any]) -> set[UUID]:
    """For promises, which point at anything: the household of what they are about."""
    pointer = _pointer(model)
    if pointer is None:
        return set()
    found = [getattr(row, pointer) for row in model._base_manager.filter(pk__in=rows).prefetch_related(pointer)]
    return {
        subject.pk if isinstance(subject, Household) else subject.household_id
        for subject in found
        if isinstance(subject, Household) or hasattr(subject, "household_id")
    }


def _by_address(model: type[Model], rows: list[Any]) -> set[UUID]:
    """For mail, questions and registrations that wait: those of the town who have the e-mail address in it."""
    column = _address(model)
    if not column:
        return set()
    towns, emails = set(), set()
    for town, email in model._base_manager.filter(pk__in=rows).values_list("municipality", column):
        if email:
            towns.add(town)
            emails.update({email, email.lower()})
    theirs = Person.objects.filter(Q(email__in=emails) | Q(user__email__in=emails), household__municipality__in=towns)
    return set(theirs.values_list("household", flat=True)) if emails else set()


def _touched(request: HttpRequest) -> list[Seen]:
    """Those of the rows that the view took up or wrote."""
    numbers: dict[type[Model], set[Any]] = {}
    for row in ScopedAdmin.rows_seen(request):
        if row.pk:
            numbers.setdefault(type(row), set()).add(row.pk)
    # Of all that a list found there may be more than a database takes in one question.
    chunks = [
        (m, list(rows)[start : start + CHUNK]) for m, rows in numbers.items() for start in range(0, len(rows), CHUNK)
    ]
    return [seen for model, rows in chunks for seen in _households(model, rows)]


def _looked_up(request: HttpRequest, response: HttpResponse, page: Page) -> list[Seen]:
    """Those whom a search of a list brought onto the page, also while a name was typed into a field."""
    context: Any = getattr(response, "context_data", None) or {}
    rows: list[Any] = []
    if "cl" in context and context["cl"].query:
        rows = [row.pk for row in context["cl"].result_list]
    elif request.GET.get("term") and response.get("Content-Type") == "application/json":
        rows = [row["id"] for row in json.loads(response.content).get("results", [])]
    return _households(page.model_admin.model, rows)


# --- Writing it down ---


def _note(request: HttpRequest, response: HttpResponse, page: Page) -> None:
    user, match, kind = request.user, request.resolver_match, _kind(request, response, page)
    if kind is None or match is None or not isinstance(user, User):
        return
    seen = [*page.households, *_touched(request)] or _households(page.model_admin.model, page.rows)
    if not seen and (seen := _looked_up(request, response, page)):
        kind = AccessKind.LISTED
    permission = page.model_admin.view_permission
    if seen:
        access_log.note_pages(by=user, permission=permission, kind=kind, page=match.view_name, seen=seen)
    elif not page.is_list or (kind != AccessKind.CHANGED and not match.view_name.endswith("_add")):
        if page.is_list and kind == AccessKind.VIEWED:
            kind = AccessKind.LISTED
        towns = {town.pk for row in ScopedAdmin.rows_seen(request) if (town := page.model_admin.municipality_of(row))}
        own = access_log.municipalities_of(user, permission)
        role = access_log.role_in(user, own[0], permission) if own else ""
        access_log.note_list(by=user, role=role, page=match.view_name, municipalities=towns or own, kind=kind)


def _at_desk(request: HttpRequest) -> bool:
    """Where nobody protected is shown, but somebody may be typed in."""
    return bool(request.resolver_match and request.resolver_match.view_name == "admin:newcomers_household_counter")


def _kind(request: HttpRequest, response: HttpResponse, page: Page) -> AccessKind | None:
    """What the answer means; None when it only led elsewhere."""
    if response.status_code == 302:
        if request.POST.get("action") in page.model_admin.only_choosing:
            return AccessKind.LISTED
        return AccessKind.CHANGED if request.method == "POST" else None
    if any(getattr(row, "restricted", False) for row in ScopedAdmin.rows_seen(request)) and _at_desk(request):
        return AccessKind.MET
    is_page = response.get("Content-Type", "").startswith(("text/html", "application/json"))
    is_file = response.get("Content-Disposition", "").startswith("attachment")
    return AccessKind.VIEWED if is_page and not is_file else AccessKind.EXPORTED
