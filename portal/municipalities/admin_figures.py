"""How well a municipality's site works, in the office: the same figures as `sitefigures`, for a chosen period."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import clock, registry
from portal.accounts.models import User
from portal.municipalities.access import municipalities_where
from portal.municipalities.enums import Permission
from portal.municipalities.models import Municipality
from portal.registry import Number, Period, SiteFigures


def places_with_figures(user: User | AnonymousUser) -> QuerySet[Municipality]:
    """Where somebody sees figures: those who report them, and those whose texts they are about."""
    places = municipalities_where(user, Permission.FIGURES_VIEW) | municipalities_where(user, Permission.CONTENT_EDIT)
    return places.filter(is_active=True)


def usual_start(on: date) -> date:
    """The first day of the period that nobody chose: the last twelve months."""
    return clock.add_months(on, -12)


class PeriodForm(forms.Form):
    municipality: forms.ModelChoiceField[Municipality] = forms.ModelChoiceField(
        Municipality.objects.none(), to_field_name="code", empty_label=None, label=gettext_lazy("Municipality")
    )
    start = forms.DateField(label=gettext_lazy("From"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    until = forms.DateField(
        label=gettext_lazy("To and including"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, data: dict[str, Any], places: QuerySet[Municipality]) -> None:
        super().__init__(data, label_suffix="")
        self.fields["municipality"].queryset = places  # type: ignore[attr-defined]  # a ModelChoiceField

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("start") and cleaned.get("until") and cleaned["until"] < cleaned["start"]:
            self.add_error("until", _("The last day comes before the first."))
        return cleaned


def figures_page(request: HttpRequest) -> HttpResponse:
    """Only a look: a GET with municipality, start and until, all of which may be left out."""
    on, places = clock.today(), places_with_figures(request.user)
    first = places.first()
    if first is None:
        raise PermissionDenied
    usual = {"municipality": first.code, "start": usual_start(on).isoformat(), "until": on.isoformat()}
    form = PeriodForm(usual | request.GET.dict(), places)
    context: dict[str, Any] = {"title": _("How well the site works"), "form": form, "tables": []}
    if form.is_valid():
        place = form.cleaned_data["municipality"]
        found = registry.site_figures(place, Period(form.cleaned_data["start"], form.cleaned_data["until"], on))
        context |= {"place": place, "tables": [(name, _table(figures)) for name, figures in found.items()]}
    return TemplateResponse(request, "admin/figures.html", {**admin.site.each_context(request), **context})


def _table(figures: SiteFigures) -> dict[str, Any]:
    """Head and rows in words: numbers of the whole one below the other, the others side by side."""
    head: Sequence[str] = ()
    if figures.rows:
        head = [figures.row_title, *(number.title for number in figures.rows[0][2])]
    rows = [(title, [in_words(number) for number in numbers]) for _key, title, numbers in figures.rows]
    rows += [(number.title, [in_words(number)]) for number in figures.numbers]
    return {"title": figures.title, "note": figures.note, "head": head, "rows": rows}


def in_words(number: Number) -> str:
    if number.value is None:
        return _("fewer than %(n)d") % {"n": registry.SMALLEST}
    if number.kind == "share":
        return _("%(share)s %%") % {"share": number_format(round(100 * number.value))}
    return number_format(number.value)


def as_json(figures: SiteFigures) -> object:
    """The same for machines: an object, or a list of objects when there are rows."""
    if not figures.row_key:
        return {number.key: number.value for number in figures.numbers}
    return [
        dict([(figures.row_key, key), *((number.key, number.value) for number in numbers)])
        for key, _title, numbers in figures.rows
    ]
