"""Links in the office: which lead nowhere, since when, and where they stand."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from portal.municipalities.admin_base import OwnMunicipalityFilter, ScopedAdmin
from portal.municipalities.enums import Permission
from portal.pages.enums import LinkProblem
from portal.pages.links import places
from portal.pages.models import Link
from portal.pages.tasks import check_links_again


class BrokenFilter(admin.SimpleListFilter):
    title = _("answer")
    parameter_name = "answer"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("broken", _("broken")), ("once", _("failed once")), ("well", _("well"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Link]) -> QuerySet[Link]:
        if self.value() == "broken":
            return queryset.filter(broken_since__isnull=False)
        if self.value() == "once":
            return queryset.filter(broken_since=None).exclude(problem="")
        return queryset.filter(problem="") if self.value() == "well" else queryset


class _ListWithPlaces(ChangeList):
    """Each link knows where it stands: looked up once for the whole page."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        found = places({link.municipality_id for link in self.result_list})
        for link in self.result_list:
            link.places = found[link.municipality_id][link.url]


@admin.register(Link)
class LinkAdmin(ScopedAdmin):
    """Written by the nightly look at all texts alone."""

    view_permission = Permission.CONTENT_EDIT
    list_display = ("url", "what_is_wrong", "broken_since", "stands_in", "checked_at", "municipality")
    list_filter = (BrokenFilter, OwnMunicipalityFilter)
    list_select_related = ("municipality",)
    search_fields = ("url",)
    ordering = (F("broken_since").desc(nulls_last=True), "url")
    fields = ("visit", "what_is_wrong", "status", "broken_since", "checked_at", "stands_in", "municipality")
    readonly_fields = fields
    actions = ("check_again",)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return _ListWithPlaces

    @admin.display(description=_("address"))
    def visit(self, link: Link) -> SafeString:
        return format_html('<a href="{}" rel="noopener noreferrer">{}</a>', link.url, link.url)

    @admin.display(description=_("problem"), ordering="problem", empty_value="")
    def what_is_wrong(self, link: Link) -> str:
        return str(LinkProblem(link.problem).label) if link.problem else ""

    @admin.display(description=_("stands in"))
    def stands_in(self, link: Link) -> SafeString:
        """The pages, steps and contact points with this link, each a way to where it is mended."""
        rows = (
            link.places if hasattr(link, "places") else places([link.municipality_id])[link.municipality_id][link.url]
        )
        return format_html_join(", ", '<a href="{}">{}</a>', ((_edit_url(row), row) for row in rows))

    @admin.action(description=_("Look again now"), permissions=["view"])
    def check_again(self, request: HttpRequest, queryset: QuerySet[Link]) -> None:
        check_links_again.delay_on_commit([str(pk) for pk in queryset.values_list("pk", flat=True)])
        self.message_user(
            request, _("We are looking. Open the list again in a minute; it shows what we found."), messages.SUCCESS
        )


def _edit_url(row: Any) -> str:
    return reverse(f"admin:pages_{row._meta.model_name}_change", args=[row.pk])
