"""Messages to many in the office: write, see who gets it, send; afterwards who sent what to how many, and when."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from newcomers.enums import Reached
from newcomers.models import BulkMessage
from newcomers.office import bulk
from newcomers.office.forms_bulk import BulkForm, bulk_form, language_name
from portal.municipalities.access import has_permission
from portal.municipalities.admin_base import OwnMunicipalityFilter, ScopedAdmin
from portal.municipalities.enums import Permission
from portal.pages.texts import to_html

NAME = "newcomers_bulkmessage"


@admin.register(BulkMessage)
class BulkMessageAdmin(ScopedAdmin):
    """Started from the list of households; the page of one writes, shows and sends it."""

    view_permission = Permission.HOUSEHOLD_VIEW
    change_permission = None  # it is written and sent, never edited afterwards
    delete_permission = Permission.HOUSEHOLD_CHANGE
    list_display = ("__str__", "purpose", "state", "by", "sent_at", "chosen", "messages")
    list_filter = ("state", "purpose", OwnMunicipalityFilter)
    list_select_related = ("municipality", "by")
    actions: Any = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[BulkMessage]:
        return super().get_queryset(request).select_related("municipality", "by")

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {}  # what was sent stays on the list

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Drafts alone."""
        return super().has_delete_permission(request, obj) and (obj is None or obj.is_draft)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """How many were chosen, counted for the messages of the page alone."""
        changelist = super().get_changelist_instance(request)
        rows = BulkMessage.objects.filter(pk__in=[row.pk for row in changelist.result_list])
        counts = dict(rows.order_by().annotate(n=Count("recipients")).values_list("pk", "n"))
        for row in changelist.result_list:
            row.chosen_count = counts.get(row.pk, 0)
        return changelist

    @admin.display(description=_("households chosen"))
    def chosen(self, row: Any) -> int:
        return int(row.chosen_count)

    # --- The page of a message ---

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<uuid:pk>/write/", wrap(self.write), name=f"{NAME}_write"),
            path("<uuid:pk>/send/", wrap(require_POST(self.send)), name=f"{NAME}_send"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        if row is None or not self.has_view_permission(request, row):
            raise Http404
        if row.is_draft and self._may_write(request, row):
            return redirect(f"admin:{NAME}_write", row.pk)
        return self._page(request, row)

    def write(self, request: HttpRequest, pk: str) -> HttpResponse:
        row = self._own(request, pk)
        if not row.is_draft:
            return redirect(f"admin:{NAME}_change", row.pk)
        form = bulk_form(request.POST or None, bulk=row)
        if form.is_valid():
            given = form.cleaned_data
            bulk.write(
                bulk=row, purpose=given["purpose"], texts=form.written(), by=request.user, reason=given["reason"]
            )
            return redirect(f"admin:{NAME}_write", row.pk)
        return self._page(request, row, form=form)

    def send(self, request: HttpRequest, pk: str) -> HttpResponse:
        row = self._own(request, pk)
        try:
            bulk.send(bulk=row, version=_number(request.POST.get("version", "")), by=request.user)
            self.log_change(request, row, "")
        except bulk.DraftChanged:
            text = _("Somebody has changed the message since you looked at it. Look at it again, then send it.")
            self.message_user(request, text, messages.WARNING)
        except bulk.BulkRefused:
            text = _("It was sent already, or it has no text yet.")
            self.message_user(request, text, messages.WARNING)
        return redirect(f"admin:{NAME}_change", row.pk)

    def _own(self, request: HttpRequest, pk: str) -> BulkMessage:
        row = self.get_queryset(request).filter(pk=pk).first()
        if row is None or not self._may_write(request, row):
            raise Http404
        return row

    def _may_write(self, request: HttpRequest, row: BulkMessage) -> bool:
        return has_permission(request.user, Permission.HOUSEHOLD_CHANGE, row.municipality)

    def _page(self, request: HttpRequest, row: BulkMessage, form: BulkForm | None = None) -> HttpResponse:
        is_ready = bool(row.purpose and row.texts)
        reach = bulk.reach(row) if is_ready else {}
        total = row.recipients.count()
        context = {
            **self.admin_site.each_context(request), "opts": self.opts, "original": row, "form": form,
            "title": _("Write to many") if row.is_draft else str(row),
            "reach": [(Reached(reason).label, count) for reason, count in reach.items()], "total": total,
            "done": sum(reach.values()), "gets_it": reach.get(Reached.WRITTEN, 0),
            "emails": bulk.emails(row) if is_ready and row.is_draft else row.messages,
            "is_ready": is_ready and not (form and form.errors),
            "others": _read_others(row) if is_ready and row.is_draft else [],
            "texts": [(code, text["subject"], to_html(text["body"])) for code, text in row.texts.items()],
            "may_delete": self.has_delete_permission(request, row),
        }  # fmt: skip
        return TemplateResponse(request, "admin/newcomers/bulkmessage/page.html", context)


def _read_others(row: BulkMessage) -> list[tuple[int, str, str]]:
    """How many read a language it is not written in, which, and what they get instead."""
    return [
        (count, language_name(code), language_name(bulk.text_language(row, code)))
        for code, count in bulk.readers(row).items()
        if code not in row.texts
    ]


def _number(typed: str) -> int:
    return int(typed) if typed.isdecimal() and len(typed) < 10 else 0
