"""Messages in the office: what was sent, and what could not be. Never their text, which may hold a code."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.municipalities.access import has_permission
from portal.municipalities.admin_base import OwnMunicipalityFilter, ScopedAdmin
from portal.municipalities.enums import Permission
from portal.outbox.enums import MessageState
from portal.outbox.models import BouncedAddress, Message


@admin.register(Message)
class MessageAdmin(ScopedAdmin):
    view_permission = Permission.MESSAGES_VIEW
    send_permission = Permission.MESSAGES_VIEW
    personal = True
    list_display = ("subject", "recipient", "state", "created_at", "sent_at", "attempts", "error")
    list_filter = ("state", "kind", OwnMunicipalityFilter)
    search_fields = ("recipient", "subject")
    fields = ("municipality", "kind", "recipient", "language", "subject", "state", "attempts", "created_at",
              "next_try_at", "sent_at", "error")  # fmt: skip
    readonly_fields = fields
    actions = ("try_again",)

    def has_send_permission(self, request: HttpRequest) -> bool:
        return has_permission(request.user, self.send_permission)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        return super().get_queryset(request).defer("text", "html")

    @admin.action(description=_("Try again those that were given up"), permissions=["send"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        # The text of a sign-in code is gone, and the code has run out.
        count = queryset.filter(state=MessageState.FAILED, is_secret=False).update(
            state=MessageState.QUEUED, attempts=0, next_try_at=timezone.now()
        )
        self.message_user(request, _("%(count)d will be tried again.") % {"count": count}, messages.SUCCESS)


@admin.register(BouncedAddress)
class BouncedAddressAdmin(ScopedAdmin):
    """To delete a row is to try again; the address itself is corrected at the household."""

    view_permission = Permission.MESSAGES_VIEW
    delete_permission = Permission.MESSAGES_VIEW
    personal = True
    list_display = ("email", "on", "status")
    list_filter = (OwnMunicipalityFilter,)
    search_fields = ("email",)
    fields = ("municipality", "email", "on", "status")
    readonly_fields = fields
