"""What every form that the public fills in stands on."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from portal import identity_numbers

LONGEST = 10_000  # letters that are looked at: more than any field takes, so that it can say that it is too long


class WithoutIdentityNumbers(forms.Form):
    """Takes identity numbers out of what was typed before anything can keep or repeat them, and says so."""

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        self._had_identity_number: set[str] = set()
        self.prefix = kwargs.get("prefix")
        super().__init__(self._without_numbers(data) if data is not None else None, **kwargs)

    def _without_numbers(self, data: Any) -> MultiValueDict[str, str]:
        clean: MultiValueDict[str, str] = MultiValueDict()
        typed = {self.add_prefix(name): name for name, field in self.base_fields.items() if not field.widget.is_hidden}
        for name in data:
            values = data.getlist(name) if hasattr(data, "getlist") else [data[name]]
            if name in typed:
                removed = [identity_numbers.remove(str(value)[:LONGEST]) for value in values]
                if any(count for _text, count in removed):
                    self._had_identity_number.add(typed[name])
                values = [text for text, _count in removed]
            clean.setlist(name, values)
        return clean

    def show_again(self, data: Any) -> None:
        """Fill an unsent form with what was typed into a page that was open for too long."""
        typed = self._without_numbers(data)
        # A box that is not sent was not ticked, so every field has its say.
        for name, field in self.fields.items():
            if not field.disabled:
                several = getattr(field.widget, "allow_multiple_selected", False)
                self.initial[name] = (typed.getlist if several else typed.get)(self.add_prefix(name))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in self._had_identity_number:
            self.errors.pop(name, None)  # that it is empty now is not what was wrong
            self.add_error(
                name, _("Leave out the identity number (11 digits). We do not need it, and must not keep it.")
            )
        return cleaned
