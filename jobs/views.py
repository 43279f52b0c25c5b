"""Vacancies, open to everyone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _

from jobs.enums import VacancyState
from jobs.forms import VacancyFilter
from jobs.models import Vacancy
from portal import clock
from portal.municipalities.access import has_permission
from portal.municipalities.enums import Permission
from portal.municipalities.middleware import MunicipalityRequest
from portal.page_cache import public_page
from portal.pages.texts import to_html

PER_PAGE = 20


@public_page
def vacancy_list(request: MunicipalityRequest) -> HttpResponse:
    on = clock.today()
    form = VacancyFilter(request.GET)
    vacancies = form.narrow(request.municipality.vacancys.shown(on).select_related("municipality"))
    page = Paginator(vacancies, PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "jobs/list.html",
        {
            "form": form,
            "page": page,
            "cards": [card(vacancy) for vacancy in page],
            "is_narrowed": any(form.cleaned_data.values()),
            "list_url": reverse("jobs:list", args=[request.municipality.slug]),
        },
    )


def card(vacancy: Vacancy) -> dict[str, Any]:
    """As components/card.html takes it, also on My page."""
    places = [vacancy.employer_name, vacancy.workplace]
    return {
        # The title stands in the employer's language, the rest of the card in the reader's.
        "title": format_html('<span lang="{}">{}</span>', vacancy.language, vacancy.title),
        "href": vacancy.get_absolute_url(),
        "text": " · ".join(place for place in places if place),
        "tags": [{"label": vacancy.get_kind_display()}],
        "foot": _("Apply by %(day)s") % {"day": date_format(vacancy.deadline)}
        if vacancy.deadline
        else _("Apply as soon as you can"),
    }


@public_page
def vacancy_detail(request: MunicipalityRequest, pk: UUID) -> HttpResponse:
    """Drafts and old vacancies are there for those who may edit them, and for nobody else."""
    municipality = request.municipality
    vacancy = municipality.vacancys.filter(pk=pk).first()
    list_url = reverse("jobs:list", args=[municipality.slug])
    is_shown = vacancy is not None and vacancy.state(clock.today()) == VacancyState.SHOWN
    if vacancy is None or not (is_shown or has_permission(request.user, Permission.JOBS_EDIT, municipality)):
        return render(request, "jobs/gone.html", {"list_url": list_url}, status=404)
    return render(
        request,
        "jobs/detail.html",
        {
            "vacancy": vacancy,
            "is_shown": is_shown,
            "body": to_html(vacancy.description),
            "facts": _facts(vacancy),
            "way_back": [
                {"label": municipality.name, "url": municipality.get_absolute_url()},
                {"label": _("Jobs"), "url": list_url},
            ],
        },
    )


def _facts(vacancy: Vacancy) -> list[dict[str, Any]]:
    return [
        {"label": _("Employer"), "value": vacancy.employer_name},
        {"label": _("Kind of job"), "value": vacancy.get_kind_display()},
        {"label": _("Occupation"), "value": vacancy.occupation},
        {"label": _("Workplace"), "value": vacancy.workplace},
        {"label": _("Last day to apply"), "value": vacancy.deadline or _("As soon as possible")},
        {"label": _("Who to ask"), "value": vacancy.contact},
        {"label": _("Posted"), "value": vacancy.published_on},
    ]
