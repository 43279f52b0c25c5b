"""Registrations in the office that wait for a decision."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from newcomers.access import registrations_to_look_at
from newcomers.models import Registration
from newcomers.registering import services as registering
from newcomers.registering import settling
from portal import clock
from portal.municipalities.access import has_permission
from portal.municipalities.admin_base import OwnMunicipalityFilter, ScopedAdmin
from portal.municipalities.enums import Permission


@admin.register(Registration)
class RegistrationAdmin(ScopedAdmin):
    """Registrations that a person must look at, because they nearly fit a household that is known."""

    view_permission = Permission.HOUSEHOLD_VIEW
    personal = True
    list_display = ("email", "municipality", "confirmed_at")
    list_filter = (OwnMunicipalityFilter,)
    list_select_related = ("municipality",)
    fields = ("municipality", "email", "confirmed_at", "typed", "known")
    readonly_fields = fields
    delete_permission = Permission.HOUSEHOLD_CHANGE
    accept_permission = Permission.HOUSEHOLD_CHANGE
    actions = ("accept_as_new", "accept_into_known")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Registration]:
        return super().get_queryset(request).filter(pk__in=registrations_to_look_at().values("pk"))

    def has_accept_permission(self, request: HttpRequest) -> bool:
        return has_permission(request.user, self.accept_permission)

    @admin.action(description=_("This is a household of its own: take it in"), permissions=["accept"])
    def accept_as_new(self, request: HttpRequest, queryset: QuerySet[Registration]) -> None:
        taken = [r for r in queryset if registering.accept_as_new(r, by=request.user, on=clock.today())]
        self._log(request, taken)
        self.message_user(request, _("%(count)d taken in.") % {"count": len(taken)}, messages.SUCCESS)
        if len(taken) < queryset.count():
            self.message_user(
                request,
                _("Some could not be taken in. Write to them, and register them yourself."),
                messages.WARNING,
            )

    @admin.action(description=_("It is them: let them into the household we know"), permissions=["accept"])
    def accept_into_known(self, request: HttpRequest, queryset: QuerySet[Registration]) -> None:
        chosen = list(queryset)
        let_in = [r for r in chosen if registering.accept_into_known(r, by=request.user)]
        self._log(request, let_in)
        self.message_user(request, _("%(count)d let in.") % {"count": len(let_in)}, messages.SUCCESS)
        if len(let_in) < len(chosen):
            self.message_user(
                request,
                _("Some could not be let in: we know no such adult there, or another account is theirs already."),
                messages.WARNING,
            )

    def delete_model(self, request: HttpRequest, obj: Registration) -> None:
        registering.refuse(obj, by=request.user)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Registration]) -> None:
        for registration in list(queryset):
            registering.refuse(registration, by=request.user)

    def _log(self, request: HttpRequest, decided: list[Registration]) -> None:
        for registration in decided:
            self.log_change(request, registration, "")

    @admin.display(description=_("what they typed"))
    def typed(self, registration: Registration) -> SafeString:
        rows = [(name.replace("_", " "), value) for name, value in registration.answers.items() if value]
        return format_html_join("", "<p>{}: {}</p>", rows)

    @admin.display(description=_("the household we know"))
    def known(self, registration: Registration) -> SafeString | str:
        """What it nearly fits, for whoever decides."""
        person = settling.find_adult(registration)
        if person is None:
            return "–"
        url = reverse("admin:newcomers_household_change", args=[person.household_id])
        return format_html('<a href="{}">{}</a>', url, person.household.name)
