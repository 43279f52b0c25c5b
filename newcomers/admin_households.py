"""Households in the office."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from newcomers import services
from newcomers.enums import HouseholdState
from newcomers.forms import LANGUAGE_WISHES
from newcomers.models import Household, Person
from portal import clock, registry
from portal.municipalities.access import has_permission
from portal.municipalities.admin_base import OwnMunicipalityFilter, ScopedAdmin, ScopedInline
from portal.municipalities.enums import Permission


class PersonInline(ScopedInline):
    model = Person
    view_permission = Permission.HOUSEHOLD_VIEW
    change_permission = Permission.HOUSEHOLD_CHANGE
    fields = ("is_adult", "name", "birth_year", "email", "phone")


@admin.register(Household)
class HouseholdAdmin(ScopedAdmin):
    """Each household with its timeline. Protected ones are not here."""

    view_permission = Permission.HOUSEHOLD_VIEW
    change_permission = Permission.HOUSEHOLD_CHANGE
    add_permission = Permission.HOUSEHOLD_CHANGE
    personal = True
    list_display = ("name", "street", "place", "moved_in_on", "state", "source", "language")
    list_filter = ("state", "residency", "source", "language", OwnMunicipalityFilter)
    search_fields = ("persons__name", "street", "postcode", "city")
    date_hierarchy = "moved_in_on"
    inlines = (PersonInline,)
    actions = ("mark_settled", "mark_moved_away")
    fieldsets = (
        (None, {"fields": ("timeline", "municipality", "state")}),
        (_("Address"), {"fields": ("care_of", "street", "postcode", "city", "wants_post")}),
        (_("Moving"), {"fields": ("moved_in_on", "residency", "language", "source", "reason", "wishes")}),
    )
    readonly_fields = ("timeline", "state")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Household]:
        return super().get_queryset(request).shown().prefetch_related("persons")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Languages by name; one that a list of movers brought and we have no name for stays as it is."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "language":
            own = Household.objects.filter(municipality__in=self.visible_municipalities(request))
            kept = own.exclude(language__in=dict(LANGUAGE_WISHES)).values_list("language", flat=True)
            field.widget = forms.Select(
                choices=[*LANGUAGE_WISHES, *((code, code) for code in kept.order_by().distinct())]
            )
        return field

    @admin.display(description=_("adults"))
    def name(self, household: Household) -> str:
        return household.name

    @admin.display(description=_("place"), ordering="postcode")
    def place(self, household: Household) -> str:
        return f"{household.postcode} {household.city}".strip()

    @admin.display(description=_("what has happened, and what comes next"))
    def timeline(self, household: Household) -> SafeString | str:
        if household._state.adding:
            return "–"
        # What waits comes first, then the past with the newest on top.
        entries = registry.timeline(household, clock.today(), for_staff=True)
        entries = [e for e in entries if e.state != "done"] + [e for e in reversed(entries) if e.state == "done"]
        return render_to_string("admin/newcomers/household/timeline.html", {"entries": entries})

    # --- Leaving, settling ---

    @admin.action(description=_("Settled: they stand on their own feet"), permissions=["change"])
    def mark_settled(self, request: HttpRequest, queryset: QuerySet[Household]) -> None:
        self._move(request, queryset, HouseholdState.SETTLED)

    @admin.action(description=_("Moved away"), permissions=["change"])
    def mark_moved_away(self, request: HttpRequest, queryset: QuerySet[Household]) -> None:
        self._move(request, queryset, HouseholdState.MOVED_AWAY)

    def _move(self, request: HttpRequest, queryset: QuerySet[Household], to: HouseholdState) -> None:
        refused = 0
        for household in queryset:
            try:
                services.move(household, to=to, by=request.user, on=clock.today())
            except services.MoveRefused:
                refused += 1
        if refused:
            self.message_user(
                request,
                _("%(count)d could not be moved there from the state they are in.") % {"count": refused},
                messages.WARNING,
            )

    # --- Protected address ---

    def get_urls(self) -> list[URLPattern]:
        protect = self.admin_site.admin_view(self.protect)
        return [path("<uuid:pk>/protect/", protect, name="newcomers_household_protect"), *super().get_urls()]

    def protect(self, request: HttpRequest, pk: str) -> HttpResponse:
        """Ask once more, then take the household out of every list and forget its address."""
        household = self.get_object(request, str(pk))
        if household is None or not self._may_protect(request, household):
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(pk))
        if request.method == "POST":
            services.restrict(household, by=request.user)
            self.log_change(request, household, "")
            self.message_user(request, _("The household is protected and stands in no list any more."))
            return redirect(reverse("admin:newcomers_household_changelist"))
        context = {**self.admin_site.each_context(request), "title": _("Protected address"), "original": household,
                   "opts": self.opts}  # fmt: skip
        return TemplateResponse(request, "admin/newcomers/household/protect.html", context)

    def _may_protect(self, request: HttpRequest, household: Household) -> bool:
        return has_permission(request.user, Permission.HOUSEHOLD_RESTRICT, household.municipality)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        household = self.get_object(request, object_id)
        may = household is not None and self._may_protect(request, household)
        extra = {"may_protect": may, "actions": registry.actions(request.user, household) if household else []}
        return super().change_view(request, object_id, form_url, (extra_context or {}) | extra)
