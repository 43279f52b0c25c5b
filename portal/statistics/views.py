from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from portal.municipalities.middleware import MunicipalityRequest
from portal.page_cache import public_page
from portal.statistics.services import place_facts


@public_page
def place(request: MunicipalityRequest) -> HttpResponse:
    municipality = request.municipality
    facts = place_facts(municipality)
    way_back = [{"label": municipality.name, "url": municipality.get_absolute_url()}]
    context = {**facts, "way_back": way_back, "is_empty": not any(facts.values())}
    return render(request, "statistics/place.html", context)
