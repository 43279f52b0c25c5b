"""The desk: somebody stands there and says who they are. One page, by keyboard alone, and the next empty one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from newcomers.forms import LANGUAGE_WISHES
from newcomers.models import Household
from newcomers.office import desk
from newcomers.office.forms_counter import CounterForm, in_both
from portal import clock
from portal.accounts.models import User
from portal.municipalities.access import municipalities_where
from portal.municipalities.admin_base import ScopedAdmin
from portal.municipalities.enums import ROLE_PERMISSIONS, Permission
from portal.municipalities.models import Municipality

NAME = "newcomers_household"


class CounterPages(admin.ModelAdmin):
    """Two pages: the form, and what to say when somebody has a protected address."""

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("counter/", wrap(self.counter), name=f"{NAME}_counter"),
            path("counter/protected/", wrap(self.counter_protected), name=f"{NAME}_counter_protected"),
            *super().get_urls(),
        ]

    def counter(self, request: HttpRequest) -> HttpResponse:
        municipality = self._town(request)
        on = clock.today()
        if request.method != "POST":
            form = CounterForm(municipality=municipality, on=on)
            return self._counter_page(request, municipality, form=form, **self._noted(request))
        form = CounterForm(request.POST, municipality=municipality, on=on)
        if not form.is_valid():
            return self._counter_page(request, municipality, form=form)
        known = desk.look_for_known(municipality=municipality, answers=form.answers())
        if known.protected:
            ScopedAdmin.rows_seen(request).extend(known.protected)
            return self.counter_protected(request)
        if known.households and "not_known" not in request.POST and not self._sent_twice(form):
            ScopedAdmin.rows_seen(request).extend(known.households)
            return self._counter_page(request, municipality, form=form, known=known.households)
        household = desk.register_at_desk(
            by=request.user, municipality=municipality, submission=form.cleaned_data["submission"],
            answers=form.answers(), on=on,
        )  # fmt: skip
        self.log_addition(request, household, "")
        return redirect(f"{self._counter_url(municipality)}&noted={household.pk}")

    def counter_protected(self, request: HttpRequest) -> HttpResponse:
        """Nothing is stored: this page only says who can help. What was typed goes with the page it stood on."""
        municipality = self._town(request)
        roles = [role for role, may in ROLE_PERMISSIONS.items() if Permission.HOUSEHOLD_RESTRICT in may]
        own = User.objects.filter(staff_roles__municipality=municipality, staff_roles__role__in=roles, is_active=True)
        context = {
            **self.admin_site.each_context(request), "opts": self.opts, "title": _("Do not register"),
            "contacts": own.distinct().order_by("name", "email"), "counter_url": self._counter_url(municipality),
        }  # fmt: skip
        return TemplateResponse(request, "admin/newcomers/household/do_not_register.html", context)

    # --- The page ---

    def _counter_page(self, request: HttpRequest, municipality: Municipality, **context: Any) -> HttpResponse:
        shared = {
            **self.admin_site.each_context(request), "opts": self.opts, "title": _("At the desk"),
            "municipality": municipality, "counter_url": self._counter_url(municipality),
            "others": [(town, self._counter_url(town)) for town in self._towns(request) if town != municipality],
        }  # fmt: skip
        return TemplateResponse(request, "admin/newcomers/household/counter.html", shared | context)

    def _counter_url(self, municipality: Municipality) -> str:
        return f"{reverse(f'admin:{NAME}_counter')}?municipality={municipality.code}"

    def _towns(self, request: HttpRequest) -> list[Municipality]:
        return list(municipalities_where(request.user, Permission.HOUSEHOLD_CHANGE).filter(is_active=True))

    def _town(self, request: HttpRequest) -> Municipality:
        """The one that is named, or the first of one's own."""
        code = request.GET.get("municipality")
        towns = [town for town in self._towns(request) if code in {None, town.code}]
        if not towns:
            raise Http404
        return towns[0]

    def _noted(self, request: HttpRequest) -> dict[str, Any]:
        """What was saved just now, to be read aloud."""
        try:
            pk = UUID(request.GET.get("noted", ""))
        except ValueError:
            return {}
        found: Household | None = self.get_queryset(request).filter(pk=pk).first()
        if found is None:
            return {}
        ScopedAdmin.rows_seen(request).append(found)
        own = dict(LANGUAGE_WISHES).get(found.language, found.language)
        return {"noted": found, "language": in_both(found.language, own), "said_yes": desk.said_yes_to(found)}

    def _sent_twice(self, form: CounterForm) -> bool:
        return Household.objects.filter(pk=form.cleaned_data["submission"]).exists()
