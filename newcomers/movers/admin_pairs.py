"""Pairs that may be one household, side by side; and the merges that came of them, which may be undone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from newcomers.models import Household, Merge, MoverRow, Pair
from newcomers.movers import deciding, merging, pairs, undoing
from newcomers.movers.comparing import as_moved
from newcomers.movers.enums import PairState
from newcomers.movers.file import MovedHousehold
from newcomers.movers.forms import SamePersonsForm
from newcomers.movers.imports import QuickerElsewhere, unpacked
from portal import clock
from portal.municipalities.access import has_permission
from portal.municipalities.admin_base import OwnMunicipalityFilter, ScopedAdmin
from portal.municipalities.enums import Permission


class WaitingFilter(admin.SimpleListFilter):
    """What waits is shown first; what was decided, when asked for."""

    title = _("decided")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("all", _("All"))]

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        waiting, *rest = super().choices(changelist)
        yield {**waiting, "display": PairState.OPEN.label}
        yield from rest

    def queryset(self, request: HttpRequest, queryset: QuerySet[Pair]) -> QuerySet[Pair]:
        return queryset if self.value() == "all" else queryset.filter(state=PairState.OPEN)


@admin.register(Pair)
class PairAdmin(ScopedAdmin):
    """A queue: open the first, decide, and the next one comes."""

    view_permission = Permission.HOUSEHOLD_VIEW
    change_permission = Permission.HOUSEHOLD_CHANGE
    personal = True
    list_display = ("both", "why", "municipality", "state", "decided_by")
    list_filter = (WaitingFilter, OwnMunicipalityFilter)
    list_select_related = ("municipality", "household", "other", "row", "decided_by")
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Pair]:
        seen = super().get_queryset(request).shown()
        return seen.prefetch_related("household__persons", "other__persons")

    @admin.display(description=_("households"))
    def both(self, pair: Pair) -> str:
        other = pair.other.name if pair.other else pair.row.adults
        return f"{pair.household.name} / {other}"

    @admin.display(description=_("why"))
    def why(self, pair: Pair) -> str:
        return pair.why

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        pair = self.get_object(request, object_id)
        if pair is None or not self.has_view_permission(request, pair):
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        asks_accounts = False
        form = SamePersonsForm(request.POST or None, pair=pair)
        decides = request.method == "POST" and self.has_change_permission(request, pair)
        if decides and (form.is_valid() or request.POST.get("found") == "two"):
            try:
                return self._decide(request, pair, form)
            except merging.AccountsDiffer as refused:
                asks_accounts = True
                self.message_user(request, str(refused), messages.WARNING)
            except merging.MergeRefused as refused:
                self.message_user(request, str(refused), messages.WARNING)
        return TemplateResponse(request, "admin/newcomers/pair/pair.html", {
            **self.admin_site.each_context(request), "title": _("One household or two?"), "opts": self.opts,
            "pair": pair, "rows": list(_side_by_side(pair)), "asks_accounts": asks_accounts, "form": form,
            "waiting": self.get_queryset(request).filter(state=PairState.OPEN).count(),
            "may_decide": pair.state == PairState.OPEN and self.has_change_permission(request, pair),
        })  # fmt: skip

    def _decide(self, request: HttpRequest, pair: Pair, form: SamePersonsForm) -> HttpResponse:
        """What was found is done and said; then comes the next pair."""
        who: Any = {"by": request.user, "on": clock.today()}
        found = request.POST.get("found", "")
        self.log_change(request, pair, "")
        try:
            if found == "two":
                deciding.are_two(pair, **who)
                self.message_user(request, _said_of_two(pair))
            elif found == "same" and pair.row:
                deciding.row_is_ours(pair, same=form.same, **who)
                text = _("One household: who was missing there was added to %(name)s.")
                self.message_user(request, text % {"name": pair.household.name})
            elif found in {"keep_first", "keep_second"} and pair.other:
                keep = pair.household if found == "keep_first" else pair.other
                too = "accounts_too" in request.POST
                merged = deciding.are_one(pair, keep=keep, same=form.same, accounts_too=too, **who)
                self.message_user(request, _("They are one household now. It can be undone for 30 days."))
                return redirect("admin:newcomers_merge_change", merged.pk)
        except (deciding.AlreadyDecided, QuickerElsewhere):
            self.message_user(request, _("Somebody else has decided this already."), messages.WARNING)
        following = self.get_queryset(request).filter(state=PairState.OPEN).order_by("created_at", "pk").first()
        if following:
            return redirect("admin:newcomers_pair_change", following.pk)
        self.message_user(request, _("That was the last pair."))
        return redirect("admin:newcomers_pair_changelist")


def _said_of_two(pair: Pair) -> Any:
    if pair.other:
        return _("Two households: both stay as they are.")
    if MoverRow.objects.filter(pk=pair.row_id).exists():
        return _("Two households. Those in the list are still to be compared with somebody else.")
    return _("Two households: %(names)s taken in as a new one.") % {"names": pair.row.adults}


# A part of a cell, and whether the other household lacks it.
Cell = list[tuple[str, bool]]


def _side_by_side(pair: Pair) -> Iterator[tuple[Any, tuple[Cell, Cell], bool]]:
    """What it is, how the one and how the other has it, and whether they differ."""
    one = as_moved(pair.household)
    other = as_moved(pair.other) if pair.other else unpacked(pair.row.packed)
    for label, first, second in [
        (_("Adults (birth year)"), _adults(one), _adults(other)),
        (_("Children born"), _years(one), _years(other)),
        (_("c/o"), [one.care_of], [other.care_of]),
        (_("Address"), [one.address], [other.address]),
        (_("Place"), [f"{one.postcode} {one.city}"], [f"{other.postcode} {other.city}"]),
        (_("Moved in"), _day(one), _day(other)),
        *_of_ours(pair.household, pair.other),
    ]:
        sides = _marked(first, second), _marked(second, first)
        yield label, sides, any(differs for cell in sides for _part, differs in cell)


def _marked(parts: list[str], others: list[str]) -> Cell:
    left = Counter(other.casefold() for other in others)
    marked = []
    for part in filter(None, parts):
        marked.append((part, not left[part.casefold()]))
        left[part.casefold()] -= bool(left[part.casefold()])
    return marked


def _of_ours(one: Household, other: Household | None) -> Iterator[tuple[Any, list[str], list[str]]]:
    """What only those have who are here already."""
    second = [_contact(other), [other.get_state_display()], [other.get_source_display()]] if other else [[], [], []]
    first = [_contact(one), [one.get_state_display()], [one.get_source_display()]]
    yield from zip([_("E-mail, phone"), _("State"), _("Came to us by")], first, second, strict=True)


def _contact(household: Household) -> list[str]:
    return [found for adult in household.adults for found in (adult.email, adult.phone) if found]


def _adults(home: MovedHousehold) -> list[str]:
    return [f"{adult.name} ({adult.birth_year or '–'})" for adult in home.adults]


def _years(home: MovedHousehold) -> list[str]:
    return list(map(str, home.child_birth_years))


def _day(home: MovedHousehold) -> list[str]:
    return [date_format(home.moved_in_on, "SHORT_DATE_FORMAT")] if home.moved_in_on else []


@admin.action(description=_("These two are one household: look at them side by side"), permissions=["change"])
def look_side_by_side(model_admin: Any, request: HttpRequest, queryset: QuerySet[Household]) -> HttpResponse | None:
    """An action of the list of households: two that were ticked become a pair to decide on."""
    chosen = list(queryset.shown().prefetch_related("persons").order_by("created_at", "pk")[:3])
    if len(chosen) != 2:
        model_admin.message_user(request, _("Tick two households."), messages.WARNING)
        return None
    if chosen[0].municipality_id != chosen[1].municipality_id:
        model_admin.message_user(request, _("These households live in two municipalities."), messages.WARNING)
        return None
    return redirect("admin:newcomers_pair_change", pairs.pair_by_hand(*chosen).pk)


@admin.register(Merge)
class MergeAdmin(ScopedAdmin):
    """What was made one, by whom; with a button to undo it while that is possible."""

    view_permission = Permission.HOUSEHOLD_VIEW
    personal = True
    list_display = ("name", "on", "by", "municipality", "undone_on")
    list_filter = (OwnMunicipalityFilter,)
    list_select_related = ("municipality", "kept", "by")
    date_hierarchy = "on"
    fields = ("municipality", "name", "on", "by", "not_taken_over", "undone_on", "undone_by")
    readonly_fields = fields
    change_form_template = "admin/newcomers/merge/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Merge]:
        shown = super().get_queryset(request).filter(kept__restricted=False)
        return shown.prefetch_related("kept__persons")

    @admin.display(description=_("household"))
    def name(self, merged: Merge) -> str:
        return merged.kept.name

    @admin.display(description=_("not taken over, since it was here already"))
    def not_taken_over(self, merged: Merge) -> str:
        return merged.not_taken_over or "–"

    def get_urls(self) -> list[URLPattern]:
        undo = self.admin_site.admin_view(require_POST(self.undo))
        return [path("<uuid:pk>/undo/", undo, name="newcomers_merge_undo"), *super().get_urls()]

    def undo(self, request: HttpRequest, pk: str) -> HttpResponse:
        merged = self.get_object(request, str(pk))
        if merged is None or not self._may_undo(request, merged):
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(pk))
        try:
            stayed = undoing.undo(merged, by=request.user, on=clock.today())
        except merging.MergeRefused as refused:
            self.message_user(request, str(refused), messages.WARNING)
            return redirect("admin:newcomers_merge_change", merged.pk)
        self.log_change(request, merged, "")
        self.message_user(request, _("They are two households again."))
        if stayed:
            text = _("This was changed since, and stays with the household that was kept: %(rows)s.")
            self.message_user(request, text % {"rows": ", ".join(stayed)}, messages.WARNING)
        return redirect("admin:newcomers_merge_change", merged.pk)

    def _may_undo(self, request: HttpRequest, merged: Merge) -> bool:
        return has_permission(request.user, Permission.HOUSEHOLD_CHANGE, merged.municipality)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        merged = self.get_object(request, object_id)
        extra: dict[str, Any] = {}
        if merged:
            may = merged.may_be_undone and self._may_undo(request, merged)
            household = reverse("admin:newcomers_household_change", args=[merged.kept_id])
            extra = {"may_undo": may, "household_url": household, "subtitle": merged.kept.name}
        return super().change_view(request, object_id, form_url, (extra_context or {}) | extra)
