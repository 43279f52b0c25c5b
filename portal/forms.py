"""What every form that the public fills in stands on."""

from __future__ import annotations

import hashlib
from typing import Any, ClassVar

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from portal import health, identity_numbers

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


HEALTH_CONFIRMED = "health_confirmed"
ABOUT_HEALTH = _(
    "This looks like something about health. We do not keep that. Change it, "
    "or press once more to save it as it stands."
)


class HintsAtHealth(WithoutIdentityNumbers):
    """Comes back once when a free text looks like health. A second press saves that very text.

    Texts of several lines are free texts; `more_free_texts` names the others.
    """

    more_free_texts: ClassVar[tuple[str, ...]] = ()

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.asks_about_health = False
        names = [name for name, field in self.fields.items() if isinstance(field.widget, forms.Textarea)]
        self._free_texts = [*names, *self.more_free_texts]
        if self._free_texts:
            self.fields[HEALTH_CONFIRMED] = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        confirmed = cleaned.pop(HEALTH_CONFIRMED, "")
        found = {name: cleaned[name] for name in self._free_texts if health.is_mentioned(cleaned.get(name) or "")}
        texts = hashlib.sha256(repr(sorted(found.items())).encode()).hexdigest()
        if found and confirmed != texts:
            self.asks_about_health = True
            typed: Any = self.data  # our own copy (WithoutIdentityNumbers)
            typed[self.add_prefix(HEALTH_CONFIRMED)] = texts
            for name in found:
                self.add_error(name, ABOUT_HEALTH)
        return cleaned
