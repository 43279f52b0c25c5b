"""The way from a text in the office to its poster and its code."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.pages.admin_facts import LANGUAGES
from portal.pages.poster import poster_links


class PosterLinks:
    """Adds `posters`, a line for each language in which people can read the page."""

    readonly_fields = ("posters",)

    @admin.display(description=gettext_lazy("posters"))
    def posters(self, page: Any) -> str | SafeString:
        links = [] if page._state.adding else poster_links(page)
        if not links:
            return _("As soon as readers see the page.")
        return format_html_join(
            "", '<p>{}: <a href="{}">{}</a> · <a href="{}">{}</a></p>',
            (
                (LANGUAGES[link.language], link.poster_url, _("Poster (PDF)"), link.code_url, _("QR code"))
                for link in links
            ),
        )  # fmt: skip
