"""Households in the office."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from newcomers import members, services
from newcomers.forms import LANGUAGE_WISHES, address_line
from newcomers.models import Household, Person
from newcomers.office import admin_filters as filters
from newcomers.office import desk
from newcomers.office import services as office
from newcomers.office.admin_counter import CounterPages
from newcomers.office.admin_household_list import HouseholdList
from newcomers.office.admin_household_pages import HouseholdPages
from newcomers.office.admin_wishes import PersonWishesInline, PreferencesInline
from newcomers.office.forms import HouseholdForm
from portal import clock, registry
from portal.municipalities.access import has_permission
from portal.municipalities.admin_base import OwnMunicipalityFilter, ScopedAdmin, ScopedInline
from portal.municipalities.enums import Permission

MOVING = (
    "moved_in_on",
    "residency",
    "part_time_kind",
    "stay_longer",
    "language",
    "source",
    "way_in",
    "reason",
    "wishes",
)


class PersonInline(ScopedInline):
    model = Person
    view_permission = Permission.HOUSEHOLD_VIEW
    change_permission = Permission.HOUSEHOLD_CHANGE
    fields = ("is_adult", "name", "birth_year", "email", "phone")
    readonly_fields = ("protection",)

    def get_fields(self, request: HttpRequest, obj: Household | None = None) -> Any:
        may_protect = obj and has_permission(request.user, Permission.HOUSEHOLD_RESTRICT, obj.municipality)
        return (*self.fields, "protection") if may_protect else self.fields

    @admin.display(description=_("protected address"))
    def protection(self, person: Person) -> SafeString | str:
        """It is the whole household that is protected then: they share the address."""
        if person._state.adding:
            return "–"
        url = reverse("admin:newcomers_household_protect", args=[person.household_id])
        return format_html('<a href="{}">{}</a>', url, _("Protect %(name)s") % {"name": person})


@admin.register(Household)
class HouseholdAdmin(HouseholdList, HouseholdPages, CounterPages, ScopedAdmin):
    """The office's work list, and each household with its timeline. Protected ones are not here."""

    form = HouseholdForm
    view_permission = Permission.HOUSEHOLD_VIEW
    change_permission = Permission.HOUSEHOLD_CHANGE
    add_permission = Permission.HOUSEHOLD_CHANGE
    personal = True
    list_display = ("name", "place", "moved_in_on", "state", "next_step", "owner", "contacted_on")
    list_filter = (
        filters.TabFilter, filters.OwnerFilter, "state", "residency", "part_time_kind", filters.MovedFilter,
        filters.AreaFilter, filters.LanguageFilter, filters.NeedFilter, filters.ImportantFilter,
        filters.OwnWordsFilter, "reason", "source", filters.WayInFilter, OwnMunicipalityFilter,
    )  # fmt: skip
    list_select_related = ("owner",)
    # Who has no day yet still thinks of moving: first, and of these whoever came last.
    ordering = (F("moved_in_on").desc(nulls_first=True), "-created_at", "pk")
    search_fields = ("persons__name", "street", "postcode", "city", "preferences__segment")
    inlines = (PersonInline, PersonWishesInline, PreferencesInline)
    fieldsets = (
        (None, {"fields": ("version_seen", "timeline", "municipality", "state", "owner", "contacted_on")}),
        (_("Address"), {"fields": ("care_of", "street", "postcode", "city", "wants_post")}),
        (_("Moving"), {"fields": MOVING}),
    )
    readonly_fields = ("timeline", "state", "contacted_on", "way_in")

    def get_list_filter(self, request: HttpRequest) -> Any:
        return [*super().get_list_filter(request), *map(filters.of_segment, registry.segments())]

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

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "owner":
            kwargs["queryset"] = office.colleagues_in(self.visible_municipalities(request))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    # --- In the list ---

    @admin.display(description=_("adults"))
    def name(self, household: Household) -> str:
        return household.name

    @admin.display(description=_("place"), ordering="postcode")
    def place(self, household: Household) -> str:
        return address_line(household.street, household.postcode, household.city)

    @admin.display(description=_("next"))
    def next_step(self, household: Any) -> SafeString | str:
        step = household.next
        if step.due_on is None:
            return step.title or "–"
        day = date_format(step.due_on, "SHORT_DATE_FORMAT")
        if step.is_late:
            return format_html('{}, <strong class="late">{} ({})</strong>', step.title, day, _("late"))
        return f"{step.title}, {day}"

    # --- The page ---

    @admin.display(description=_("what has happened, and what comes next"))
    def timeline(self, household: Household) -> SafeString | str:
        if household._state.adding:
            return "–"
        # What waits comes first, then the past with the newest on top.
        entries = registry.timeline(household, clock.today(), for_staff=True)
        entries = [e for e in entries if e.state != "done"] + [e for e in reversed(entries) if e.state == "done"]
        return render_to_string("admin/newcomers/household/timeline.html", {"entries": entries})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        household = self.get_object(request, object_id)
        if household is None:
            raise Http404
        context = self.page_context(request, household) | (extra_context or {})
        try:
            return super().change_view(request, object_id, form_url, context)
        except services.ChangedMeanwhile:  # in the very moment of saving: now the form sees it, and says so
            return super().change_view(request, object_id, form_url, context)

    def save_model(self, request: HttpRequest, obj: Household, form: Any, change: bool) -> None:
        if not change:
            super().save_model(request, obj, form, change)
            return
        services.claim_version(obj, form.cleaned_data["version_seen"])
        # What stands on no form, such as the state, may have been changed by somebody else by now.
        columns = {field.name for field in obj._meta.concrete_fields} & set(form.cleaned_data)
        obj.save(update_fields=[*columns, "address_key"])

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        for row, fields in formset.changed_objects:
            if isinstance(row, Person) and "email" in fields:
                members.address_corrected(row, by=request.user, on=clock.today())
                desk.ask_again(row, on=clock.today())
