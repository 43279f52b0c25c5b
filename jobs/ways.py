"""Ways into the vacancies from the themes of the site."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.urls import reverse
from django.utils.translation import ngettext

from portal.municipalities.models import Municipality
from portal.registry import Way


def ways(municipality: Municipality, theme: str, on: date) -> Iterable[Way]:
    if theme == "work":
        count = municipality.vacancys.shown(on).count()
        label = ngettext("%(count)d vacant job", "%(count)d vacant jobs", count) % {"count": count}
        yield Way(label, reverse("jobs:list", args=[municipality.slug]), count)
