"""Lists of movers in the office: read one, see what it would change, and decide."""

from __future__ import annotations

import csv
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from newcomers import tasks
from newcomers.models import MoverImport
from newcomers.movers import imports
from newcomers.movers.enums import GOOD_KINDS, ImportState, LegalBasis, MoverPurpose, MoverSource, RowKind
from newcomers.movers.file import MoversFile, MoversFileError, parse_movers
from newcomers.movers.table import COLUMNS, REQUIRED
from portal import clock
from portal.municipalities.admin_base import OwnMunicipalityFilter, ScopedAdmin, ScopedForm
from portal.municipalities.enums import Permission
from portal.spreadsheets import without_formula

ROWS_A_PAGE = 100


def _choice(label: Any, choices: Any) -> forms.ChoiceField:
    """Nothing is chosen for the person: they say it themselves."""
    return forms.ChoiceField(label=label, choices=[("", "---------"), *choices])


class MoverImportForm(ScopedForm):
    """A list of movers: read, checked and cut down in memory; the file itself is never kept."""

    source = _choice(_("Where the list comes from"), MoverSource.choices)
    purpose = _choice(_("Purpose"), MoverPurpose.choices)
    legal_basis = _choice(_("Legal basis"), LegalBasis.choices)
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
        fields = ("municipality", "source", "purpose", "legal_basis", "basis", "all_or_nothing")

    @property
    def why(self) -> imports.Why:
        chosen = self.cleaned_data
        return imports.Why(
            words=chosen["basis"],
            source=MoverSource(chosen["source"]),
            purpose=MoverPurpose(chosen["purpose"]),
            legal_basis=LegalBasis(chosen["legal_basis"]),
        )

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
    """Who read which list, why and on what basis; for each what it would change, and the buttons that decide."""

    form = MoverImportForm
    shows_households = True
    view_permission = Permission.MOVERS_IMPORT
    add_permission = Permission.MOVERS_IMPORT
    list_display = ("created_at", "municipality", "by", "source", "purpose", "legal_basis", "basis", "standing",
                    "progress", "households_created", "households_matched", "refused")  # fmt: skip
    list_filter = ("state", "purpose", "source", OwnMunicipalityFilter)
    list_select_related = ("municipality", "by")
    date_hierarchy = "on"
    fields = ("municipality", "source", "purpose", "legal_basis", "basis", "file", "no_protection_column",
              "all_or_nothing")  # fmt: skip
    change_form_template = "admin/newcomers/moverimport/change_form.html"
    change_list_template = "admin/newcomers/moverimport/change_list.html"

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        shown = ("municipality", "created_at", "by", "source", "purpose", "legal_basis", "basis", "all_or_nothing",
                 "standing", "progress")  # fmt: skip
        return shown if obj else self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj) if obj else ()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        form.too_large = getattr(request, "upload_too_large", False)
        return form

    # --- The list: who imported what ---

    def get_queryset(self, request: HttpRequest) -> QuerySet[MoverImport]:
        perhaps_known = Count("rows", filter=Q(rows__kind=RowKind.DOUBTFUL))
        return super().get_queryset(request).annotate(perhaps_known=perhaps_known)

    @admin.display(description=_("state"), ordering="state")
    def standing(self, record: Any) -> str:
        """A list is done with when nobody in it waits to be looked at beside another."""
        if record.state != ImportState.DONE or not record.perhaps_known:
            return record.get_state_display()
        text = ngettext("%(count)d waits for a pair", "%(count)d wait for a pair", record.perhaps_known)
        return text % {"count": record.perhaps_known}

    @admin.display(description=_("taken in"))
    def progress(self, record: MoverImport) -> str:
        return _("%(done)d of %(total)d") % {"done": record.done, "total": record.total}

    @admin.display(description=_("new"))
    def households_created(self, record: MoverImport) -> int:
        return record.report.get("households_created", 0)

    @admin.display(description=_("known"))
    def households_matched(self, record: MoverImport) -> int:
        return record.report.get("households_matched", 0)

    @admin.display(description=_("refused rows"))
    def refused(self, record: MoverImport) -> int:
        return len(record.report.get("refused", []))

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("report.csv", wrap(self.report), name="newcomers_moverimport_report"),
            path("<uuid:pk>/decide/", wrap(require_POST(self.decide)), name="newcomers_moverimport_decide"),
        ]
        return [*own, *super().get_urls()]

    def report(self, request: HttpRequest) -> HttpResponse:
        """Who imported what, as a table for a spreadsheet. It names staff, and nobody of the lists."""
        if not self.has_view_permission(request):
            return self._get_obj_does_not_exist_redirect(request, self.opts, "")
        answer = HttpResponse(content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="lists-of-movers.csv"'
        answer.write("\ufeff")  # without which Excel takes it for another encoding
        table = csv.writer(answer, delimiter=";")
        table.writerow(map(str, _REPORT))
        for record in self.get_queryset(request).select_related(*self.list_select_related):
            table.writerow(without_formula(cell) for cell in self._report_row(record))
        return answer

    def _report_row(self, record: MoverImport) -> list[str]:
        report = record.report
        counts = [record.total, self.households_created(record), self.households_matched(record),
                  report.get("households_doubtful", 0), report.get("persons_created", 0), self.refused(record),
                  report.get("protected_dropped", 0), report.get("unknown_protection", 0),
                  report.get("households_protected", 0), report.get("erased_dropped", 0)]  # fmt: skip
        return [
            record.on.isoformat(), str(record.municipality), str(record.by or ""), record.get_source_display(),
            record.get_purpose_display(), record.get_legal_basis_display(), record.basis, self.standing(record),
            *map(str, counts),
        ]  # fmt: skip

    # --- One list: what it would change ---

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        record = self.get_object(request, object_id)
        extra = self._preview(request, record) if record else {}
        return super().change_view(request, object_id, form_url, (extra_context or {}) | extra)

    def _preview(self, request: HttpRequest, record: MoverImport) -> dict[str, Any]:
        numbers = dict(record.rows.values_list("kind").annotate(Count("pk")).order_by())
        tabs = [(kind, kind.label, numbers[kind]) for kind in RowKind if numbers.get(kind)]
        shown = next((kind for kind, *_rest in tabs if kind == request.GET.get("show")), tabs[0][0] if tabs else "")
        rows = record.rows.filter(kind=shown).order_by("position").select_related("household")
        page = Paginator(rows.prefetch_related("household__persons"), ROWS_A_PAGE).get_page(request.GET.get("page"))
        return {
            "tabs": tabs,
            "shown": shown,
            "page": page,
            "good": sum(numbers.get(kind, 0) for kind in GOOD_KINDS),
            "may_tick": shown in GOOD_KINDS and record.state == ImportState.READY,
            "may_decide": record.state == ImportState.READY and self.has_add_permission(request),
            "decisions": record.decisions.values_list("on", "by__name", "found").annotate(Count("pk")).order_by("on"),
            "was_decided": record.done > 0 or record.state == ImportState.DONE,
            "pairs_url": reverse("admin:newcomers_pair_changelist"),
        }

    def decide(self, request: HttpRequest, pk: str) -> HttpResponse:
        """Take in all that is good, or what was ticked; or forget what was ticked, or everything."""
        record = self.get_object(request, str(pk))
        if record is None or not self.has_add_permission(request):
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(pk))
        ticked = [row for row in request.POST.getlist("row") if _is_uuid(row)]
        if {"take", "drop"} & request.POST.keys() and not ticked:
            self.message_user(request, _("Tick the households first."), messages.WARNING)
        elif "take" in request.POST or "take_all" in request.POST:
            self._take(request, record, ticked if "take" in request.POST else None)
        elif "drop" in request.POST or "drop_all" in request.POST:
            count = imports.drop(record, ticked if "drop" in request.POST else None)
            text = ngettext("%(count)d household was forgotten.", "%(count)d households were forgotten.", count)
            self.message_user(request, text % {"count": count})
        return redirect("admin:newcomers_moverimport_change", record.pk)

    def _take(self, request: HttpRequest, record: MoverImport, rows: list[str] | None) -> None:
        if imports.choose(record, rows):
            tasks.take_import.delay_on_commit(str(record.pk))
        else:
            self.message_user(request, _("Somebody else has decided on this list already."), messages.WARNING)

    # --- A new one ---

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        # Without the column for protected addresses one must say that nobody in the list has one.
        required = (*REQUIRED, "protection")
        columns = {
            "required_columns": [COLUMNS[name][0] for name in required],
            "other_columns": [names[0] for name, names in COLUMNS.items() if name not in required],
        }
        return super().add_view(request, form_url, (extra_context or {}) | columns)

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> MoverImport:
        """The rows that may be taken are written down; a worker compares them."""
        cleaned = form.cleaned_data
        record = imports.start_import(
            movers=form.movers,
            municipality=cleaned["municipality"],
            why=form.why,
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


_REPORT = (
    _("Day"), _("Municipality"), _("Taken in by"), _("Where the list comes from"), _("Purpose"), _("Legal basis"),
    _("In words"), _("State"), _("Households in the list"), _("New households"), _("Known households"),
    _("Perhaps known"), _("New persons"), _("Refused rows"), _("Dropped: protected address"),
    _("Of these with a word we do not know"), _("Households that the list protected"), _("Dropped: erased"),
)  # fmt: skip


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
