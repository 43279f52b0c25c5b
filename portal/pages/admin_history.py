"""The versions of a text and what differs between two of them; and who changed what in all texts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from portal.pages.admin_facts import LANGUAGES, direction
from portal.pages.history import Entry, change_of, changes, difference, restore

VERSIONS_PER_PAGE = 25


class VersionsView:
    """A mixin for admins of texts with a history."""

    def get_urls(self) -> list[URLPattern]:
        views = [("versions", require_safe(self.versions)), ("restore", require_POST(self.restore_version))]
        return [
            path(
                f"<uuid:pk>/{name}/", self.admin_site.admin_view(view), name=self.page_url(name).removeprefix("admin:")
            )
            for name, view in views
        ] + super().get_urls()

    def _versions_of(self, page: Any, language: str) -> Any:
        texts = self.model._parler_meta.root_model
        return texts.history.filter(master_id=page.pk, language_code=language).select_related("history_user")

    def versions(self, request: HttpRequest, pk: Any) -> HttpResponse:
        page = self.own_page(request, pk)
        language = self._language(request, page)
        rows = self._versions_of(page, language)
        listed = Paginator(rows.defer("body"), VERSIONS_PER_PAGE).get_page(request.GET.get("page"))
        for row in listed:
            row.change = change_of(row.history_change_reason, row.history_type)
        chosen = [self._version(rows, request.GET.get(name)) for name in ("old", "new")]
        newest = [row.pk for row in listed[:2]]
        old = chosen[0] or (rows.filter(pk=newest[-1]).first() if newest else None)
        new = chosen[1] or (rows.filter(pk=newest[0]).first() if newest else None)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Versions of %(page)s") % {"page": page},
            "opts": self.opts, "page": page, "language": language, "language_name": LANGUAGES[language],
            "direction": direction(language), "tabs": self.text_tabs(page, language, "versions"),
            "versions": listed, "old": old, "new": new, "differences": _differences(self.model, old, new),
        }  # fmt: skip
        return TemplateResponse(request, "admin/pages/versions.html", context)

    def _version(self, rows: Any, pk: Any) -> Any:
        """The version that was asked for, None when none was; 404 when it is another text's."""
        if not pk:
            return None
        row = rows.filter(pk=pk).first() if str(pk).isdecimal() and len(str(pk)) < 10 else None
        if row is None:
            raise Http404
        return row

    def restore_version(self, request: HttpRequest, pk: Any) -> HttpResponse:
        page = self.own_page(request, pk)
        language = request.POST.get("language", "")
        earlier = self._version(self._versions_of(page, language), request.POST.get("version") or "none")
        texts = self.model._parler_meta.root_model
        text = texts.objects.filter(master=page, language_code=language).first()
        restore(text or texts(master=page, language_code=language, state=earlier.state), earlier, request.user)
        message = _("The words of version %(number)s are back, as a new version.") % {"number": earlier.version}
        messages.success(request, message)
        return redirect(f"{reverse(self.page_url('versions'), args=[page.pk])}?language={language}")

    def text_tabs(self, page: Any, current: str, view: str) -> list[dict[str, Any]]:
        """A link for each language of the municipality, and for each that has a text all the same."""
        written = [text.language_code for text in page.translations.all()]
        codes = list(dict.fromkeys([*page.municipality.languages, *written, current]))
        address = reverse(self.page_url(view), args=[page.pk])
        return [
            {
                "code": code,
                "url": f"{address}?language={code}",
                "name": LANGUAGES.get(code, code),
                "is_current": code == current,
            }
            for code in codes
        ]


def _differences(model: Any, old: Any, new: Any) -> list[dict[str, Any]]:
    if old is None or new is None:
        return []
    texts = model._parler_meta.root_model
    return [
        {
            "label": texts._meta.get_field(name).verbose_name,
            "pieces": difference(getattr(old, name), getattr(new, name)),
            "is_same": getattr(old, name) == getattr(new, name),
        }
        for name in texts.WORDS
    ]


class ChangesView:
    """A mixin: all texts of one's municipalities, the newest change first."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_safe(self.changes))
        return [path("changes/", view, name="pages_changes"), *super().get_urls()]

    def changes(self, request: HttpRequest) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        found = changes(self.visible_municipalities(request), request.GET.get("page", 1))
        rows = [
            {"entry": entry, "language": LANGUAGES.get(entry.language, entry.language), "url": _versions_url(entry)}
            for entry in found
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Who changed what"), "opts": self.opts, "page": found, "rows": rows,
        }  # fmt: skip
        return TemplateResponse(request, "admin/pages/changes.html", context)


def _versions_url(entry: Entry) -> str:
    return f"{reverse(f'admin:pages_{entry.kind}_versions', args=[entry.page_id])}?language={entry.language}"
