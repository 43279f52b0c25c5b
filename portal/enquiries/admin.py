"""Questions and remarks in the office."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from portal import clock
from portal.enquiries import remarks, services
from portal.enquiries.enums import RemarkState
from portal.enquiries.models import Enquiry, Remark
from portal.enquiries.routing import answerers
from portal.municipalities.admin_base import OwnMunicipalityFilter, ScopedAdmin, ScopedForm
from portal.municipalities.enums import Permission
from portal.pages.models import Article


class ShowFilter(admin.SimpleListFilter):
    """What waits, unless one asks for more or less."""

    title = _("show")
    parameter_name = "show"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("waiting", _("what waits")),
            ("late", _("what is late")),
            ("mine", _("what is mine")),
            ("all", _("all, also those closed")),
        ]

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        for value, title in self.lookup_choices:
            yield {
                "selected": (self.value() or "waiting") == value,
                "query_string": changelist.get_query_string({self.parameter_name: str(value)}),
                "display": title,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "all":
            return queryset
        waiting = queryset.filter(closed_on=None)
        if self.value() == "late":
            return waiting.filter(due_on__lt=clock.today())
        return waiting.filter(owner=request.user) if self.value() == "mine" else waiting


class WaitingAdmin(ScopedAdmin):
    """What both lists share: who has it, and giving it to somebody else."""

    view_permission = Permission.ENQUIRIES_ANSWER
    change_permission = Permission.ENQUIRIES_ANSWER
    personal = True
    ordering = ("due_on", "pk")

    @admin.display(description=_("late"))
    def late(self, row: Enquiry | Remark) -> str:
        return str(_("late")) if row.closed_on is None and row.due_on < clock.today() else ""

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """save_model has said what came of it."""
        return redirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"))


class OwnerForm(ScopedForm):
    """Only those who may answer there can have it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "owner" in self.fields:
            self.fields["owner"].queryset = answerers(self.instance.municipality)
            self.fields["owner"].required = True


class EnquiryForm(OwnerForm):
    class Meta:
        model = Enquiry
        fields = ("answer", "owner")
        widgets = {"answer": forms.Textarea(attrs={"rows": 12, "cols": 80})}

    def clean_answer(self) -> str:
        answer = str(self.cleaned_data["answer"]).replace("\r\n", "\n").strip()
        if not answer and "_save" in self.data:
            raise ValidationError(_("Write the answer first. To give it to somebody else, save it without sending."))
        return answer


@admin.register(Enquiry)
class EnquiryAdmin(WaitingAdmin):
    """A question, its answer, and a button that sends it."""

    form = EnquiryForm
    list_display = ("number", "about", "topic", "state", "owner", "due_on", "late", "municipality")
    list_filter = (ShowFilter, "topic", OwnMunicipalityFilter)
    list_select_related = ("municipality", "owner")
    search_fields = ("number", "question", "email")
    fields = (
        "number", "state", "question", "missing", "asked_by", "came_from", "topic", "asked_on", "due_on", "answer",
        "owner", "sent", "answered_you",
    )  # fmt: skip
    readonly_fields = (
        "number", "state", "question", "missing", "asked_by", "came_from", "topic", "asked_on", "due_on", "sent",
        "answered_you",
    )  # fmt: skip
    actions = ("drop",)
    change_form_template = "admin/enquiries/enquiry/change_form.html"

    def get_readonly_fields(self, request: HttpRequest, obj: Enquiry | None = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        return fields if obj and obj.is_waiting else (*fields, "answer", "owner")

    @admin.display(description=_("question"))
    def about(self, enquiry: Enquiry) -> str:
        return Truncator(enquiry.question).chars(80) or "–"

    @admin.display(description=_("asked by"))
    def asked_by(self, enquiry: Enquiry) -> str:
        who = ", ".join(part for part in (enquiry.name, enquiry.email) if part)
        return f"{who} ({enquiry.get_language_display()})" if who else "–"

    @admin.display(description=_("came from"))
    def came_from(self, enquiry: Enquiry) -> str:
        words = _("searched for: %(words)s") % {"words": enquiry.search} if enquiry.search else ""
        if not enquiry.page:
            return str(words) or "–"
        return format_html('<a href="{}">{}</a><br>{}', enquiry.page, enquiry.page, words)

    @admin.display(description=_("sent"))
    def sent(self, enquiry: Enquiry) -> str:
        if not enquiry.answered_on:
            return "–"
        return f"{enquiry.answered_on:%d.%m.%Y}" + (f", {enquiry.answered_by}" if enquiry.answered_by else "")

    def save_model(self, request: HttpRequest, obj: Enquiry, form: Any, change: bool) -> None:
        """Send the answer, or keep it as a draft; and give the question to a colleague if another was chosen."""
        if not form.fields:  # answered already: the page only shows it
            return
        to, text = form.cleaned_data["owner"], form.cleaned_data["answer"]
        enquiry = Enquiry.objects.select_related("municipality", "owner").get(pk=obj.pk)
        try:
            if "_save" in request.POST:
                services.answer(enquiry=enquiry, text=text, by=request.user, on=clock.today())
                self.message_user(request, _("The answer is on its way."), messages.SUCCESS)
                return
            services.keep_draft(enquiry=enquiry, text=text)
        except services.MoveRefused as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return
        if to != enquiry.owner:
            services.give(row=enquiry, to=to)
        self.message_user(request, _("Saved. Nothing is sent yet."), messages.SUCCESS)

    @admin.action(description=_("Needs no answer (advertising, or asked twice)"), permissions=["change"])
    def drop(self, request: HttpRequest, queryset: QuerySet[Enquiry]) -> None:
        dropped = 0
        for enquiry in queryset.filter(closed_on=None):
            services.drop(enquiry=enquiry, on=clock.today())
            self.log_change(request, enquiry, "")
            dropped += 1
        text = ngettext("%(count)d question closed.", "%(count)d questions closed.", dropped)
        self.message_user(request, text % {"count": dropped}, messages.SUCCESS)


class RemarkForm(OwnerForm):
    class Meta:
        model = Remark
        fields = ("owner",)


@admin.register(Remark)
class RemarkAdmin(WaitingAdmin):
    """What people say is wrong, and the way to the page's text."""

    form = RemarkForm
    delete_permission = Permission.ENQUIRIES_ANSWER
    list_display = ("text", "page", "state", "owner", "due_on", "late", "municipality")
    list_filter = (ShowFilter, OwnMunicipalityFilter)
    list_select_related = ("municipality", "owner", "info", "article")
    search_fields = ("text",)
    fields = ("text", "page", "state", "said_on", "due_on", "owner", "closed_on", "closed_by")
    readonly_fields = ("text", "page", "state", "said_on", "due_on", "closed_on", "closed_by")
    actions = ("mended", "was_right")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Remark]:
        return super().get_queryset(request).prefetch_related("info__translations", "article__translations")

    def get_readonly_fields(self, request: HttpRequest, obj: Remark | None = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        return fields if obj and obj.closed_on is None else (*fields, "owner")

    @admin.display(description=_("page"))
    def page(self, remark: Remark) -> str:
        kind = "article" if isinstance(remark.fact, Article) else "serviceinfo"
        return format_html(
            '<a href="{}">{}</a>', reverse(f"admin:pages_{kind}_change", args=[remark.fact.pk]), remark.fact
        )

    def save_model(self, request: HttpRequest, obj: Remark, form: Any, change: bool) -> None:
        if form.fields and form.has_changed():
            services.give(row=Remark.objects.get(pk=obj.pk), to=form.cleaned_data["owner"])
        self.message_user(request, _("Saved."), messages.SUCCESS)

    @admin.action(description=_("Mended: the page is right now"), permissions=["change"])
    def mended(self, request: HttpRequest, queryset: QuerySet[Remark]) -> None:
        self._close(request, queryset, RemarkState.MENDED)

    @admin.action(description=_("The page was right"), permissions=["change"])
    def was_right(self, request: HttpRequest, queryset: QuerySet[Remark]) -> None:
        self._close(request, queryset, RemarkState.RIGHT)

    def _close(self, request: HttpRequest, queryset: QuerySet[Remark], to: RemarkState) -> None:
        closed = 0
        for remark in queryset.filter(closed_on=None):
            remarks.close(remark=remark, to=to, by=request.user, on=clock.today())
            self.log_change(request, remark, "")
            closed += 1
        text = ngettext("%(count)d remark closed.", "%(count)d remarks closed.", closed)
        self.message_user(request, text % {"count": closed}, messages.SUCCESS)
