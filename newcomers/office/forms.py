"""What the office fills in beside Django's own forms."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from newcomers.enums import NoteKind
from newcomers.fields import DAY_FORMATS, DayInput
from newcomers.models import Household, SavedView
from portal.accounts.models import User
from portal.forms import HintsAtHealth
from portal.municipalities.access import has_permission
from portal.municipalities.admin_base import ScopedForm
from portal.municipalities.enums import Permission
from portal.municipalities.models import Municipality

# What two tabs may differ in, of each person.
_OF_PERSON = ("name", "birth_year", "email", "phone")


class HouseholdForm(ScopedForm):
    """Carries the version it was made from: of two who edit one household, the second is told what has changed."""

    version_seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Household
        fields = "__all__"  # the admin names them

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version_seen"] = self.instance.version

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        town = cleaned.get("municipality") or getattr(self.instance, "municipality", None)
        owner = cleaned.get("owner") if "owner" in self.changed_data else None
        if owner and town and not has_permission(owner, Permission.HOUSEHOLD_CHANGE, town):
            self.add_error("owner", _("They do not work with the households of %(place)s.") % {"place": town})
        if not self.instance._state.adding and cleaned.get("version_seen") != self.instance.version:
            # What they typed stays; saved once more it is written over what the other one wrote.
            data: Any = self.data
            self.data = data = data.copy()
            data[self.add_prefix("version_seen")] = self.instance.version
            self.add_error(None, [_CHANGED, *self._differences(cleaned)])
        return cleaned

    def _differences(self, cleaned: dict[str, Any]) -> Iterator[str]:
        for name in self._meta.fields or ():
            if name in cleaned and name != "version_seen" and cleaned[name] != getattr(self.instance, name, None):
                label, saved = self.fields[name].label, getattr(self.instance, name)
                yield _difference(str(label), saved, cleaned[name])
        yield from self._differences_of_persons()

    def _differences_of_persons(self) -> Iterator[str]:
        """The rows below are forms of their own, so they are read as they were sent."""
        sent = {value: name.removesuffix("id") for name, value in self.data.items() if _names_a_person(name)}
        for person in self.instance.persons.all():
            prefix = sent.get(str(person.pk))
            if prefix is None:
                yield str(_("%(name)s has been added.") % {"name": person})
                continue
            for name in _OF_PERSON:
                saved, typed = getattr(person, name), self.data.get(prefix + name, "")
                if str(saved or "") != typed:
                    label = f"{person}: {person._meta.get_field(name).verbose_name}"
                    yield _difference(label, saved, typed)


_CHANGED = _(
    "Somebody else has saved this household since you opened it. Look at what differs below. "
    "Save once more, and what you have typed stands."
)


def _names_a_person(name: str) -> bool:
    return bool(re.fullmatch(r"persons-\d+-id", name))  # not those of what they wish: persons-2-0-id


def _difference(label: str, saved: object, typed: object) -> str:
    values = {"what": capfirst(label), "saved": saved or "–", "typed": typed or "–"}
    return str(_("%(what)s: now stands “%(saved)s”, you have typed “%(typed)s”.") % values)


class NoteForm(HintsAtHealth):
    """A note about a household."""

    kind = forms.ChoiceField(label=_("What it is"), choices=NoteKind)
    on = forms.DateField(label=_("Day"), widget=DayInput(), input_formats=DAY_FORMATS)
    text = forms.CharField(
        label=_("Note"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
        help_text=_("Facts only, nothing about health. The household may read it."),
    )


class ChangeNoteForm(HintsAtHealth):
    text = NoteForm.base_fields["text"]


class ColleagueForm(forms.Form):
    owner = forms.ModelChoiceField(User.objects.none(), label=_("Who has them from now on"))

    def __init__(self, *args: Any, colleagues: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["owner"]
        field.queryset = colleagues


class SavedViewForm(ScopedForm):
    """The filters of the list as they stand, under a name."""

    class Meta:
        model = SavedView
        fields = ("name", "municipality")

    def __init__(self, *args: Any, municipalities: Iterable[Municipality], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["municipality"]
        field.queryset, field.empty_label = municipalities, _("nobody: for me alone")

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"].strip()
        if SavedView.objects.filter(user=self.instance.user, name=name).exists():
            raise ValidationError(_("You have a view by that name already."))
        return name
