"""Contact points and steps in the office."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from portal.pages.admin_facts import PageForm, UsedByReference, VerifiedFactAdmin
from portal.pages.admin_languages import SideBySideView
from portal.pages.enums import Interest
from portal.pages.models import ContactPoint, Step


class ContactPointForm(PageForm):
    interests = forms.MultipleChoiceField(
        label=_("For those who like"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=lambda: [(interest.value, capfirst(interest.label)) for interest in Interest],
        help_text=_("For clubs and meeting places: newcomers who like the same see it on My page."),
    )


@admin.register(ContactPoint)
class ContactPointAdmin(UsedByReference, SideBySideView, VerifiedFactAdmin):
    form = ContactPointForm
    list_display = ("__str__", "phone", "email", "used_in", "owner", "verify_by", "in_time", "municipality")
    search_fields = ("code", "translations__name", "phone", "email")
    fields = (
        "municipality", "code", "name", "phone", "email", "website", "address", "opening_hours",
        "interests", "owner", "verified_on", "verify_every",
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
