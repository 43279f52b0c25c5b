"""The forms beside the pages of registering: leaving and coming back, and an employer who introduces an employee."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from newcomers.fields import DAY_FORMATS, DayInput
from newcomers.forms import LANGUAGE_WISHES, PlainForm
from portal.accounts.models import User
from portal.clock import add_months
from portal.municipalities.models import Municipality

MONTHS_AHEAD = 12
# "Komplett.no" is a name, and stands on our page without a link; "bit.ly/x" is a way to somewhere.
_ADDRESS_OF_A_PAGE = re.compile(
    r"://|\bwww\.|\b(?:https?|ftp|mailto|tel|data|javascript):|[\w-]\.[^\W\d_]{2,}(?::\d+)?[/?#]", re.IGNORECASE
)
_LINE_BREAK = re.compile(r"[\r\n\v\f\x85\u2028\u2029]")


class LaterForm(PlainForm):
    email = forms.EmailField(
        label=_("Your e-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("We send a code to it, and use the address for nothing else."),
    )

    def clean_email(self) -> str:
        return User.objects.normalize_email(self.cleaned_data["email"])


class ReturnForm(LaterForm):
    code = forms.CharField(
        label=_("The code in the e-mail"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "characters"}),
        help_text=_("Eight letters and digits, such as BCDF-2345."),
    )
    field_order = ("email", "code")

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["email"].help_text = _("The address that you gave when you stopped.")


class IntroductionForm(PlainForm):
    """What an employer tells of a new employee: enough to write to that person, and no more."""

    employer = forms.CharField(
        label=_("Employer"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "organization"})
    )
    contact_name = forms.CharField(
        label=_("Your name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    contact_email = forms.EmailField(
        label=_("Your e-mail address at work"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("We send a link to it first. With the link you show that it was you who wrote."),
    )
    name = forms.CharField(
        label=_("The employee's name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    email = forms.EmailField(
        label=_("The employee's e-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    language = forms.ChoiceField(label=_("In which language may we write to them?"))
    starts_on = forms.DateField(
        label=_("First day at work"),
        required=False,
        widget=DayInput(),
        input_formats=DAY_FORMATS,
        error_messages={"invalid": _("This is not a day we can read. Write it as 22.11.2026.")},
    )
    note = forms.CharField(
        label=_("A message to the employee"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("They see it on the page that our e-mail leads to. Do not write about health."),
    )

    def __init__(self, data: Any = None, *, municipality: Municipality, on: date, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.on = on
        offered = dict(LANGUAGE_WISHES)
        language: Any = self.fields["language"]
        # None is chosen for them: it is the employee's language, not the employer's.
        language.choices = [
            ("", _("Choose a language")),
            *((code, offered.get(code, code)) for code in municipality.languages),
        ]

    def clean_contact_email(self) -> str:
        return User.objects.normalize_email(self.cleaned_data["contact_email"])

    def clean_email(self) -> str:
        return User.objects.normalize_email(self.cleaned_data["email"])

    def clean_starts_on(self) -> date | None:
        day: date | None = self.cleaned_data["starts_on"]
        if day and not add_months(self.on, -MONTHS_AHEAD) <= day <= add_months(self.on, MONTHS_AHEAD):
            raise ValidationError(_("This day is more than a year away. Check the year."))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("email") and cleaned["email"] == cleaned.get("contact_email"):
            self.add_error("email", _("This is your own address. We need the employee's."))
        for name in ("employer", "contact_name", "name", "note"):
            if _ADDRESS_OF_A_PAGE.search(cleaned.get(name) or ""):
                self.add_error(name, _("Leave out web addresses: mail with somebody else's links looks like fraud."))
            elif name != "note" and _LINE_BREAK.search(cleaned.get(name) or ""):
                self.add_error(name, _("Write it on one line."))
        return cleaned
