"""The office's pages about data: requests, holds, who has looked, and what it is all used for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.apps import apps
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.clock import add_months
from portal.enquiries.enums import MONTHS_KEPT
from portal.municipalities.access import has_permission
from portal.municipalities.admin_base import (
    OwnMunicipalityFilter,
    ScopedAdmin,
    ScopedTranslatableAdmin,
    ScopedTranslatableForm,
)
from portal.municipalities.enums import Permission
from privacy import access_log, erasure, purposes, record
from privacy.admin_households import HouseholdDataPages
from privacy.enums import Unit
from privacy.models import AccessEntry, ArchiveHold, ErasureRequest, Purpose
from privacy.my_page import through_which_page

# How far back what stands out is looked for.
DAYS_TO_LOOK_BACK = 7


@admin.register(ErasureRequest)
class ErasureRequestAdmin(HouseholdDataPages, ScopedAdmin):
    """Who wants to be forgotten, and by when. One button does it; at the deadline it happens by itself."""

    view_permission = Permission.PRIVACY_MANAGE
    erase_permission = Permission.PRIVACY_MANAGE
    personal = True
    list_display = ("about", "municipality", "state", "asked_on", "due_on", "ended_on")
    list_filter = ("state", OwnMunicipalityFilter)
    list_select_related = ("municipality", "household")
    fields = ("about", "municipality", "state", "asked_on", "due_on", "ended_on", "ended_by")
    readonly_fields = fields
    actions = ("erase_now",)
    change_list_template = "admin/privacy/erasurerequest/change_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[ErasureRequest]:
        shown = super().get_queryset(request).filter(Q(household=None) | Q(household__restricted=False))
        return shown.prefetch_related("household__persons")

    def has_erase_permission(self, request: HttpRequest) -> bool:
        return has_permission(request.user, self.erase_permission)

    @admin.display(description=_("household"))
    def about(self, asked: ErasureRequest) -> str:
        return asked.household.name if asked.household else str(_("erased"))

    @admin.action(description=_("Erase now"), permissions=["erase"])
    def erase_now(self, request: HttpRequest, queryset: QuerySet[ErasureRequest]) -> HttpResponse | None:
        waiting = [asked for asked in queryset if asked.household and not asked.ended_on]
        if not waiting:
            self.message_user(request, _("Choose requests that wait."), messages.WARNING)
            return None
        if "apply" not in request.POST:
            context = {
                **self.admin_site.each_context(request),
                "title": _("Erase for good?"),
                "opts": self.opts,
                "form": forms.Form(),
                "action": "erase_now",
                "chosen": [(asked.pk, self.about(asked)) for asked in waiting],
                "button": _("Erase them"),
            }
            return TemplateResponse(request, "admin/ask_first.html", context)
        self._erase(request, waiting)
        return None

    def _erase(self, request: HttpRequest, waiting: list[ErasureRequest]) -> None:
        erased = 0
        for asked in waiting:
            try:
                erasure.erase(household=asked.household, by=request.user, on=clock.today(), asked=asked)
            except erasure.ErasureRefused as error:
                self.message_user(request, str(error), messages.ERROR)
                continue
            self.log_change(request, asked, "")
            erased += 1
        if erased:
            self.message_user(request, _("%(count)d erased.") % {"count": erased}, messages.SUCCESS)


@admin.register(ArchiveHold)
class ArchiveHoldAdmin(ScopedAdmin):
    """What the law on archives says must stay. Deleting the hold lets it go in time again."""

    view_permission = Permission.PRIVACY_MANAGE
    add_permission = Permission.PRIVACY_MANAGE
    delete_permission = Permission.PRIVACY_MANAGE
    personal = True
    list_display = ("about", "municipality", "reason", "by", "created_at")
    list_filter = (OwnMunicipalityFilter,)
    list_select_related = ("municipality", "household", "by")
    fields = ("municipality", "household", "reason")
    raw_id_fields = ("household",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ArchiveHold]:
        shown = super().get_queryset(request).filter(household__restricted=False)
        return shown.prefetch_related("household__persons")

    @admin.display(description=_("household"))
    def about(self, hold: ArchiveHold) -> str:
        return hold.household.name

    def save_model(self, request: HttpRequest, obj: ArchiveHold, form: Any, change: bool) -> None:
        obj.by = request.user
        super().save_model(request, obj, form, change)


class StandsOutFilter(admin.SimpleListFilter):
    """More households in an hour than work needs, or many that a colleague has."""

    title = _("what stands out")
    parameter_name = "stands_out"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("week", _("in the last 7 days"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        own = AccessEntryAdmin(AccessEntry, admin.site).visible_municipalities(request)
        hours = access_log.unusual(own, since=timezone.now() - timedelta(days=DAYS_TO_LOOK_BACK))
        found = Q(pk__in=[])
        for each in hours[:50]:
            found |= Q(user=each.user, created_at__gte=each.start, created_at__lt=each.start + access_log.AN_HOUR)
        return queryset.filter(found)


@admin.register(AccessEntry)
class AccessEntryAdmin(ScopedAdmin):
    """Who has opened what. Nobody changes it."""

    view_permission = Permission.ACCESS_LOG_VIEW
    list_display = ("created_at", "user", "role", "kind", "through", "is_outside", "household_page")
    list_filter = (StandsOutFilter, "kind", "role", "is_outside", OwnMunicipalityFilter)
    list_select_related = ("user", "municipality")
    date_hierarchy = "created_at"
    search_fields = ("user__name", "user__email")
    fields = ("created_at", "municipality", "user", "role", "kind", "through", "is_outside", "household_page")
    readonly_fields = fields

    @admin.display(description=_("through"))
    def through(self, entry: AccessEntry) -> str:
        """The page by what it shows, as the office calls it."""
        try:
            opts = apps.get_model(*entry.page.removeprefix("admin:").split("_")[:2])._meta
        except (LookupError, ValueError, TypeError):
            return through_which_page(entry.page)
        if entry.page.endswith("_changelist"):
            return gettext("in a list: %(what)s") % {"what": opts.verbose_name_plural}
        return str(opts.verbose_name)

    @admin.display(description=_("household"))
    def household_page(self, entry: AccessEntry) -> SafeString | str:
        """By its number: whoever needs the name opens the page, and that is written down."""
        if entry.household_ref is None:
            return "–"
        url = reverse("admin:newcomers_household_change", args=[entry.household_ref])
        return format_html('<a href="{}">{}</a>', url, str(entry.household_ref)[:8])


class PurposeForm(ScopedTranslatableForm):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        on = clock.today()
        term = Purpose(keep_for=cleaned.get("keep_for") or 1, unit=cleaned.get("unit") or Unit.DAYS)
        # The nightly job empties them then, whatever stands here (portal.enquiries.retention).
        if self.instance.code == "questions" and term.last_day(on) < add_months(on, -MONTHS_KEPT):
            self.add_error("keep_for", ValidationError(_("Questions are kept for 12 months at most.")))
        return cleaned


@admin.register(Purpose)
class PurposeAdmin(ScopedTranslatableAdmin):
    """What data is used for, by which law, and until when: the privacy page and the record are made from it."""

    form = PurposeForm
    view_permission = Permission.PRIVACY_MANAGE
    change_permission = Permission.PRIVACY_MANAGE
    list_display = (
        "__str__",
        "municipality",
        "basis",
        "decided_law",
        "keep_for",
        "unit",
        "is_active",
        "version",
        "changed_on",
    )
    list_filter = ("is_active", OwnMunicipalityFilter)
    list_select_related = ("municipality",)
    readonly_fields = ("municipality", "version", "changed_on")
    fields = (
        "municipality", "title", "text", "data", "source", "recipients", "basis", "law", "keep_for", "unit", "until",
        "is_active", "order", "version", "changed_on",
    )  # fmt: skip
    change_list_template = "admin/privacy/purpose/change_list.html"

    @admin.display(description=_("law behind it"))
    def decided_law(self, purpose: Purpose) -> str:
        """The public page shows the law alone; that it is only our suggestion is for those who decide."""
        if purposes.is_law_undecided(purpose):
            return gettext("%(law)s To decide: the law is only suggested.") % {"law": purpose.law}
        return purpose.law or "–"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        return (*fields, "keep_for", "unit") if obj and obj.code in purposes.fixed_terms() else fields

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        purposes.keep_version(form.instance, on=clock.today())

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(f"record{ending}", self.admin_site.admin_view(view), name=f"privacy_purpose_record_{kind}")
            for kind, ending, view in [
                ("page", "/", self.record_page), ("csv", ".csv", self.record_csv), ("pdf", ".pdf", self.record_pdf),
            ]
        ]  # fmt: skip
        return [*own, *super().get_urls()]

    def _own_town(self, request: HttpRequest) -> Any:
        """The municipality that is asked for, or one's first."""
        own = self.visible_municipalities(request).filter(is_active=True)
        town = own.filter(code=request.GET.get("municipality", "")).first() or own.first()
        return town or self._get_obj_does_not_exist_redirect(request, self.opts, "")

    def record_page(self, request: HttpRequest) -> HttpResponse:
        town = self._own_town(request)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Record of processing activities"),
            "opts": self.opts,
            "town": town,
            "towns": self.visible_municipalities(request).filter(is_active=True),
            "entries": record.entries(town),
        }
        return TemplateResponse(request, "admin/privacy/purpose/record.html", context)

    def record_csv(self, request: HttpRequest) -> HttpResponse:
        town = self._own_town(request)
        return self._file(record.as_csv(town), "text/csv; charset=utf-8", f"{town.slug}-record.csv")

    def record_pdf(self, request: HttpRequest) -> HttpResponse:
        town = self._own_town(request)
        return self._file(record.as_pdf(town, clock.today()), "application/pdf", f"{town.slug}-record.pdf")

    def _file(self, content: bytes, content_type: str, name: str) -> HttpResponse:
        response = HttpResponse(content, content_type=content_type)
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
