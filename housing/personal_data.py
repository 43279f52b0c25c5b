"""Homes are put on the site by their owners, to be seen by everyone."""

from __future__ import annotations

from portal.personal_data import register_personal_data

NOTHING_IN = {"housing.Listing": "an owner's advertisement, on a page for everyone"}

register_personal_data("housing", nothing_in=NOTHING_IN)
