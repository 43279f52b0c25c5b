"""Who of two households are the same person, as a person in the office says it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from newcomers.models import Pair, Person
from newcomers.movers.imports import unpacked
from newcomers.movers.likeness import AdultFacts, same_person

SOMEBODY_ELSE = "else"


class SamePersonsForm(forms.Form):
    """For each adult of the second household: which of the first it is. Those who are alike are chosen already."""

    def __init__(self, *args: Any, pair: Pair, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = pair.household.adults
        here = [(str(person.pk), _label(person.name, person.birth_year)) for person in known]
        left = list(known)
        for key, facts in _adults_of_the_second(pair) if known else ():
            same = next((person for person in left if same_person(facts, _facts(person))), None)
            if same:
                left.remove(same)
            self.fields[key] = forms.ChoiceField(
                label=_("%(name)s is") % {"name": _label(facts.name, facts.birth_year)},
                choices=[(SOMEBODY_ELSE, _("somebody else")), *here],
                initial=str(same.pk) if same else SOMEBODY_ELSE,
                required=False,
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen = list(self.same.values())
        if len(chosen) > len(set(chosen)):
            raise forms.ValidationError(_("Two persons cannot be the same one: choose each once."))
        return cleaned

    @property
    def same(self) -> dict[str, str]:
        """Adults of the second household who are one of the first: the one's key, and the other's number."""
        chosen = {key: self.cleaned_data.get(key) or field.initial for key, field in self.fields.items()}
        return {key: number for key, number in chosen.items() if number != SOMEBODY_ELSE}


def _adults_of_the_second(pair: Pair) -> Iterator[tuple[str, AdultFacts]]:
    """By their number, or by their place in the row of a list."""
    if pair.other:
        yield from ((str(person.pk), _facts(person)) for person in pair.other.adults)
    elif pair.row:
        for place, adult in enumerate(unpacked(pair.row.packed).adults):
            yield str(place), AdultFacts.of(adult.name, adult.birth_year or None)


def _facts(person: Person) -> AdultFacts:
    return AdultFacts.of(person.name, person.birth_year)


def _label(name: str, birth_year: int | None) -> str:
    return f"{name} ({birth_year or '–'})"
