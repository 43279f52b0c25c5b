"""What fits a household's children and interests: a public page by age, and sections of My page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from newcomers.enums import HouseholdState
from newcomers.models import Household
from newcomers.my_page import ages, clubs
from portal import clock
from portal.municipalities.middleware import MunicipalityRequest
from portal.municipalities.models import Municipality
from portal.page_cache import public_page
from portal.pages.reading import topic_links
from portal.registry import Section, Way


@public_page
def children(request: MunicipalityRequest) -> HttpResponse:
    """What there is for which age, by birth year. Knows nobody; ends with the day, since it counts in years."""
    municipality = request.municipality
    links = topic_links(municipality, _language(municipality))
    cards = [
        {
            "title": offer.title,
            "text": offer.text,
            "href": links[offer.topic].url if offer.topic in links else "",
            "foot": _("Born %(first)d to %(last)d") % {"first": first, "last": last},
        }
        for offer, first, last in ages.all_offers(clock.today())
    ]
    way_back = [{"label": municipality.name, "url": municipality.get_absolute_url()}]
    return render(request, "newcomers/children.html", {"cards": cards, "way_back": way_back})


def _language(municipality: Municipality) -> str:
    return get_language() or municipality.main_language


def ways(municipality: Municipality, theme: str, on: date) -> Iterable[Way]:
    if theme == "learn":
        yield Way(_("What there is for children, by age"), reverse("newcomers:children", args=[municipality.slug]))


# --- My page --------------------------------------------------------------------------------------


def my_page(request: HttpRequest, household: Household, on: date) -> Iterable[Section]:
    if household.state == HouseholdState.MOVED_AWAY:
        return
    language = _language(household.municipality)
    if by_child := _by_child(household, on, language):
        url = reverse("newcomers:children", args=[household.municipality.slug])
        yield Section(45, "newcomers/children_section.html", {"by_child": by_child, "all_url": url})
    found, pages = clubs.clubs_for(household, language), clubs.pages_for(household, language)
    if found or pages:
        yield Section(50, "newcomers/clubs_section.html", {"clubs": found, "pages": pages})


def _by_child(household: Household, on: date, language: str) -> list[dict[str, Any]]:
    """For each birth year, also when two children share it: where the child is now, and what fits."""
    links = topic_links(household.municipality, language)
    years = dict.fromkeys(household.child_birth_years)
    return [
        {
            "birth_year": year,
            "now": ages.where_now(year, on),
            "offers": [{"offer": offer, "link": links.get(offer.topic)} for offer in offers],
        }
        for year in years
        if (offers := ages.offers_for(year, on))
    ]
