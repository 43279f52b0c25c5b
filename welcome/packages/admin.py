"""Partners, gifts, plans and runs in the office."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from newcomers.models import Household
from portal import clock
from portal.documents.enums import JobState
from portal.documents.models import PrintJob
from portal.municipalities.access import has_permission, municipalities_where
from portal.municipalities.admin_base import (
    OwnMunicipalityFilter,
    ScopedAdmin,
    ScopedForm,
    ScopedTranslatableAdmin,
    ScopedTranslatableForm,
)
from portal.municipalities.enums import Permission
from welcome.letters.admin import pdf_response
from welcome.packages import office, run_page, services, stock
from welcome.packages.models import Gift, PackagePlan, PackageRun, Partner
from welcome.packages.runs import RunError


class PackagesAdmin(ScopedAdmin):
    view_permission = Permission.PACKAGES_VIEW
    change_permission = Permission.PACKAGES_MANAGE
    add_permission = Permission.PACKAGES_MANAGE
    list_filter: Any = (OwnMunicipalityFilter,)
    list_select_related: Any = ("municipality",)


@admin.register(Partner)
class PartnerAdmin(PackagesAdmin):
    delete_permission = Permission.PACKAGES_MANAGE
    list_display = ("name", "contact", "email", "phone", "municipality")
    search_fields = ("name", "contact")
    fields = ("municipality", "name", "contact", "email", "phone")


class StockFilter(admin.SimpleListFilter):
    title = _("stock")
    parameter_name = "stock"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("empty", _("none left"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Gift]) -> QuerySet[Gift]:
        return queryset.filter(left=0) if self.value() == "empty" else queryset


class GiftForm(ScopedTranslatableForm):
    def clean_agreed(self) -> int | None:
        agreed: int | None = self.cleaned_data["agreed"]
        if not self.instance._state.adding and agreed is not None and agreed < stock.in_use(self.instance):
            raise stock.too_few(self.instance)
        return agreed


@admin.register(Gift)
class GiftAdmin(PackagesAdmin, ScopedTranslatableAdmin):
    form = GiftForm
    list_display = ("__str__", "partner", "per", "agreed", "left", "valid_from", "valid_to", "municipality")
    list_filter = (StockFilter, OwnMunicipalityFilter)
    list_select_related = ("municipality", "partner")
    search_fields = ("code", "translations__title", "partner__name")
    readonly_fields = ("left",)
    fieldsets = (
        (None, {"fields": ("municipality", "partner", "code", "title", "description")}),
        (_("Who gets it"), {"fields": ("per", "max_per_household", "min_age", "max_age")}),
        (_("The agreement"), {"fields": ("agreed", "left", "valid_from", "valid_to")}),
    )

    def save_model(self, request: HttpRequest, obj: Gift, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "agreed" in form.changed_data:
            try:
                stock.set_agreed(gift=obj, agreed=form.cleaned_data["agreed"], by=request.user)
            except ValidationError as error:  # reserved since the form was checked
                self.message_user(request, error.messages[0], messages.ERROR)


@admin.register(PackagePlan)
class PackagePlanAdmin(PackagesAdmin):
    list_display = ("municipality", "window_months", "is_active")
    fields = ("municipality", "is_active", "window_months", "gifts")

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        # Few, and all to be seen; Django's own multiple choice has no label for those who cannot see it.
        return super().formfield_for_manytomany(db_field, request, widget=forms.CheckboxSelectMultiple, **kwargs)


class RunForm(ScopedForm):
    quarter = forms.ChoiceField(label=_("Quarter"))

    class Meta:
        model = PackageRun
        fields = ("municipality", "quarter")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["quarter"].choices = run_page.quarter_choices(clock.today())


@admin.register(PackageRun)
class PackageRunAdmin(PackagesAdmin):
    """Start a run, see who is in it and who is not, print it, fetch the papers."""

    form = RunForm
    shows_households = True
    change_permission = None  # a run is planned and printed, never edited
    list_display = ("quarter", "municipality", "state", "planned_on", "progress", "printed_on")
    list_filter = ("state", OwnMunicipalityFilter)
    fields = ("municipality", "quarter")

    def get_queryset(self, request: HttpRequest) -> QuerySet[PackageRun]:
        files = ("planning", "letters_file", "packing_list")
        return (
            super()
            .get_queryset(request)
            .select_related("municipality", *files)
            .defer(*(f"{name}__content" for name in files))
        )

    @admin.display(description=_("progress"))
    def progress(self, run: PackageRun) -> str:
        for job in (run.letters_file, run.planning):
            if job and job.state != JobState.DONE:
                return f"{job.get_state_display()} {job.done}/{job.total}"
        return "–"

    def save_model(self, request: HttpRequest, obj: PackageRun, form: Any, change: bool) -> None:
        obj.started_by = request.user
        super().save_model(request, obj, form, change)
        office.start_planning(run=obj, by=request.user)

    def response_add(self, request: HttpRequest, obj: PackageRun, post_url_continue: str | None = None) -> HttpResponse:
        return redirect("admin:packages_packagerun_change", obj.pk)

    # --- The page of a run ---

    def get_urls(self) -> list[URLPattern]:
        views = [
            ("plan", require_POST(self.plan), "plan"),
            ("print", require_POST(self.print_papers), "print"),
            ("letters.pdf", self.letters, "letters"),
            ("packing-list.pdf", self.packing_list, "packing_list"),
        ]
        add_household = self.admin_site.admin_view(require_POST(self.add_household))
        add = path("household/<uuid:household>/", add_household, name="packages_packagerun_add_household")
        return [
            path(f"<uuid:pk>/{end}", self.admin_site.admin_view(view), name=f"packages_packagerun_{name}")
            for end, view, name in views
        ] + [add, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        run = self.get_object(request, object_id)
        if run is None or not self.has_view_permission(request, run):
            raise Http404
        shown, page = request.GET.get("show", ""), request.GET.get("page", "")
        context = {
            **self.admin_site.each_context(request),
            **run_page.context(run, shown=shown, page=page, on=clock.today()),
            "title": str(run),
            "opts": self.opts,
            "may_manage": has_permission(request.user, Permission.PACKAGES_MANAGE, run.municipality),
            "may_read_letters": has_permission(request.user, Permission.LETTERS_MANAGE, run.municipality),
        }
        return TemplateResponse(request, "admin/packages/packagerun/page.html", context)

    def _own(self, request: HttpRequest, pk: str, permission: Permission) -> PackageRun:
        run = self.get_queryset(request).filter(pk=pk).first()
        if run is None or not has_permission(request.user, permission, run.municipality):
            raise Http404
        return run

    def plan(self, request: HttpRequest, pk: str) -> HttpResponse:
        office.start_planning(run=self._own(request, pk, Permission.PACKAGES_MANAGE), by=request.user)
        return redirect("admin:packages_packagerun_change", pk)

    def print_papers(self, request: HttpRequest, pk: str) -> HttpResponse:
        office.start_printing(run=self._own(request, pk, Permission.PACKAGES_MANAGE), by=request.user)
        return redirect("admin:packages_packagerun_change", pk)

    def add_household(self, request: HttpRequest, household: UUID) -> HttpResponse:
        """From the household's own page, and back to it."""
        own = municipalities_where(request.user, Permission.PACKAGES_MANAGE)
        found = get_object_or_404(Household.objects.shown().filter(municipality__in=own), pk=household)
        self.rows_seen(request).append(found)
        try:
            package = services.add_household(household=found, on=clock.today(), by=request.user)
        except RunError as error:
            text = _("They get no package now: %(reason)s") % {"reason": error}
            self.message_user(request, text, messages.WARNING)
        else:
            text = _("They are in the package run of %(quarter)s.") % {"quarter": package.run.as_quarter}
            self.message_user(request, text, messages.SUCCESS)
        return redirect("admin:newcomers_household_change", found.pk)

    def letters(self, request: HttpRequest, pk: str) -> HttpResponse:
        run = self._own(request, pk, Permission.LETTERS_MANAGE)
        return self._file(request, run, run.letters_file)

    def packing_list(self, request: HttpRequest, pk: str) -> HttpResponse:
        run = self._own(request, pk, Permission.PACKAGES_MANAGE)
        return self._file(request, run, run.packing_list)

    def _file(self, request: HttpRequest, run: PackageRun, job: PrintJob | None) -> HttpResponse:
        if job is None or run.printed_on is None:
            raise Http404
        if job.content is None or not run_page.files_are_current(run):
            text = _("Somebody in this file is not to be written to any more. Print it again, and it is made without.")
            self.message_user(request, text, messages.WARNING)
            return redirect("admin:packages_packagerun_change", run.pk)
        return pdf_response(bytes(job.content), job.filename)
