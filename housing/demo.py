"""Homes of the invented region, vacant on any day they are loaded."""

from __future__ import annotations

from datetime import date, timedelta

from housing.models import CONFIRM_EVERY, Listing
from portal.demo import read
from portal.municipalities.models import Municipality

# Rooms are about to leave the site, so that the office has something to confirm.
CONFIRMED_LONG_AGO = "room"
# Taken from the file as they are.
FACTS = "kind", "description", "language", "street", "rooms", "area_m2", "plot_area_m2", "price_nok", "furnished"


def load_content(*, on: date) -> dict[str, int]:
    places = Municipality.objects.in_bulk([row["municipality"] for row in read("listings")], field_name="code")
    for number, row in enumerate(read("listings")):
        place = places[row["municipality"]]
        age = CONFIRM_EVERY - timedelta(days=3) if row["kind"] == CONFIRMED_LONG_AGO else timedelta(days=number)
        Listing.objects.update_or_create(
            municipality=place,
            title=row["title"],
            defaults={name: row[name] for name in FACTS}
            | {
                "show_address": True,
                "postcode_id": row["postcode"],
                "available_from": on + timedelta(days=row["available_in_days"]),
                "contact_name": place.office_name,
                "contact_phone": place.office_phone,
                "contact_email": place.office_email,
                "is_published": True,
                "published_on": on - age,
                "confirmed_on": on - age,
                "taken_on": None,
            },
        )
    return {"listings": Listing.objects.count()}
