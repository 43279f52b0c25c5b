"""Fields that newcomers fill in, with days and years as people write them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

DAY_FORMATS = ["%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y", "%d/%m/%Y"]


class DayInput(forms.DateInput):
    """The browser's own date field. What is no date stays readable, since a date field would show it empty."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        day = _day(value) if isinstance(value, str) else value
        context: dict[str, Any] = super().get_context(name, day or value, attrs)
        if value and not day:
            context["widget"]["type"] = "text"
        return context


def _day(text: str) -> date | None:
    for day_format in DAY_FORMATS:
        try:
            return datetime.strptime(text.strip(), day_format).date()
        except ValueError:
            continue
    return None


def year_field(label: Any, **options: Any) -> forms.IntegerField:
    attrs = {"inputmode": "numeric", "maxlength": "4", "class": "input-short"}
    return forms.IntegerField(
        label=label,
        widget=forms.TextInput(attrs=attrs),
        error_messages={"invalid": _("Write the year with four digits, such as 1985.")},
        **options,
    )


def phone_field(label: Any, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": options.pop("autocomplete", "tel")}),
        validators=[RegexValidator(r"^\+?[\d\s().-]{5,}$", _("Write the phone number with digits only."))],
        **options,
    )
