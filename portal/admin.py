"""Schedules in the office: see when each ran, pause it, start it now."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_celery_beat.models import PeriodicTask, PeriodicTasks

from portal.celery import app
from portal.municipalities.access import has_permission
from portal.municipalities.admin_base import ScopedAdmin
from portal.municipalities.enums import Permission


@admin.register(PeriodicTask)
class ScheduleAdmin(ScopedAdmin):
    municipality_path = None
    view_permission = Permission.SCHEDULES_MANAGE
    manage_permission = Permission.SCHEDULES_MANAGE
    list_display = ("name", "crontab", "enabled", "last_run_at", "total_run_count")
    list_select_related = ("crontab",)
    fields = ("name", "task", "crontab", "enabled", "last_run_at", "total_run_count")
    readonly_fields = fields
    actions = ("start_now", "pause", "go_on")
    ordering = ("name",)

    def has_manage_permission(self, request: HttpRequest) -> bool:
        return has_permission(request.user, self.manage_permission)

    def get_queryset(self, request: HttpRequest) -> QuerySet[PeriodicTask]:
        return super().get_queryset(request).exclude(task__startswith="celery.")

    @admin.action(description=_("Start now"), permissions=["manage"])
    def start_now(self, request: HttpRequest, queryset: QuerySet[PeriodicTask]) -> None:
        for task in queryset:
            app.send_task(task.task)
        self.message_user(request, _("Started."), messages.SUCCESS)

    @admin.action(description=_("Pause"), permissions=["manage"])
    def pause(self, request: HttpRequest, queryset: QuerySet[PeriodicTask]) -> None:
        self._enable(request, queryset, False)

    @admin.action(description=_("Go on"), permissions=["manage"])
    def go_on(self, request: HttpRequest, queryset: QuerySet[PeriodicTask]) -> None:
        self._enable(request, queryset, True)

    def _enable(self, request: HttpRequest, queryset: QuerySet[PeriodicTask], enabled: bool) -> None:
        queryset.update(enabled=enabled)
        PeriodicTasks.update_changed()  # an update() sends no signal, and the scheduler waits for one
        self.message_user(request, _("Going on.") if enabled else _("Paused."), messages.SUCCESS)
