"""Service information and articles: each language with its own state, history and origin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from portal.municipalities.admin_base import OwnMunicipalityFilter
from portal.pages.admin_copies import CopyView, OriginView
from portal.pages.admin_editor import MarkdownField, PreviewView
from portal.pages.admin_facts import LANGUAGES, OverdueFilter, OwnerFilter, SearchableCheckboxes, VerifiedFactAdmin
from portal.pages.admin_history import ChangesView, VersionsView
from portal.pages.admin_languages import GapsView, SideBySideView, note_source
from portal.pages.admin_posters import PosterLinks
from portal.pages.copies import changed_at_origin
from portal.pages.enums import PublishState
from portal.pages.gaps import TextStatus, outdated, status_of
from portal.pages.history import sign
from portal.pages.models import Article, ServiceInfo


class TextFilter(admin.SimpleListFilter):
    """Pages with a text that waits for somebody."""

    title = _("texts")
    parameter_name = "texts"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("draft", _("with a draft")), ("outdated", _("with an outdated translation"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "draft":
            texts = queryset.model._parler_meta.root_model.objects.filter(state=PublishState.DRAFT)
            return queryset.filter(pk__in=texts.values("master"))
        if self.value() == "outdated":
            return queryset.filter(pk__in=outdated(queryset.model).values("page"))
        return queryset


class TextAdmin(PosterLinks, VersionsView, SideBySideView, OriginView, VerifiedFactAdmin):
    change_list_template = "admin/pages/text_list.html"
    default_change_form_template = "admin/pages/text_form.html"
    list_filter = (TextFilter, OverdueFilter, OwnerFilter, OwnMunicipalityFilter)
    list_select_related = ("municipality", "owner", "origin__municipality")
    fields_of_page: tuple[str, ...] = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("origin__translations")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What is new is nobody's to read until its writer says so."""
        return {"state": PublishState.DRAFT} | super().get_changeform_initial_data(request)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return (
            (None, {"fields": (*self.fields_of_page, "title", "summary", "body")}),
            (_("When readers see this language"), {"fields": ("state", "publish_at")}),
            (_("In all languages"), {"fields": ("picture", "contacts", "owner", "verified_on", "verify_every")}),
            (_("To hang up"), {"fields": ("posters",)}),
        )

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "body":
            kwargs["widget"] = MarkdownField(attrs={"rows": 18})
        if db_field.name == "summary":
            kwargs["widget"] = AdminTextareaWidget(attrs={"rows": 3})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_manytomany(db_field, request, widget=SearchableCheckboxes, **kwargs)

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, **kwargs)
        form.only_preview = "_preview" in request.POST
        return form

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """A text knows who changed it, and from which text it was made."""
        text = obj.get_translation(form.language_code)
        if text.is_modified:
            sign(text, request.user)
            if change and not text.source_language:
                note_source(text, obj, obj.municipality.main_language)
        super().save_model(request, obj, form, change)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        page = kwargs.get("obj")
        changed = [(code, LANGUAGES[code]) for code in changed_at_origin(page)] if page else []
        return super().render_change_form(request, context | {"changed_at_origin": changed}, *args, **kwargs)

    # --- In the list ---

    @admin.display(description=_("languages"))
    def states(self, page: Any) -> SafeString:
        """Each language of the municipality: shown, or what is the matter."""
        rows = {row.language_code: row for row in page.translations.all()}
        address = reverse(self.page_url("change"), args=[page.pk])
        chips = [_chip(address, code, status_of(rows.get(code), rows)) for code in page.municipality.languages]
        return format_html_join(" ", "{}", ((chip,) for chip in chips))

    @admin.display(description=_("copied from"))
    def copied_from(self, page: Any) -> str | SafeString:
        if page.origin is None:
            return ""
        if not (languages := changed_at_origin(page)):
            return str(page.origin.municipality)
        return format_html(
            '{}<br><a href="{}?language={}">{}: {}</a>', page.origin.municipality,
            reverse(self.page_url("origin"), args=[page.pk]), languages[0], _("changed there"),
            ", ".join(code.upper() for code in languages),
        )  # fmt: skip


def _chip(address: str, code: str, status: TextStatus) -> SafeString:
    """The code alone when all is well; else also the word, which is read aloud in both cases."""
    kind = "visually-hidden" if status == TextStatus.PUBLISHED else "text-state__word"
    return format_html(
        '<a class="text-state text-state--{}" href="{}?language={}">{} <span class="{}">{}</span></a>',
        status, address, code, code.upper(), kind, status.label,
    )  # fmt: skip


@admin.register(ServiceInfo)
class ServiceInfoAdmin(PreviewView, GapsView, ChangesView, CopyView, TextAdmin):
    """Its address also holds what is about all texts: languages, changes, copies, the preview."""

    list_display = ("__str__", "topic", "states", "copied_from", "owner", "verify_by", "in_time", "municipality")
    search_fields = ("topic", "translations__title", "translations__summary")
    fields_of_page = ("municipality", "topic")


@admin.register(Article)
class ArticleAdmin(TextAdmin):
    list_display = ("__str__", "kind", "states", "copied_from", "owner", "verify_by", "in_time", "municipality")
    list_filter = ("kind", *TextAdmin.list_filter)
    search_fields = ("slug", "translations__title", "translations__summary")
    fields_of_page = ("municipality", "kind", "slug")
