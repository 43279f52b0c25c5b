"""Homes in the office: write, publish, confirm, take off the site."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import admin, messages
from django.db.models import Field, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from housing.enums import ListingState
from housing.models import Listing, ListingQuerySet
from portal import clock
from portal.municipalities.access import municipalities_where
from portal.municipalities.admin_base import OwnMunicipalityFilter, ScopedAdmin
from portal.municipalities.enums import Permission
from portal.municipalities.models import Postcode


class ListingStateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("to_confirm", _("To confirm")), *ListingState.choices]

    def queryset(self, request: HttpRequest, queryset: ListingQuerySet) -> QuerySet[Listing]:
        on = clock.today()
        match self.value():
            case "to_confirm":
                return queryset.to_confirm(on)
            case ListingState.DRAFT:
                return queryset.filter(is_published=False, published_on=None)
            case ListingState.WITHDRAWN:
                return queryset.filter(is_published=False, published_on__isnull=False)
            case ListingState.TAKEN:
                return queryset.filter(is_published=True, taken_on__isnull=False)
            case ListingState.UNCONFIRMED:
                return queryset.unconfirmed(on)
            case ListingState.SHOWN:
                return queryset.shown(on)
        return queryset


@admin.register(Listing)
class ListingAdmin(ScopedAdmin):
    view_permission = Permission.HOUSING_EDIT
    change_permission = Permission.HOUSING_EDIT
    add_permission = Permission.HOUSING_EDIT
    delete_permission = Permission.HOUSING_EDIT
    list_display = ("title", "kind", "price_in_words", "state", "confirm_by", "municipality")
    list_filter = (ListingStateFilter, "kind", OwnMunicipalityFilter)
    list_select_related = ("municipality",)
    search_fields = ("title", "street", "contact_name")
    actions = ("publish", "confirm", "mark_taken", "withdraw")
    readonly_fields = ("published_on", "confirmed_on")
    fieldsets = (
        (None, {"fields": ("municipality", "kind", "title")}),
        (_("The text"), {"fields": ("language", "description")}),
        (_("Where"), {"fields": ("street", "show_address", "postcode")}),
        (
            _("Facts"),
            {"fields": ("price_nok", "rooms", "area_m2", "plot_area_m2", "available_from", "furnished")},
        ),
        (_("Who to ask"), {"fields": ("contact_name", "contact_phone", "contact_email")}),
        (_("On the site"), {"fields": ("is_published", "published_on", "confirmed_on", "taken_on")}),
    )

    def choices_for(self, db_field: Field[Any, Any], request: HttpRequest) -> QuerySet[Any]:
        if db_field.name == "postcode":
            return Postcode.objects.filter(municipality__in=municipalities_where(request.user, self.change_permission))
        return super().choices_for(db_field, request)

    @admin.display(description=_("price"), ordering="price_nok")
    def price_in_words(self, listing: Listing) -> str:
        return listing.price

    @admin.display(description=_("state"))
    def state(self, listing: Listing) -> str:
        return str(listing.state(clock.today()).label)

    @admin.display(description=_("confirm by"), ordering="confirmed_on")
    def confirm_by(self, listing: Listing) -> date | None:
        return listing.confirm_by

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"language": request.user.language} | super().get_changeform_initial_data(request)

    def save_model(self, request: HttpRequest, obj: Listing, form: Any, change: bool) -> None:
        if obj.is_published and "is_published" in form.changed_data:
            obj.publish(clock.today())
        super().save_model(request, obj, form, change)

    @admin.action(description=_("Publish the chosen homes: they are vacant"), permissions=["change"])
    def publish(self, request: HttpRequest, queryset: ListingQuerySet) -> None:
        self._say(request, _("%(count)d published."), queryset.publish(clock.today()))

    @admin.action(description=_("Still vacant: confirm the chosen homes"), permissions=["change"])
    def confirm(self, request: HttpRequest, queryset: ListingQuerySet) -> None:
        self._say(request, _("%(count)d confirmed to be vacant still."), queryset.confirm(clock.today()))

    @admin.action(description=_("Taken: take the chosen homes off the site"), permissions=["change"])
    def mark_taken(self, request: HttpRequest, queryset: ListingQuerySet) -> None:
        self._say(request, _("%(count)d marked as taken."), queryset.mark_taken(clock.today()))

    @admin.action(description=_("Withdraw the chosen homes from the site"), permissions=["change"])
    def withdraw(self, request: HttpRequest, queryset: ListingQuerySet) -> None:
        self._say(request, _("%(count)d withdrawn. Nothing is deleted."), queryset.withdraw())

    def _say(self, request: HttpRequest, words: Any, count: int) -> None:
        self.message_user(request, words % {"count": count}, messages.SUCCESS)
