"""In the office: what people looked for and did not find."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from portal.municipalities.admin_base import OwnMunicipalityFilter, ScopedAdmin
from portal.municipalities.enums import Permission
from portal.search.models import MissedSearch


@admin.register(MissedSearch)
class MissedSearchAdmin(ScopedAdmin):
    """Read only. What fewer than three times was looked for is not shown, since it may tell who did."""

    view_permission = Permission.CONTENT_EDIT
    list_display = ("query", "language", "times", "last_on")
    list_filter = ("language", OwnMunicipalityFilter)
    search_fields = ("query",)
    fields = ("municipality", "query", "language", "times", "last_on")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[MissedSearch]:
        return super().get_queryset(request).shown()
