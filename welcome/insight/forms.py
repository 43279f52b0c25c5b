from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from portal.municipalities.models import Municipality
from welcome.insight.reach import PERIODS

REGION = "region"


class ReachForm(forms.Form):
    """Which households: of a municipality or of all, and how far back. Asks with GET; what is left out is usual."""

    place = forms.ChoiceField(label=_("Municipality"))
    period = forms.ChoiceField(label=_("Who came in"), choices=list(PERIODS.items()))

    def __init__(self, data: dict[str, Any], own: QuerySet[Municipality]) -> None:
        super().__init__(data, label_suffix="")
        choices: list[tuple[str, Any]] = [(place.code, place.name) for place in own]
        if Municipality.objects.filter(is_active=True).count() > 1:
            choices.append((REGION, _("the whole region")))
        self.fields["place"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField

    def places(self) -> list[Municipality]:
        """The municipalities asked for, once the form is valid."""
        active = Municipality.objects.filter(is_active=True)
        chosen = self.cleaned_data["place"]
        return list(active if chosen == REGION else active.filter(code=chosen))
