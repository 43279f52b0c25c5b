"""Promises in the office: which are due, which nobody kept, and what the office does about them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal import clock, registry
from portal.accounts.models import User
from portal.municipalities import reminders
from portal.municipalities.admin_base import OwnMunicipalityFilter, ScopedAdmin
from portal.municipalities.enums import ROLE_PERMISSIONS, Permission
from portal.municipalities.models import DatedTask
from portal.registry import TaskKind

DONE_BY_OFFICE = "done_by_office"


class WhenFilter(admin.SimpleListFilter):
    """Open promises, unless one asks for more or less."""

    title = _("when")
    parameter_name = "when"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("open", pgettext_lazy("promises", "open")),
            ("due", pgettext_lazy("promises", "due")),
            ("escalated", _("nobody kept")),
            ("all", _("all, also those done")),
        ]

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        for value, title in self.lookup_choices:
            yield {
                "selected": (self.value() or "open") == value,
                "query_string": changelist.get_query_string({self.parameter_name: str(value)}),
                "display": title,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "all":
            return queryset
        still_open = queryset.filter(done_on=None)
        if self.value() == "escalated":
            return still_open.filter(escalated_on__isnull=False)
        if self.value() == "due":
            return still_open.filter(due_on__lte=clock.today(), escalated_on=None)
        return still_open


class GiveForm(forms.Form):
    """Who has the promise from now on: somebody of the same kind, or a colleague."""

    owner = forms.ChoiceField(label=_("New owner"))

    def __init__(self, *args: Any, task: DatedTask, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = registry.task_kinds.get(task.kind)
        self.successors = {str(user.pk): user for user in _successors(kind, task)}
        self.colleagues = {str(user.pk): user for user in _colleagues(task)}
        groups = [(_("Hosts"), self.successors), (_("The office"), self.colleagues)]
        self.fields["owner"] = forms.ChoiceField(
            label=_("New owner"),
            choices=[("", _("Choose somebody"))]
            + [(title, [(pk, str(user)) for pk, user in users.items()]) for title, users in groups if users],
        )


def _successors(kind: TaskKind | None, task: DatedTask) -> list[User]:
    return list(kind.successors(task)) if kind and kind.successors else []


def _colleagues(task: DatedTask) -> QuerySet[User]:
    roles = [role for role, permissions in ROLE_PERMISSIONS.items() if Permission.TASKS_VIEW in permissions]
    return User.objects.filter(
        is_active=True, staff_roles__municipality=task.municipality_id, staff_roles__role__in=roles
    ).distinct()


@admin.register(DatedTask)
class DatedTaskAdmin(ScopedAdmin):
    view_permission = Permission.TASKS_VIEW
    change_permission = Permission.TASKS_VIEW
    personal = True
    list_display = ("what", "about", "owner", "due_on", "reminded_on", "escalated_on", "done_on")
    list_display_links = None
    list_filter = (WhenFilter, OwnMunicipalityFilter)
    list_select_related = ("owner", "municipality")
    ordering = ("due_on", "pk")
    date_hierarchy = None
    fields = ("what", "about", "owner", "due_on", "reminded_on", "escalated_on", "done_on")
    readonly_fields = fields
    actions = ("done_by_office", "give_to_another")

    def get_queryset(self, request: HttpRequest) -> QuerySet[DatedTask]:
        return reminders.with_subjects(super().get_queryset(request))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The list's actions change promises; the page of one only shows it."""
        return obj is None and super().has_change_permission(request)

    # --- What stands in the list: of protected households, nothing ---

    @admin.display(description=_("promise"))
    def what(self, task: DatedTask) -> str:
        kind = _kind_of(task)
        if kind is None:
            return str(_("No longer of use"))
        return format_html('<a href="{}">{}</a>', kind.admin_url(task), kind.title(task))

    @admin.display(description=_("about"))
    def about(self, task: DatedTask) -> str:
        return str(task.subject) if _kind_of(task) else "–"

    # --- What the office does ---

    @admin.action(description=_("The office has done it"), permissions=["change"])
    def done_by_office(self, request: HttpRequest, queryset: QuerySet[DatedTask]) -> None:
        done = 0
        for task in queryset.filter(done_on=None):
            try:
                done += _finish(task, request)
            except ValidationError as error:
                self.message_user(request, " ".join(error.messages), messages.ERROR)
        if done:
            self.message_user(request, _("%(count)d done.") % {"count": done}, messages.SUCCESS)

    @admin.action(description=_("Give to somebody else"), permissions=["change"])
    def give_to_another(self, request: HttpRequest, queryset: QuerySet[DatedTask]) -> HttpResponse | None:
        tasks = list(queryset.filter(done_on=None)[:2])
        if len(tasks) != 1:
            self.message_user(request, _("Choose one open promise at a time."), messages.WARNING)
            return None
        task = tasks[0]
        form = GiveForm(request.POST if "apply" in request.POST else None, task=task)
        if form.is_valid() and self._given(request, task, form):
            self.message_user(request, _("Given to somebody else."), messages.SUCCESS)
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": _("Give to somebody else"),
            "opts": self.opts,
            "form": form,
            "action": "give_to_another",
            "chosen": [(task.pk, f"{self.about(task)}: {_title(task)}")],
            "button": _("Give"),
        }
        return TemplateResponse(request, "admin/ask_first.html", context)

    def _given(self, request: HttpRequest, task: DatedTask, form: GiveForm) -> bool:
        kind = registry.task_kinds.get(task.kind)
        owner, by = form.cleaned_data["owner"], request.user
        if owner in form.successors and kind and kind.hand_over and isinstance(by, User):
            try:
                kind.hand_over(task, form.successors[owner], by, clock.today())
            except ValidationError as error:
                form.add_error("owner", error.messages)  # type: ignore[arg-type]  # a list of sentences will do
                return False
            return True
        return reminders.give(task, to=form.colleagues[owner])


def _kind_of(task: DatedTask) -> TaskKind | None:
    """None when its object is gone, or when nobody should see it any more."""
    kind = registry.task_kinds.get(task.kind)
    return kind if kind and task.subject is not None and (task.done_on or kind.is_current(task)) else None


def _title(task: DatedTask) -> str:
    kind = _kind_of(task)
    return kind.title(task) if kind else ""


def _finish(task: DatedTask, request: HttpRequest) -> bool:
    kind = registry.task_kinds.get(task.kind)
    if kind and kind.finish and isinstance(request.user, User):
        kind.finish(task, request.user, clock.today())
        return True
    return reminders.close(task, on=clock.today(), outcome=DONE_BY_OFFICE)
