"""Homes that may fit what a household wishes for, on My page. Nothing of it is kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from housing.enums import RENTALS, ListingKind
from housing.models import ListingQuerySet
from housing.views import card
from newcomers.enums import HomeKind, HouseholdState, Tenure
from newcomers.models import Household, Preferences
from newcomers.wishes import in_words, preferences_of
from portal.registry import Section

MOST_SHOWN = 3
# A home's rooms are its living room and its bedrooms.
OTHER_ROOMS = 1
KINDS: dict[str, frozenset[ListingKind]] = {
    HomeKind.ROOM: frozenset({ListingKind.ROOM}),
    HomeKind.FLAT: frozenset({ListingKind.RENTAL_FLAT, ListingKind.FLAT_FOR_SALE}),
    HomeKind.TERRACED: frozenset({ListingKind.RENTAL_HOUSE, ListingKind.HOUSE_FOR_SALE}),
    HomeKind.HOUSE: frozenset({ListingKind.RENTAL_HOUSE, ListingKind.HOUSE_FOR_SALE}),
    HomeKind.FARM: frozenset({ListingKind.SMALLHOLDING}),
    HomeKind.PLOT: frozenset({ListingKind.PLOT}),
}


def my_page(request: HttpRequest, household: Household, on: date) -> Iterable[Section]:
    wished = preferences_of(household)
    told_something = wished.home_kinds or wished.home_tenure or wished.home_bedrooms
    if not told_something or household.state == HouseholdState.MOVED_AWAY:
        return
    fitting = that_fit(household.municipality.listings.shown(on), wished)
    found = fitting.select_related("municipality", "postcode")[:MOST_SHOWN]
    context: dict[str, object] = {
        "cards": [_card(listing, wished) for listing in found],
        "list_url": reverse("housing:list", args=[household.municipality.slug]),
    }
    yield Section(65, "housing/my_page.html", context)


def that_fit(listings: ListingQuerySet, wished: Preferences) -> ListingQuerySet:
    """Of one of the kinds, to rent or to buy as wished, with a bedroom for each that is wished."""
    kinds = set(ListingKind)
    if wished.home_kinds:
        kinds = set().union(*(KINDS.get(kind, frozenset()) for kind in wished.home_kinds))
    if wished.home_tenure == Tenure.RENT:
        kinds &= RENTALS
    elif wished.home_tenure == Tenure.BUY:
        kinds -= RENTALS
    found = listings.filter(kind__in=kinds)
    if wished.home_bedrooms:
        # A plot has no rooms yet.
        found = found.filter(Q(rooms=None) | Q(rooms__gte=wished.home_bedrooms + OTHER_ROOMS))
    return found


def _card(listing: Any, wished: Preferences) -> dict[str, Any]:
    plain = card(listing)
    return plain | {"text": f"{plain['text']} · {plain['foot']}", "foot": _why(listing, wished)}


def _why(listing: Any, wished: Preferences) -> str:
    parts = [in_words("home_kinds", [kind for kind in wished.home_kinds if listing.kind in KINDS.get(kind, ())])]
    if wished.home_tenure:
        parts.append(in_words("home_tenure", wished.home_tenure))
    if wished.home_bedrooms and listing.rooms:
        parts.append(in_words("home_bedrooms", wished.home_bedrooms))
    return _("Because you look for: %(words)s") % {"words": "; ".join(part for part in parts if part)}
