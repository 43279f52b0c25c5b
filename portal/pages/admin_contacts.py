"""Contact points and steps in the office."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from portal.pages.admin_facts import UsedByReference, VerifiedFactAdmin
from portal.pages.admin_languages import SideBySideView
from portal.pages.models import ContactPoint, Step


@admin.register(ContactPoint)
class ContactPointAdmin(UsedByReference, SideBySideView, VerifiedFactAdmin):
    list_display = ("__str__", "phone", "email", "used_in", "owner", "verify_by", "in_time", "municipality")
    search_fields = ("code", "translations__name", "phone", "email")
    fields = (
        "municipality", "code", "name", "phone", "email", "website", "address", "opening_hours",
        "owner", "verified_on", "verify_every",
    )  # fmt: skip


@admin.register(Step)
class StepAdmin(SideBySideView, VerifiedFactAdmin):
    list_display = ("__str__", "situation", "order", "languages", "copied_from", "owner", "verify_by", "in_time")
    list_filter = ("situation", *VerifiedFactAdmin.list_filter)
    list_select_related = ("municipality", "owner", "origin__municipality")
    search_fields = ("translations__title", "translations__text")
    fields = (
        "municipality", "situation", "order", "title", "text", "url", "link_text", "topic",
        "owner", "verified_on", "verify_every",
    )  # fmt: skip

    @admin.display(description=_("languages"))
    def languages(self, step: Any) -> str:
        return ", ".join(sorted(text.language_code.upper() for text in step.translations.all()))

    @admin.display(description=_("copied from"))
    def copied_from(self, step: Any) -> str:
        return str(step.origin.municipality) if step.origin else ""
