"""Fields that newcomers fill in: without identity numbers, with days and years as people write them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from portal import identity_numbers

DAY_FORMATS = ["%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y", "%d/%m/%Y"]


class WithoutIdentityNumbers(forms.Form):
    """Takes identity numbers out of what was typed before anything can keep or repeat them, and says so."""

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        self._had_identity_number: set[str] = set()
        super().__init__(self._without_numbers(data) if data is not None else None, **kwargs)

    def _without_numbers(self, data: Any) -> MultiValueDict[str, str]:
        clean: MultiValueDict[str, str] = MultiValueDict()
        for name in data:
            values = data.getlist(name) if hasattr(data, "getlist") else [data[name]]
            removed = [identity_numbers.remove(str(value)) for value in values]
            if name in self.base_fields and not self.base_fields[name].widget.is_hidden:
                if any(count for _text, count in removed):
                    self._had_identity_number.add(name)
                values = [text for text, _count in removed]
            clean.setlist(name, values)
        return clean

    def show_again(self, data: Any) -> None:
        """Fill an unsent form with what was typed into a page that was open for too long."""
        typed = self._without_numbers(data)
        # A box that is not sent was not ticked, so every field has its say.
        self.initial.update({name: typed.get(name) for name, field in self.fields.items() if not field.disabled})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in self._had_identity_number:
            self.errors.pop(name, None)  # that it is empty now is not what was wrong
            self.add_error(
                name, _("Leave out the identity number (11 digits). We do not need it, and must not keep it.")
            )
        return cleaned


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
