"""Lists of movers in the office."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from newcomers import imports, tasks
from newcomers.models import MoverImport
from newcomers.movers_file import MoversFile, MoversFileError, parse_movers
from portal import clock
from portal.municipalities.admin_base import OwnMunicipalityFilter, ScopedAdmin, ScopedForm
from portal.municipalities.enums import Permission


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
