"""Kinds of homes, and what a listing's flag and dates say about it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ListingKind(models.TextChoices):
    RENTAL_FLAT = "rental_flat", _("Flat to rent")
    RENTAL_HOUSE = "rental_house", _("House to rent")
    ROOM = "room", _("Room to rent")
    HOUSE_FOR_SALE = "house_for_sale", _("House for sale")
    FLAT_FOR_SALE = "flat_for_sale", _("Flat for sale")
    PLOT = "plot", _("Building plot")
    SMALLHOLDING = "smallholding", _("Smallholding")


# Their price is for a month.
RENTALS = frozenset({ListingKind.RENTAL_FLAT, ListingKind.RENTAL_HOUSE, ListingKind.ROOM})


class ListingState(models.TextChoices):
    """Read from the flag and the dates, never stored."""

    DRAFT = "draft", _("Draft")
    SHOWN = "shown", _("On the site")
    UNCONFIRMED = "unconfirmed", _("Off the site until confirmed")
    TAKEN = "taken", _("Taken")
    WITHDRAWN = "withdrawn", _("Withdrawn")
