"""Households in the office."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from newcomers import imports, services, tasks
from newcomers.access import registrations_to_look_at
from newcomers.enums import HouseholdState
from newcomers.forms import LANGUAGE_WISHES
from newcomers.models import Household, MoverImport, Person, Registration
from newcomers.movers_file import MoversFile, MoversFileError, parse_movers
from portal import clock, registry
from portal.municipalities.access import has_permission
from portal.municipalities.admin_base import OwnMunicipalityFilter, ScopedAdmin, ScopedForm, ScopedInline
from portal.municipalities.enums import Permission


class PersonInline(ScopedInline):
    model = Person
    view_permission = Permission.HOUSEHOLD_VIEW
    change_permission = Permission.HOUSEHOLD_CHANGE
    fields = ("is_adult", "name", "birth_year", "email", "phone")


@admin.register(Household)
class HouseholdAdmin(ScopedAdmin):
    """Each household with its timeline. Protected ones are not here."""

    view_permission = Permission.HOUSEHOLD_VIEW
    change_permission = Permission.HOUSEHOLD_CHANGE
    add_permission = Permission.HOUSEHOLD_CHANGE
    personal = True
    list_display = ("name", "street", "place", "moved_in_on", "state", "source", "language")
    list_filter = ("state", "residency", "source", "language", OwnMunicipalityFilter)
    search_fields = ("persons__name", "street", "postcode", "city")
    date_hierarchy = "moved_in_on"
    inlines = (PersonInline,)
    actions = ("mark_settled", "mark_moved_away")
    fieldsets = (
        (None, {"fields": ("timeline", "municipality", "state")}),
        (_("Address"), {"fields": ("care_of", "street", "postcode", "city", "wants_post")}),
        (_("Moving"), {"fields": ("moved_in_on", "residency", "language", "source", "reason", "wishes")}),
    )
    readonly_fields = ("timeline", "state")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Household]:
        return super().get_queryset(request).shown().prefetch_related("persons")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Languages by name; one that a list of movers brought and we have no name for stays as it is."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "language":
            own = Household.objects.filter(municipality__in=self.visible_municipalities(request))
            kept = own.exclude(language__in=dict(LANGUAGE_WISHES)).values_list("language", flat=True)
            field.widget = forms.Select(
                choices=[*LANGUAGE_WISHES, *((code, code) for code in kept.order_by().distinct())]
            )
        return field

    @admin.display(description=_("adults"))
    def name(self, household: Household) -> str:
        return household.name

    @admin.display(description=_("place"), ordering="postcode")
    def place(self, household: Household) -> str:
        return f"{household.postcode} {household.city}".strip()

    @admin.display(description=_("what has happened, and what comes next"))
    def timeline(self, household: Household) -> SafeString | str:
        if household._state.adding:
            return "–"
        # What waits comes first, then the past with the newest on top.
        entries = registry.timeline(household, clock.today(), for_staff=True)
        entries = [e for e in entries if e.state != "done"] + [e for e in reversed(entries) if e.state == "done"]
        return render_to_string("admin/newcomers/household/timeline.html", {"entries": entries})

    # --- Leaving, settling ---

    @admin.action(description=_("Settled: they stand on their own feet"), permissions=["change"])
    def mark_settled(self, request: HttpRequest, queryset: QuerySet[Household]) -> None:
        self._move(request, queryset, HouseholdState.SETTLED)

    @admin.action(description=_("Moved away"), permissions=["change"])
    def mark_moved_away(self, request: HttpRequest, queryset: QuerySet[Household]) -> None:
        self._move(request, queryset, HouseholdState.MOVED_AWAY)

    def _move(self, request: HttpRequest, queryset: QuerySet[Household], to: HouseholdState) -> None:
        refused = 0
        for household in queryset:
            try:
                services.move(household, to=to, by=request.user, on=clock.today())
            except services.MoveRefused:
                refused += 1
        if refused:
            self.message_user(
                request,
                _("%(count)d could not be moved there from the state they are in.") % {"count": refused},
                messages.WARNING,
            )

    # --- Protected address ---

    def get_urls(self) -> list[URLPattern]:
        protect = self.admin_site.admin_view(self.protect)
        return [path("<uuid:pk>/protect/", protect, name="newcomers_household_protect"), *super().get_urls()]

    def protect(self, request: HttpRequest, pk: str) -> HttpResponse:
        """Ask once more, then take the household out of every list and forget its address."""
        household = self.get_object(request, str(pk))
        if household is None or not self._may_protect(request, household):
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(pk))
        if request.method == "POST":
            services.restrict(household, by=request.user)
            self.log_change(request, household, "")
            self.message_user(request, _("The household is protected and stands in no list any more."))
            return redirect(reverse("admin:newcomers_household_changelist"))
        context = {**self.admin_site.each_context(request), "title": _("Protected address"), "original": household,
                   "opts": self.opts}  # fmt: skip
        return TemplateResponse(request, "admin/newcomers/household/protect.html", context)

    def _may_protect(self, request: HttpRequest, household: Household) -> bool:
        return has_permission(request.user, Permission.HOUSEHOLD_RESTRICT, household.municipality)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        household = self.get_object(request, object_id)
        may = household is not None and self._may_protect(request, household)
        extra = {"may_protect": may, "actions": registry.actions(request.user, household) if household else []}
        return super().change_view(request, object_id, form_url, (extra_context or {}) | extra)


@admin.register(Registration)
class RegistrationAdmin(ScopedAdmin):
    """Registrations that a person must look at, because they nearly fit a household that is known."""

    view_permission = Permission.HOUSEHOLD_VIEW
    personal = True
    list_display = ("email", "municipality", "confirmed_at")
    list_filter = (OwnMunicipalityFilter,)
    list_select_related = ("municipality",)
    fields = ("municipality", "email", "confirmed_at", "typed")
    readonly_fields = fields
    delete_permission = Permission.HOUSEHOLD_CHANGE
    actions = ("accept_as_new",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Registration]:
        return super().get_queryset(request).filter(pk__in=registrations_to_look_at().values("pk"))

    def has_accept_permission(self, request: HttpRequest) -> bool:
        return has_permission(request.user, Permission.HOUSEHOLD_CHANGE)

    @admin.action(description=_("This is a household of its own: take it in"), permissions=["accept"])
    def accept_as_new(self, request: HttpRequest, queryset: QuerySet[Registration]) -> None:
        taken = [r for r in queryset if services.accept_as_new(r, by=request.user, on=clock.today())]
        self.message_user(request, _("%(count)d taken in.") % {"count": len(taken)}, messages.SUCCESS)
        if len(taken) < queryset.count():
            self.message_user(
                request,
                _("Some could not be taken in. Write to them, and register them yourself."),
                messages.WARNING,
            )

    @admin.display(description=_("what they typed"))
    def typed(self, registration: Registration) -> SafeString:
        rows = [(name.replace("_", " "), value) for name, value in registration.answers.items() if value]
        return format_html_join("", "<p>{}: {}</p>", rows)


class MoverImportForm(ScopedForm):
    """A list of movers: read, checked and cut down in memory; the file itself is never kept."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("A CSV file, as your spreadsheet saves it."),
    )
    no_protection_column = forms.BooleanField(
        label=_("The list has no column for protected addresses"),
        required=False,
        help_text=_("Tick only if you know that nobody with a protected address is in it: then nobody can be dropped."),
    )
    movers: MoversFile
    too_large = False

    class Meta:
        model = MoverImport
        fields = ("municipality", "basis", "all_or_nothing")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.too_large:
            limit = settings.MAX_UPLOAD_BYTES // 1024**2
            del self.errors["file"]
            self.add_error("file", _("The file is larger than %(limit)s MB. Split it in two.") % {"limit": limit})
        elif {"file", "municipality"} <= cleaned.keys():
            self._read(cleaned)
        return cleaned

    def _read(self, cleaned: dict[str, Any]) -> None:
        try:
            self.movers = parse_movers(
                cleaned["file"].read(),
                municipality_code=cleaned["municipality"].code,
                postcodes=imports.postcode_places(),
                on=clock.today(),
                no_protection_column=cleaned.get("no_protection_column", False),
            )
        except MoversFileError as error:
            self.add_error("file", str(error))


@admin.register(MoverImport)
class MoverImportAdmin(ScopedAdmin):
    """Lists of movers: add one, follow it, and see what was taken, what was refused and why."""

    form = MoverImportForm
    view_permission = Permission.MOVERS_IMPORT
    add_permission = Permission.MOVERS_IMPORT
    list_display = ("created_at", "municipality", "state", "progress", "households_created", "refused", "by", "basis")
    list_filter = ("state", OwnMunicipalityFilter)
    list_select_related = ("municipality", "by")
    fields = ("municipality", "basis", "file", "no_protection_column", "all_or_nothing")
    change_form_template = "admin/newcomers/moverimport/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[MoverImport]:
        return super().get_queryset(request).defer("households")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (
            ("municipality", "created_at", "by", "basis", "all_or_nothing", "state", "progress") if obj else self.fields
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj) if obj else ()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        form.too_large = getattr(request, "upload_too_large", False)
        return form

    @admin.display(description=_("households"))
    def progress(self, record: MoverImport) -> str:
        return _("%(done)d of %(total)d") % {"done": record.done, "total": record.total}

    @admin.display(description=_("new"))
    def households_created(self, record: MoverImport) -> int:
        return record.report.get("households_created", 0)

    @admin.display(description=_("refused rows"))
    def refused(self, record: MoverImport) -> int:
        return len(record.report.get("refused", []))

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> MoverImport:
        """The rows that may be taken are written down; a worker takes them."""
        cleaned = form.cleaned_data
        record = imports.start_import(
            movers=form.movers,
            municipality=cleaned["municipality"],
            basis=cleaned["basis"],
            by=request.user,
            on=clock.today(),
            all_or_nothing=cleaned["all_or_nothing"],
        )
        tasks.take_import.delay_on_commit(str(record.pk))
        return record

    def save_model(self, request: HttpRequest, obj: MoverImport, form: Any, change: bool) -> None:
        """Saved already, by start_import."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """There is nothing beside it."""

    def response_add(
        self, request: HttpRequest, obj: MoverImport, post_url_continue: str | None = None
    ) -> HttpResponse:
        return redirect("admin:newcomers_moverimport_change", obj.pk)
