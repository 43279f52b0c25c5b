"""The figures as they were loaded, and a button that loads them again. Nobody changes a number by hand."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from portal.municipalities.admin_base import OwnMunicipalityFilter, ScopedAdmin
from portal.municipalities.enums import Permission
from portal.statistics import tasks
from portal.statistics.loading import mark_as_running
from portal.statistics.models import FigureLoad, PlaceFigure


@admin.register(PlaceFigure)
class PlaceFigureAdmin(ScopedAdmin):
    view_permission = Permission.FIGURES_VIEW
    list_display = ("measure", "year", "value", "table", "municipality", "source_updated", "is_invented")
    list_display_links = ("measure",)
    list_filter = (OwnMunicipalityFilter, "table", "measure", "is_invented")
    list_select_related = ("municipality",)
    ordering = ("municipality__name", "table", "measure", "-year")

    def get_urls(self) -> list[Any]:
        load = self.admin_site.admin_view(require_POST(self.load_again))
        return [path("load/", load, name="statistics_placefigure_load"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        context = {"loads": self._loads(request)}
        return super().changelist_view(request, context | (extra_context or {}))

    def _loads(self, request: HttpRequest) -> list[dict[str, Any]]:
        """How the last loading went, where it is running or something failed; else when it was."""
        now = timezone.now()
        loads = FigureLoad.objects.filter(municipality__in=self.visible_municipalities(request).filter(is_active=True))
        return [
            {"municipality": load.municipality, "is_running": load.is_running(now), "load": load}
            for load in loads.select_related("municipality")[: self.list_per_page]
        ]

    def load_again(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        now = timezone.now()
        own = self.visible_municipalities(request).filter(is_active=True).prefetch_related("figureloads")
        waiting = [m for m in own if not any(load.is_running(now) for load in m.figureloads.all())]
        if waiting:
            mark_as_running(waiting)
            tasks.load_figures.delay_on_commit([str(m.pk) for m in waiting])
            self.message_user(request, _("They are being loaded. Look in again in a few minutes."), messages.SUCCESS)
        else:
            self.message_user(request, _("They are being loaded already. Look in again in a few minutes."))
        return redirect("admin:statistics_placefigure_changelist")
