"""Copying pages of another municipality, and what to do when the page one copied has changed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from portal.municipalities.models import Municipality
from portal.pages.admin_facts import LANGUAGES, direction
from portal.pages.admin_languages import chosen_town
from portal.pages.copies import copy_pages, keep_ours, origin_is_newer, origin_texts, readable_pages, take_new
from portal.pages.history import difference
from portal.pages.models import Article, ServiceInfo, Step
from portal.pages.texts import text_in

_KIND_NAMES = {
    "topics": ServiceInfo._meta.verbose_name,
    "articles": Article._meta.verbose_name_plural,
    "steps": Step._meta.verbose_name_plural,
}


class OriginView:
    """A mixin for admins of texts that may be copies."""

    def get_urls(self) -> list[URLPattern]:
        view, name = self.admin_site.admin_view(self.origin), self.page_url("origin").removeprefix("admin:")
        return [path("<uuid:pk>/origin/", view, name=name), *super().get_urls()]

    def origin(self, request: HttpRequest, pk: Any) -> HttpResponse:
        page = self.own_page(request, pk)
        language, theirs = self._language(request, page), origin_texts(page)
        ours = next((text for text in page.translations.all() if text.language_code == language), None)
        new = theirs.get(language)
        if ours is None or new is None:
            raise Http404
        if request.method == "POST":
            return self._decide(request, page, ours, new)
        context = {
            **self.admin_site.each_context(request),
            "title": _("%(page)s: ours and theirs") % {"page": page}, "opts": self.opts, "page": page,
            "language_name": LANGUAGES[language], "language": language, "direction": direction(language),
            "is_newer": origin_is_newer(ours, theirs), "ours": ours,
            "tabs": [tab for tab in self.text_tabs(page, language, "origin") if tab["code"] in theirs],
            "differences": [
                {"label": ours._meta.get_field(name).verbose_name, "is_same": getattr(ours, name) == getattr(new, name),
                 "pieces": difference(getattr(ours, name), getattr(new, name))}
                for name in ours.WORDS
            ],
        }  # fmt: skip
        return TemplateResponse(request, "admin/pages/origin.html", context)

    def _decide(self, request: HttpRequest, page: Any, ours: Any, new: Any) -> HttpResponse:
        if "take" in request.POST:
            take_new(ours, new, request.user)
            messages.success(request, _("The new text is here, as a draft. Read it, and publish it."))
        else:
            keep_ours(ours, new, request.user)
            messages.success(request, _("Your text stays as it is."))
        return redirect(f"{reverse(self.page_url('change'), args=[page.pk])}?language={ours.language_code}")


class CopyForm(forms.Form):
    """First from where to where, then which pages."""

    source = forms.ModelChoiceField(label=_("From"), queryset=Municipality.objects.none())
    target = forms.ModelChoiceField(label=_("To"), queryset=Municipality.objects.none())

    def __init__(self, *args: Any, own: list[Municipality], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        active = Municipality.objects.filter(is_active=True)
        self.fields["target"].queryset = active.filter(pk__in=[town.pk for town in own])
        self.fields["source"].queryset = active if len(own) > 1 else active.exclude(pk__in=[town.pk for town in own])
        if len(own) == 1:
            self.fields["target"].initial = own[0].pk

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("source") and cleaned.get("source") == cleaned.get("target"):
            self.add_error("source", _("A municipality cannot copy its own pages."))
        return cleaned


class CopyView:
    """A mixin: choose a municipality (GET), see its pages, copy those that are ticked (POST)."""

    def get_urls(self) -> list[URLPattern]:
        return [path("copy/", self.admin_site.admin_view(self.copy), name="pages_copy"), *super().get_urls()]

    def copy(self, request: HttpRequest) -> HttpResponse:
        _town, own = chosen_town(request, self)
        if not own or not self.has_add_permission(request):
            raise PermissionDenied
        form = CopyForm(request.GET if "source" in request.GET else None, own=own)
        chosen = form.is_bound and form.is_valid()
        if chosen and request.method == "POST":
            return self._copy(request, form.cleaned_data)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Copy pages from another municipality"), "opts": self.opts, "form": form,
            "kinds": _choices(**form.cleaned_data) if chosen else None, "chosen": form.cleaned_data if chosen else {},
        }  # fmt: skip
        return TemplateResponse(request, "admin/pages/copy.html", context)

    def _copy(self, request: HttpRequest, chosen: dict[str, Municipality]) -> HttpResponse:
        source, target = chosen["source"], chosen["target"]
        offered = {str(page.pk): page.pk for _kind, pages in readable_pages(source) for page in pages}
        only = [offered[pk] for pk in request.POST.getlist("page") if pk in offered]
        report = copy_pages(source=source, target=target, by=request.user, only=only)
        if not report.copied:
            messages.warning(request, _("Nothing was copied: tick at least one page that you do not have."))
            return redirect(request.get_full_path())
        said = ngettext("%(count)d page was copied.", "%(count)d pages were copied.", len(report.copied))
        advice = _(
            "Its texts are drafts: read them, take out what is true of %(municipality)s alone, add your own contact"
            " points and pictures, and publish. Steps have no drafts, and are shown at once."
        ) % {"municipality": source}
        messages.success(request, f"{said % {'count': len(report.copied)}} {advice}")
        return redirect("admin:pages_serviceinfo_changelist")


def _choices(source: Municipality, target: Municipality) -> list[dict[str, Any]]:
    """Every page of the source that everyone can read, and whether it can be copied. Drafts are its own."""
    report = copy_pages(source=source, target=target, by=None, dry_run=True)
    language = get_language() or source.main_language
    kinds = []
    for kind, pages in readable_pages(source):
        rows = [
            {"page": page, "name": text.title, "is_there": f"{kind}: {page}" in report.left_alone,
             "can_be_copied": f"{kind}: {page}" in report.copied}
            for page in pages
            if (text := text_in(page, language, source.main_language))
        ]  # fmt: skip
        kinds.append({"name": _KIND_NAMES[kind], "rows": rows})
    return [kind for kind in kinds if kind["rows"]]
