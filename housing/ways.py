"""Ways into the homes from the themes of the site."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.urls import reverse
from django.utils.translation import ngettext

from portal.municipalities.models import Municipality
from portal.registry import Way


def ways(municipality: Municipality, theme: str, on: date) -> Iterable[Way]:
    if theme == "live":
        count = municipality.listings.shown(on).count()
        label = ngettext("%(count)d home to rent or buy", "%(count)d homes to rent or buy", count) % {"count": count}
        yield Way(label, reverse("housing:list", args=[municipality.slug]), count)
