"""What the office does with a household's data on its behalf: take it out, erase it, keep it for the archive.

For those without an account, and for those with a protected address, who stand on no other page. Protected households
are told apart by their number alone; only those who may protect see the list.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from newcomers.models import Household
from portal import clock
from portal.accounts.models import User
from portal.municipalities.access import municipalities_where
from portal.municipalities.admin_base import ScopedAdmin
from portal.municipalities.enums import Permission
from privacy import access_log, erasure, export, protection
from privacy.enums import AccessKind, ErasureState
from privacy.forms import ReasonForm, SureForm
from privacy.models import ArchiveHold, ErasureRequest

PERMISSION = Permission.HOUSEHOLD_RESTRICT
FORMS: dict[str, type[forms.Form]] = {"hold": ReasonForm, "lift": ReasonForm, "erase": SureForm}


class HouseholdDataPages(admin.ModelAdmin):
    """Two pages: the protected households, and one household with what may be done."""

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("protected/", wrap(self.protected), name="privacy_protected"),
            path("household/<uuid:number>/", wrap(self.household), name="privacy_household"),
            *super().get_urls(),
        ]

    def _own(self, request: HttpRequest) -> QuerySet[Household]:
        own = municipalities_where(request.user, PERMISSION)
        if not own:
            raise Http404
        return Household.objects.filter(municipality__in=own).select_related("municipality")

    def protected(self, request: HttpRequest) -> HttpResponse:
        own = self._own(request).filter(restricted=True).prefetch_related("erasures")
        holds = set(ArchiveHold.objects.filter(household__in=own).values_list("household", flat=True))
        rows = [(household, _asked(household), household.pk in holds) for household in own.order_by("created_at", "pk")]
        return self._data_page(request, "protected", title=_("Protected households"), rows=rows)

    def household(self, request: HttpRequest, number: UUID) -> HttpResponse:
        household = get_object_or_404(self._own(request).prefetch_related("persons", "erasures"), pk=number)
        ScopedAdmin.rows_seen(request).append(household)
        what = request.POST.get("do", "")
        if what in {"json", "pdf"}:
            return self._file(household, request.POST.get("adult", ""), what)
        form = FORMS[what](request.POST, auto_id=f"id_{what}_%s") if what in FORMS else None
        if what in DOES and (form is None or form.is_valid()):
            return self._do(request, household, what, form.cleaned_data if form else {})
        return self._data_page(
            request, "household",
            title=_("Data of household %(number)s") % {"number": str(household.pk)[:8]},
            household=household,
            adults=household.adults,
            asked=_asked(household),
            hold=ArchiveHold.objects.filter(household=household).first(),
            forms={
                name: form if name == what else kind(auto_id=f"id_{name}_%s") for name, kind in FORMS.items()
            },
        )  # fmt: skip

    # --- What is done ---

    def _file(self, household: Household, adult: str, kind: str) -> HttpResponse:
        person = next((each for each in household.adults if str(each.pk) == adult), None)
        if person is None:
            raise Http404
        subject = export.subject_of(person)
        if kind == "json":
            content = json.dumps(export.as_json(subject), ensure_ascii=False, indent=2).encode()
        else:
            content = export.as_pdf(subject, household.municipality.nearest_language(household.language), clock.today())
        return export.response(content, household.municipality, kind)

    def _do(self, request: HttpRequest, household: Household, what: str, typed: dict[str, Any]) -> HttpResponse:
        seen = access_log.seen(Household.objects.filter(pk=household.pk))
        self.log_change(request, household, "")
        try:
            said = DOES[what](household, request.user, clock.today(), **typed)
        except erasure.ErasureRefused as error:
            self.message_user(request, str(error), messages.ERROR)
            return redirect(request.path)
        self.message_user(request, said, messages.SUCCESS)
        if household.pk:
            return redirect(request.path)
        # Nothing leads to it any more: what was done to it is written down by its number here.
        page = "admin:privacy_household"
        access_log.note_pages(by=request.user, permission=PERMISSION, kind=AccessKind.CHANGED, page=page, seen=seen)
        return redirect(reverse("admin:privacy_protected"))

    def _data_page(self, request: HttpRequest, template: str, **context: Any) -> HttpResponse:
        shared = {**self.admin_site.each_context(request), "opts": self.opts}
        return TemplateResponse(request, f"admin/privacy/erasurerequest/{template}.html", shared | context)


def _asked(household: Household) -> ErasureRequest | None:
    return next((each for each in household.erasures.all() if each.state == ErasureState.ASKED), None)


def _ask(household: Household, by: User, on: date) -> str:
    asked = erasure.ask(household=household, by=by, on=on)
    return _("They are erased by %(day)s.") % {"day": date_format(asked.due_on, "DATE_FORMAT")}


def _take_back(household: Household, by: User, on: date) -> str:
    erasure.withdraw(household=household, by=by, on=on)
    return _("Nothing is erased.")


def _erase(household: Household, by: User, on: date, *, sure: bool) -> str:
    erasure.erase(household=household, by=by, on=on)
    return _("Erased.")


def _hold(household: Household, by: User, on: date, *, reason: str) -> str:
    hold = {"municipality": household.municipality, "reason": reason, "by": by}
    ArchiveHold.objects.get_or_create(household=household, defaults=hold)
    return _("Nothing of this household is erased while it is kept for the archive.")


def _let_go(household: Household, by: User, on: date) -> str:
    ArchiveHold.objects.filter(household=household).delete()
    return _("No longer kept for the archive.")


def _lift(household: Household, by: User, on: date, *, reason: str) -> str:
    protection.lift(household=household, by=by, reason=reason, on=on)
    return _("No longer protected. The address is gone: ask them for it.")


DOES: dict[str, Callable[..., str]] = {
    "ask": _ask, "take_back": _take_back, "erase": _erase, "hold": _hold, "let_go": _let_go, "lift": _lift,
}  # fmt: skip
