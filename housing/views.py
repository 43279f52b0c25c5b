"""Homes to rent and to buy, open to everyone."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from housing.enums import ListingState
from housing.forms import ListingFilter
from housing.models import Listing
from portal import clock
from portal.municipalities.access import has_permission
from portal.municipalities.enums import Permission
from portal.municipalities.middleware import MunicipalityRequest
from portal.page_cache import public_page
from portal.pages.texts import to_html

PER_PAGE = 20


@public_page
def listing_list(request: MunicipalityRequest) -> HttpResponse:
    on = clock.today()
    form = ListingFilter(request.GET)
    listings = form.narrow(request.municipality.listings.shown(on).select_related("municipality", "postcode"))
    page = Paginator(listings, PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "housing/list.html",
        {
            "form": form,
            "page": page,
            "cards": [card(listing) for listing in page],
            "is_narrowed": any(value not in {None, ""} for value in form.cleaned_data.values()),
            "list_url": reverse("housing:list", args=[request.municipality.slug]),
        },
    )


def card(listing: Listing) -> dict[str, Any]:
    """As components/card.html takes it, also on My page. Select `municipality` and `postcode` in lists."""
    return {
        # The title stands in the owner's language, the rest of the card in the reader's.
        "title": format_html('<span lang="{}">{}</span>', listing.language, listing.title),
        "href": listing.get_absolute_url(),
        "text": " · ".join(size for size in (listing.price, _rooms(listing), _area(listing)) if size),
        "tags": [{"label": listing.get_kind_display()}],
        "foot": listing.address,
    }


def _rooms(listing: Listing) -> str:
    if listing.rooms is None:
        return ""
    return ngettext("%(count)d room", "%(count)d rooms", listing.rooms) % {"count": listing.rooms}


def _area(listing: Listing) -> str:
    """Of the home; of the plot where there is none."""
    return _square_metres(listing.area_m2 or listing.plot_area_m2)


def _square_metres(area: int | None) -> str:
    return f"{number_format(area, force_grouping=True)}\N{NO-BREAK SPACE}m²" if area else ""


@public_page
def listing_detail(request: MunicipalityRequest, pk: UUID) -> HttpResponse:
    """Homes that are not shown are there for those who may edit them, and for nobody else."""
    municipality = request.municipality
    on = clock.today()
    listing = municipality.listings.select_related("postcode").filter(pk=pk).first()
    list_url = reverse("housing:list", args=[municipality.slug])
    is_shown = listing is not None and listing.state(on) == ListingState.SHOWN
    if listing is None or not (is_shown or has_permission(request.user, Permission.HOUSING_EDIT, municipality)):
        return render(request, "housing/gone.html", {"list_url": list_url}, status=404)
    return render(
        request,
        "housing/detail.html",
        {
            "listing": listing,
            "is_shown": is_shown,
            "body": to_html(listing.description),
            "facts": _facts(listing, on),
            "way_back": [
                {"label": municipality.name, "url": municipality.get_absolute_url()},
                {"label": _("Homes"), "url": list_url},
            ],
        },
    )


def _facts(listing: Listing, on: date) -> list[dict[str, Any]]:
    is_free = listing.available_from is None or listing.available_from <= on
    furnished = {True: _("Yes"), False: _("No"), None: ""}
    return [
        {"label": _("Price"), "value": listing.price},
        {"label": _("Kind of home"), "value": listing.get_kind_display()},
        {"label": _("Rooms"), "value": listing.rooms},
        {"label": _("Floor area"), "value": _square_metres(listing.area_m2)},
        {"label": _("Plot"), "value": _square_metres(listing.plot_area_m2)},
        {"label": _("Available from"), "value": _("Now") if is_free else listing.available_from},
        {"label": _("Furnished"), "value": furnished[listing.furnished]},
        {"label": _("Where"), "value": listing.address},
        {"label": _("Posted"), "value": listing.published_on},
    ]
