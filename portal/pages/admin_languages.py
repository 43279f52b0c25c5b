"""Two languages side by side; and which pages are missing or outdated in which language."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from portal.municipalities.access import municipalities_where
from portal.municipalities.admin_base import ScopedForm
from portal.municipalities.models import Municipality
from portal.pages.admin_editor import MarkdownField
from portal.pages.admin_facts import LANGUAGES, LocalDateTime, direction, mark_language
from portal.pages.gaps import TextStatus, coverage, gaps, status_of
from portal.pages.history import Change, save_text

GAPS_PER_PAGE = 100
_WIDGETS = {
    "body": lambda: MarkdownField(attrs={"rows": 18}),
    "summary": lambda: forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
    "text": lambda: forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
    "publish_at": LocalDateTime,
}


def note_source(text: Any, page: Any, source_language: str) -> None:
    """Note that a text says what the source says now. Nothing to note for names and steps, or without a source."""
    if not hasattr(text, "source_version") or text.language_code == source_language:
        return
    source = next((row for row in page.translations.all() if row.language_code == source_language), None)
    if source is not None:
        text.source_language, text.source_version = source_language, source.version


class SideBySideView:
    """A mixin for admins of texts: the source to read, the translation to write."""

    default_change_form_template = "admin/pages/sidebyside_form.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.side_by_side)
        name = self.page_url("side_by_side").removeprefix("admin:")
        return [path("<uuid:pk>/side-by-side/", view, name=name), *super().get_urls()]

    def side_by_side(self, request: HttpRequest, pk: Any) -> HttpResponse:
        page = self.own_page(request, pk)
        source_code, target_code = _chosen(request, page.municipality)
        rows = {row.language_code: row for row in page.translations.all()}
        source, target = rows.get(source_code), rows.get(target_code)
        if request.method == "POST" and "up_to_date" in request.POST and source and target:
            return self._up_to_date(request, page, target, source_code)
        form = self._translation_form(request, page, target, target_code)
        if request.method == "POST" and "_preview" not in request.POST and form.is_valid():
            return self._save(request, page, form.save(commit=False), source_code)
        status = status_of(target, rows)
        context = {
            **self.admin_site.each_context(request),
            "title": _("%(page)s in two languages") % {"page": page}, "opts": self.opts, "page": page, "form": form,
            "media": form.media, "source_code": source_code, "source_name": LANGUAGES[source_code],
            "source_direction": direction(source_code), "target_code": target_code,
            "target_name": LANGUAGES[target_code], "languages": _offered(page.municipality), "status": status,
            "source": [(label, getattr(source, name)) for name, label in self._words()] if source else None,
            "may_be_checked": source is not None and status == TextStatus.OUTDATED,
            "change_url": reverse(self.page_url("change"), args=[page.pk]),
        }  # fmt: skip
        return TemplateResponse(request, "admin/pages/side_by_side.html", context)

    def _words(self) -> list[tuple[str, Any]]:
        texts = self.model._parler_meta.root_model
        names = getattr(texts, "WORDS", texts.get_translated_fields())
        return [(name, texts._meta.get_field(name).verbose_name) for name in names]

    def _translation_form(self, request: HttpRequest, page: Any, target: Any, language: str) -> Any:
        texts = self.model._parler_meta.root_model
        words = [name for name, _label in self._words()]
        states = [name for name in ("state", "publish_at") if name in texts.get_translated_fields()]
        widgets = {name: make() for name, make in _WIDGETS.items() if name in words or name in states}
        form_class = forms.modelform_factory(texts, form=ScopedForm, fields=[*words, *states], widgets=widgets)
        instance = target or texts(master=page, language_code=language)
        form = form_class(request.POST if request.method == "POST" else None, instance=instance)
        for field in form.fields.values():
            field.widget.attrs.setdefault("class", "vTextField")
        mark_language([form.fields[name] for name in words], language)
        return form

    def _save(self, request: HttpRequest, page: Any, text: Any, source_code: str) -> HttpResponse:
        note_source(text, page, source_code)
        _save(text, request.user)
        messages.success(request, _("Saved. The translation is noted as up to date."))
        return redirect(request.get_full_path())

    def _up_to_date(self, request: HttpRequest, page: Any, text: Any, source_code: str) -> HttpResponse:
        note_source(text, page, source_code)
        _save(text, request.user, Change.CHECKED)
        messages.success(request, _("Noted: this translation says what the source says now."))
        return redirect(request.get_full_path())


def _save(text: Any, by: Any, change: Change | None = None) -> None:
    if hasattr(text, "WORDS"):
        save_text(text, by, change)
    else:
        text.save()


def _chosen(request: HttpRequest, municipality: Municipality) -> tuple[str, str]:
    """From which language into which; the main language is the source unless one says otherwise."""
    offered = municipality.languages or [municipality.main_language]
    source = request.GET.get("from", "")
    source = source if source in LANGUAGES else offered[0]
    target = request.GET.get("to", "")
    if target not in LANGUAGES or target == source:
        target = next((code for code in [*offered, *LANGUAGES] if code != source), source)
    return source, target


def _offered(municipality: Municipality) -> list[tuple[str, Any]]:
    return [(code, LANGUAGES[code]) for code in municipality.languages if code in LANGUAGES]


def chosen_town(request: HttpRequest, model_admin: Any) -> tuple[Municipality | None, list[Municipality]]:
    """The municipality a page of the whole office is about, and those it could be about."""
    own = list(municipalities_where(request.user, model_admin.change_permission).filter(is_active=True))
    code = request.GET.get("municipality")
    return next((town for town in own if town.code == code), own[0] if own else None), own


class GapsView:
    """A mixin: the report of a municipality, each cell a way to the two languages side by side."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_safe(self.gaps))
        return [path("languages/", view, name="pages_gaps"), *super().get_urls()]

    def gaps(self, request: HttpRequest) -> HttpResponse:
        town, own = chosen_town(request, self)
        if town is None or not self.has_change_permission(request):
            raise PermissionDenied
        found = gaps(town)
        only_gaps = request.GET.get("show") == "gaps"
        listed = [gap for gap in found if not gap.is_complete] if only_gaps else found
        page = Paginator(listed, GAPS_PER_PAGE).get_page(request.GET.get("page"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Languages in %(municipality)s") % {"municipality": town},
            "opts": self.opts, "town": town, "own": own, "only_gaps": only_gaps, "page": page,
            "languages": _offered(town), "rows": [_row(gap, town.main_language) for gap in page],
            "figures": [(figure, LANGUAGES.get(figure.language, figure.language)) for figure in coverage(found)],
        }  # fmt: skip
        return TemplateResponse(request, "admin/pages/gaps.html", context)


def _row(gap: Any, main: str) -> dict[str, Any]:
    """The main language is edited on the page itself, the others beside it."""
    change = reverse(f"admin:pages_{gap.kind}_change", args=[gap.pk])
    beside = reverse(f"admin:pages_{gap.kind}_side_by_side", args=[gap.pk])
    cells = [
        {
            "status": status,
            "language": LANGUAGES.get(code, code),
            "url": f"{change}?language={code}" if code == main else f"{beside}?from={main}&to={code}",
        }
        for code, status in gap.cells
    ]
    return {"gap": gap, "url": change, "cells": cells}
