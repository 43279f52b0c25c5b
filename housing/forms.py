"""What visitors narrow the list of homes with."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from housing.enums import ListingKind
from housing.models import ListingQuerySet


class AmountField(forms.IntegerField):
    """Kroner as people write them: 10000, 10 000, 10.000 or 10 000 kr."""

    widget = forms.TextInput(attrs={"inputmode": "numeric"})

    def to_python(self, value: Any) -> int | None:
        text = str(value or "").strip().lower().removesuffix("kr")
        return super().to_python(re.sub(r"(?<=\d)[\s.,](?=\d{3}(?!\d))", "", text))


class ListingFilter(forms.Form):
    """A filter that cannot be read is named and left out; the others still hold."""

    kind = forms.ChoiceField(
        label=_("Kind of home"),
        choices=[("", _("All kinds")), *ListingKind.choices],
        required=False,
        error_messages={"invalid_choice": _("There is no such kind. Choose one from the list.")},
    )
    max_price = AmountField(
        label=_("Highest price (kr)"),
        min_value=0,
        max_value=1_000_000_000,
        required=False,
        error_messages={"invalid": _("Write the price with figures only, such as 10000.")},
    )
    min_rooms = forms.IntegerField(
        label=_("Rooms, at least"),
        min_value=1,
        max_value=50,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={"invalid": _("Write how many rooms with figures only, such as 3.")},
    )

    def narrow(self, listings: ListingQuerySet) -> ListingQuerySet:
        self.full_clean()
        filters = self.cleaned_data
        if filters.get("kind"):
            listings = listings.filter(kind=filters["kind"])
        if filters.get("max_price") is not None:
            listings = listings.filter(price_nok__lte=filters["max_price"])
        if filters.get("min_rooms") is not None:
            listings = listings.filter(rooms__gte=filters["min_rooms"])
        return listings
