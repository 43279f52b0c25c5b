"""Vacancies in the office: write, publish, withdraw."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from jobs.enums import VacancyState
from jobs.models import Vacancy, VacancyQuerySet
from portal import clock
from portal.municipalities.admin_base import OwnMunicipalityFilter, ScopedAdmin
from portal.municipalities.enums import Permission


class VacancyStateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(VacancyState.choices)

    def queryset(self, request: HttpRequest, queryset: VacancyQuerySet) -> QuerySet[Vacancy]:
        on = clock.today()
        match self.value():
            case VacancyState.DRAFT:
                return queryset.filter(is_published=False, published_on=None)
            case VacancyState.WITHDRAWN:
                return queryset.filter(is_published=False, published_on__isnull=False)
            case VacancyState.EXPIRED:
                return queryset.filter(is_published=True, deadline__lt=on)
            case VacancyState.SHOWN:
                return queryset.shown(on)
        return queryset


@admin.register(Vacancy)
class VacancyAdmin(ScopedAdmin):
    view_permission = Permission.JOBS_EDIT
    change_permission = Permission.JOBS_EDIT
    add_permission = Permission.JOBS_EDIT
    delete_permission = Permission.JOBS_EDIT
    list_display = ("title", "employer_name", "kind", "deadline", "state", "municipality")
    list_filter = (VacancyStateFilter, "kind", OwnMunicipalityFilter)
    list_select_related = ("municipality",)
    search_fields = ("title", "employer_name", "occupation", "workplace")
    actions = ("publish", "withdraw")
    readonly_fields = ("published_on",)
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    fieldsets = (
        (None, {"fields": ("municipality", "title", "employer_name", "kind", "occupation", "workplace")}),
        (_("The text"), {"fields": ("language", "description")}),
        (_("How to apply"), {"fields": ("apply_url", "apply_email", "deadline", "contact")}),
        (_("On the site"), {"fields": ("is_published", "published_on")}),
    )

    @admin.display(description=_("state"))
    def state(self, vacancy: Vacancy) -> str:
        return str(vacancy.state(clock.today()).label)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"language": request.user.language} | super().get_changeform_initial_data(request)

    def save_model(self, request: HttpRequest, obj: Vacancy, form: Any, change: bool) -> None:
        if obj.is_published and "is_published" in form.changed_data:
            obj.publish(clock.today())
        super().save_model(request, obj, form, change)
        self._say_if_late(request, int(obj.state(clock.today()) == VacancyState.EXPIRED))

    @admin.action(description=_("Publish the chosen vacancies"), permissions=["change"])
    def publish(self, request: HttpRequest, queryset: VacancyQuerySet) -> None:
        count = queryset.publish(clock.today())
        self.message_user(request, _("%(count)d published.") % {"count": count}, messages.SUCCESS)
        self._say_if_late(request, queryset.filter(deadline__lt=clock.today()).count())

    def _say_if_late(self, request: HttpRequest, late: int) -> None:
        if late:
            self.message_user(
                request,
                _("%(count)d stay off the site: the deadline has passed. Give them a new one.") % {"count": late},
                messages.WARNING,
            )

    @admin.action(description=_("Withdraw the chosen vacancies from the site"), permissions=["change"])
    def withdraw(self, request: HttpRequest, queryset: VacancyQuerySet) -> None:
        self.message_user(
            request, _("%(count)d withdrawn. Nothing is deleted.") % {"count": queryset.withdraw()}, messages.SUCCESS
        )
