"""Service information and contact points in the office."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.municipalities.admin_base import OwnMunicipalityFilter, ScopedTranslatableAdmin
from portal.municipalities.enums import Permission
from portal.pages.models import ContactPoint, ServiceInfo


class OverdueFilter(admin.SimpleListFilter):
    """What somebody must check now, because letters and pages may not trust it."""

    title = _("checked")
    parameter_name = "checked"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("overdue", _("overdue")), ("in_time", _("in time"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in {"overdue", "in_time"}:
            return queryset
        overdue = queryset.overdue(clock.today())
        return overdue if self.value() == "overdue" else queryset.exclude(pk__in=overdue.values("pk"))


class VerifiedFactAdmin(ScopedTranslatableAdmin):
    view_permission = Permission.CONTENT_EDIT
    change_permission = Permission.CONTENT_EDIT
    add_permission = Permission.CONTENT_EDIT
    delete_permission = Permission.CONTENT_EDIT
    list_filter = (OverdueFilter, OwnMunicipalityFilter)
    list_select_related = ("municipality", "owner")
    actions = ("verified_today",)

    @admin.display(description=_("verify by"), ordering="verified_on")
    def verify_by(self, fact: Any) -> date | None:
        return fact.verify_by

    @admin.display(description=_("in time"), boolean=True)
    def in_time(self, fact: Any) -> bool:
        return not fact.is_overdue

    @admin.action(description=_("I have checked these today: they are right"), permissions=["change"])
    def verified_today(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        count = queryset.update(verified_on=clock.today())
        self.message_user(request, _("%(count)d checked today.") % {"count": count}, messages.SUCCESS)


@admin.register(ContactPoint)
class ContactPointAdmin(VerifiedFactAdmin):
    list_display = ("__str__", "phone", "email", "owner", "verify_by", "in_time", "municipality")
    search_fields = ("code", "translations__name", "phone", "email")
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    fields = (
        "municipality", "code", "name", "phone", "email", "website", "address", "opening_hours",
        "owner", "verified_on", "verify_every",
    )  # fmt: skip


@admin.register(ServiceInfo)
class ServiceInfoAdmin(VerifiedFactAdmin):
    list_display = ("__str__", "topic", "owner", "verify_by", "in_time", "municipality")
    search_fields = ("topic", "translations__title", "translations__summary")
    formfield_overrides = {models.ManyToManyField: {"widget": forms.CheckboxSelectMultiple}}
    fields = (
        "municipality", "topic", "title", "summary", "body", "contacts", "owner", "verified_on", "verify_every",
    )  # fmt: skip
