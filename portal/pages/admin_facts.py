"""What all pages share in the office: an owner, a date, and one tab for each language the municipality offers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db import models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.municipalities.access import municipalities_where
from portal.municipalities.admin_base import OwnMunicipalityFilter, ScopedTranslatableAdmin, ScopedTranslatableForm
from portal.municipalities.enums import Permission
from portal.municipalities.models import Municipality
from portal.pages.links import broken_links_of
from portal.pages.usage import uses, with_use_count
from portal.pages.verification import unowned

LANGUAGES = dict(settings.LANGUAGES)


def direction(language: str) -> str:
    return "rtl" if get_language_info(language)["bidi"] else "ltr"


def mark_language(fields: Sequence[forms.Field], language: str) -> None:
    """So that a text is written from its own side, spelled and read aloud in its own language."""
    for field in fields:
        field.widget.attrs |= {"lang": language, "dir": direction(language)}


class LocalDateTime(forms.DateTimeInput):
    """Day and hour in one field that browsers know how to fill in."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class SearchableCheckboxes(forms.CheckboxSelectMultiple):
    """All choices to be seen; with scripts also a field that shows only those with the words typed."""

    template_name = "admin/pages/widgets/checkboxes.html"

    class Media:
        js = (forms.Script("admin/text_editor.js", defer=True),)


class PageForm(ScopedTranslatableForm):
    """Texts say which language they are in; `only_preview` shows what was typed and saves nothing."""

    only_preview = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields = [self.fields[name] for name in self._translated_fields if name not in {"state", "publish_at"}]
        mark_language(fields, self.language_code)

    def is_valid(self) -> bool:
        return super().is_valid() and not self.only_preview


class OverdueFilter(admin.SimpleListFilter):
    """What somebody must check now, because letters and pages may not trust it."""

    title = _("checked")
    parameter_name = "checked"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("overdue", _("overdue")), ("in_time", _("in time"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in {"overdue", "in_time"}:
            return queryset
        overdue = queryset.overdue(clock.today())
        return overdue if self.value() == "overdue" else queryset.exclude(pk__in=overdue.values("pk"))


class OwnerFilter(admin.SimpleListFilter):
    """One's own, and what nobody looks after."""

    title = _("owner")
    parameter_name = "owner"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("me", _("me")), ("nobody", _("nobody"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "me":
            return queryset.filter(owner=request.user.pk)
        return unowned(queryset) if self.value() == "nobody" else queryset


class PageAdmin(ScopedTranslatableAdmin):
    """Edited by whoever edits content, in the languages of the municipality, its main language first."""

    form = PageForm
    default_change_form_template = "admin/pages/page_form.html"
    view_permission = Permission.CONTENT_EDIT
    change_permission = Permission.CONTENT_EDIT
    add_permission = Permission.CONTENT_EDIT
    delete_permission = Permission.CONTENT_EDIT
    list_filter: Any = (OwnMunicipalityFilter,)
    list_select_related: Any = ("municipality",)
    formfield_overrides = {
        models.URLField: {"assume_scheme": "https"},
        models.DateTimeField: {"form_class": forms.DateTimeField, "widget": LocalDateTime},
    }

    class Media:
        css = {"all": ("admin/pages.css",)}

    # --- Languages ---

    def _language(self, request: HttpRequest, obj: Any = None) -> str:
        """The tab that was chosen, else the municipality's main language."""
        chosen = request.GET.get(self.query_language_key, "")
        return chosen if chosen in LANGUAGES else self._town(request, obj).main_language

    def _town(self, request: HttpRequest, obj: Any) -> Municipality:
        if obj is not None:
            return obj.municipality
        own = municipalities_where(request.user, self.add_permission).filter(is_active=True)[:2]
        return own[0] if len(own) == 1 else Municipality()

    def get_language_tabs(self, request: HttpRequest, obj: Any, *args: Any, **kwargs: Any) -> Any:
        tabs = super().get_language_tabs(request, obj, *args, **kwargs)
        offered = self._town(request, obj).languages
        tabs[:] = [tab for tab in tabs if tab[2] in offered or tab[3] != "empty"]
        return tabs

    def own_page(self, request: HttpRequest, pk: Any) -> Any:
        """The row with this id, or 404 for whoever may not change it."""
        page = self.get_object(request, str(pk))
        if page is None or not self.has_change_permission(request, page):
            raise Http404
        return page

    def page_url(self, name: str) -> str:
        return f"admin:{self.opts.app_label}_{self.opts.model_name}_{name}"


class VerifiedFactAdmin(PageAdmin):
    list_filter = (OverdueFilter, OwnerFilter, OwnMunicipalityFilter)
    list_select_related = ("municipality", "owner")
    actions = ("verified_today",)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        obj = kwargs.get("obj")
        links = broken_links_of(obj) if obj else []
        return super().render_change_form(request, context | {"broken_links": links}, *args, **kwargs)

    @admin.display(description=_("verify by"), ordering="verified_on")
    def verify_by(self, fact: Any) -> date | None:
        return fact.verify_by

    @admin.display(description=_("in time"), boolean=True)
    def in_time(self, fact: Any) -> bool:
        return not fact.is_overdue

    @admin.action(description=_("I have checked these today: they are right"), permissions=["change"])
    def verified_today(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        count = queryset.update(verified_on=clock.today())
        self.message_user(request, _("%(count)d checked today.") % {"count": count}, messages.SUCCESS)


class _CountedList(ChangeList):
    def get_queryset(self, *args: Any, **kwargs: Any) -> QuerySet[Any]:
        return with_use_count(super().get_queryset(*args, **kwargs))


class UsedByReference:
    """A mixin for what pages refer to: where it is used stands in its list and on its page."""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return _CountedList

    @admin.display(description=_("used in"))
    def used_in(self, row: Any) -> int:
        return row.used_in

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        obj = kwargs.get("obj")
        response: HttpResponse = super().render_change_form(  # type: ignore[misc]  # a mixin for ModelAdmins
            request, context | {"uses": uses(obj) if obj else None}, *args, **kwargs
        )
        return response
