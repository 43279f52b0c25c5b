"""Whom we reach, for those who see figures and for those who have the households; a page, and the same as a file."""

from __future__ import annotations

import csv
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.template.response import TemplateResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal import clock
from portal.municipalities.access import municipalities_where
from portal.municipalities.enums import Permission
from portal.municipalities.models import Municipality
from portal.spreadsheets import without_formula
from portal.statistics import charts
from welcome.insight.forms import ReachForm
from welcome.insight.reach import Count, Report, report


@require_safe
def reach(request: HttpRequest) -> HttpResponse:
    form = _form(request)
    context: dict[str, Any] = {"title": _("Whom we reach"), "form": form}
    if form.is_valid():
        found = report(form.places(), form.cleaned_data["period"], clock.today())
        context |= {"report": found, "all_lines": [found.total], "chart": _chart(found)}
        context["query"] = urlencode({name: form.cleaned_data[name] for name in ("place", "period")})
    return TemplateResponse(request, "admin/insight/reach.html", {**admin.site.each_context(request), **context})


@require_safe
def reach_csv(request: HttpRequest) -> HttpResponse:
    """One line for each segment, with the same cells left out as on the page."""
    form = _form(request)
    if not form.is_valid():
        return HttpResponseBadRequest(_("There is no such municipality or period."))
    found = report(form.places(), form.cleaned_data["period"], clock.today())
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="reach-{form.cleaned_data["place"]}-{found.until}.csv"'
    answer.write("\ufeff")  # so that a spreadsheet reads the letters right
    table = csv.writer(answer, delimiter=";")
    table.writerow([_("segment"), _("group"), *(str(title) for _key, title in found.columns)])
    table.writerow([_("all"), _("all"), *map(_in_file, found.total.counts)])
    for segments in found.segments:
        for line in segments.lines:
            table.writerow([segments.title, without_formula(str(line.title)), *map(_in_file, line.counts)])
    return answer


def _form(request: HttpRequest) -> ReachForm:
    own = _own_places(request)
    first = own.first()
    if first is None:
        raise PermissionDenied
    return ReachForm({"place": first.code, "period": "12"} | request.GET.dict(), own)


def _own_places(request: HttpRequest) -> QuerySet[Municipality]:
    return municipalities_where(request.user, Permission.FIGURES_VIEW).filter(is_active=True)


def _in_file(count: Count) -> str:
    return _("not shown") if count.value is None else str(count.value)


def _chart(found: Report) -> charts.Chart | None:
    """The share of all households that each kind of reach has got to, as far as it may be shown."""
    rows = [
        (str(title).capitalize(), round(100 * count.share), _("%(share)s %%") % {"share": round(100 * count.share)})
        for (_key, title), count in zip(found.columns, found.total.counts, strict=True)
        if count.share is not None
    ]
    return charts.lying(rows, mirrored=translation.get_language_bidi()) if rows else None
