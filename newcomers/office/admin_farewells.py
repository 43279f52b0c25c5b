"""What people said when they moved away. Enough of them or none, and never in which month."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from newcomers.models import Farewell
from newcomers.my_page import farewells
from portal import clock
from portal.municipalities.admin_base import OwnMunicipalityFilter, ScopedAdmin
from portal.municipalities.enums import Permission


@admin.register(Farewell)
class FarewellAdmin(ScopedAdmin):
    view_permission = Permission.FIGURES_VIEW
    list_display = ("why", "reason_text", "would_have_stayed")
    list_filter = ("reason", OwnMunicipalityFilter)
    fields = readonly_fields = ("municipality", "reason", "reason_text", "would_have_stayed")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Farewell]:
        """Of the last two years, from municipalities where enough have answered."""
        return super().get_queryset(request).filter(pk__in=farewells.enough(clock.today()).values("pk"))

    @admin.display(description=_("why they moved away"), ordering="reason")
    def why(self, farewell: Farewell) -> str:
        return farewell.get_reason_display() or "–"
