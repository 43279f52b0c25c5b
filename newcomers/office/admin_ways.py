"""Ways in, in the office: posters, links and partners, and how many each has led here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from newcomers.models import WayIn
from portal.municipalities.admin_base import OwnMunicipalityFilter, ScopedAdmin
from portal.municipalities.enums import Permission

LANGUAGES = dict(settings.LANGUAGES)


@admin.register(WayIn)
class WayInAdmin(ScopedAdmin):
    """A way in is taken out of use, not deleted: what came by it stays counted."""

    view_permission = Permission.HOUSEHOLD_VIEW
    change_permission = Permission.HOUSEHOLD_CHANGE
    add_permission = Permission.HOUSEHOLD_CHANGE
    list_display = ("name", "code", "registered", "link", "is_active", "municipality")
    list_filter = ("is_active", OwnMunicipalityFilter)
    list_select_related = ("municipality",)
    search_fields = ("name", "code")
    prepopulated_fields = {"code": ("name",)}  # as Django has it
    fields = ("municipality", "name", "code", "is_active", "registered", "posters")
    readonly_fields = ("registered", "posters")

    def get_queryset(self, request: HttpRequest) -> QuerySet[WayIn]:
        counted = Count("households", filter=Q(households__restricted=False))
        return super().get_queryset(request).annotate(registered=counted)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A code that hangs on a wall stays what it is."""
        fields = super().get_readonly_fields(request, obj)
        return (*fields, "code") if obj else fields

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if obj else dict(self.prepopulated_fields)

    @admin.display(description=_("households that came by it"), ordering="registered")
    def registered(self, way: WayIn) -> int:
        return getattr(way, "registered", 0)

    @admin.display(description=_("link to copy"))
    def link(self, way: WayIn) -> SafeString:
        return format_html("<code>{}</code>", _link(way, way.municipality.main_language))

    @admin.display(description=_("links and posters"))
    def posters(self, way: WayIn) -> str | SafeString:
        if way._state.adding:
            return gettext("As soon as it is saved.")
        return format_html_join(
            "", '<p>{}: <code>{}</code> · <a href="{}">{}</a> · <a href="{}">{}</a></p>', _lines(way)
        )


def _lines(way: WayIn) -> Iterator[tuple[Any, ...]]:
    """For each language: the link, the poster and the code."""
    slug = way.municipality.slug
    for language in way.municipality.languages:
        with translation.override(language):
            query = urlencode({"page": reverse("newcomers:register", args=[slug]), "from": way.code})
            poster, code = (f"{reverse(name, args=[slug])}?{query}" for name in ("pages:poster", "pages:qr"))
        yield LANGUAGES[language], _link(way, language), poster, gettext("Poster (PDF)"), code, gettext("QR code")


def _link(way: WayIn, language: str) -> str:
    with translation.override(language):
        path = reverse("newcomers:register", args=[way.municipality.slug])
    return f"{settings.SITE_URL}{path}?{urlencode({'from': way.code})}"
