"""What newcomers fill in."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel import Locale, localedata
from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Column, Fieldset, Layout, Row
from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.text import capfirst as _capfirst
from django.utils.translation import gettext_lazy as _

from newcomers.enums import MoveReason, Residency, ShareField
from newcomers.fields import DAY_FORMATS, DayInput, phone_field, year_field
from newcomers.models import Person
from portal.accounts.models import User
from portal.clock import add_months
from portal.forms import WithoutIdentityNumbers
from portal.municipalities.models import Municipality, Postcode

capfirst = lazy(_capfirst, str)  # choices are read before the reader's language is known
OLDEST = date(1900, 1, 1)
MONTHS_AHEAD = 12
# Stands below the postcode, and is filled anew while that is typed.
PLACE = """
<div id="place" class="muted" aria-live="polite">
  {% include "newcomers/place.html" with place=form.place %}
</div>"""
ADULT_AGE = 18

# In their own words, since the reader may know no other. Those we do not write in are wishes (nearest_language).
LANGUAGE_WISHES = [
    ("nb", "Norsk bokmål"),
    ("nn", "Norsk nynorsk"),
    ("en", "English"),
    ("pl", "Polski"),
    ("uk", "Українська"),
    ("de", "Deutsch"),
    ("ar", "العربية"),
]


class RegistrationForm(WithoutIdentityNumbers):
    """A household registers. The parts are in PARTS, each with its fields, so that each can become a page."""

    submission = forms.UUIDField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(
        label=_("Your name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text=_("First name and last name."),
    )
    birth_year = year_field(_("Your birth year"))
    email = forms.EmailField(
        label=_("Your e-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("We send a code to it. With the code you show that the address is yours."),
    )
    phone = phone_field(_("Your phone number"))
    second_name = forms.CharField(label=_("Their name"), max_length=200, required=False)
    second_birth_year = year_field(_("Their birth year"), required=False)
    second_email = forms.EmailField(
        label=_("Their e-mail address"),
        required=False,
        help_text=_("With it they can sign in and see the same page as you."),
    )
    second_phone = phone_field(_("Their phone number"), autocomplete="off")
    child_birth_years = forms.CharField(
        label=_("The children's birth years"),
        required=False,
        max_length=200,
        help_text=_("One for each child, such as 2016, 2019. We do not ask for names."),
    )
    moved_in_on = forms.DateField(
        label=_("When did you move, or when will you move?"),
        widget=DayInput(),
        input_formats=DAY_FORMATS,
        error_messages={"invalid": _("This is not a day we can read. Write it as 22.11.2026.")},
    )
    street = forms.CharField(
        label=_("Street and number"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "address-line1"}),
        help_text=_("With the number of the flat if you have one, such as H0201."),
    )
    care_of = forms.CharField(
        label=_("c/o"),
        max_length=200,
        required=False,
        help_text=_("If another name stands on the letter box."),
    )
    postcode = forms.CharField(
        label=_("Postcode"),
        widget=forms.TextInput(
            attrs={"autocomplete": "postal-code", "inputmode": "numeric", "maxlength": "5", "class": "input-short"}
        ),
    )
    residency = forms.ChoiceField(
        label=_("How will you live here?"),
        choices=[(residency.value, capfirst(residency.label)) for residency in Residency],
        widget=forms.RadioSelect,
        initial=Residency.FULL_TIME,
    )
    language = forms.ChoiceField(
        label=_("In which language may we write to you?"),
        choices=LANGUAGE_WISHES,
        help_text=_("If we cannot write in it yet, we choose the nearest one."),
    )
    reason = forms.ChoiceField(
        label=_("What made you move here?"),
        choices=[("", _("I would rather not say")), *((reason.value, capfirst(reason.label)) for reason in MoveReason)],
        required=False,
    )
    wishes = forms.CharField(
        label=_("What would you like help with, or get to know?"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Such as a choir, a language café, work or a bigger home. Do not write about health."),
    )
    share_phone = forms.BooleanField(label=_("My host may see my phone number"), required=False)
    share_email = forms.BooleanField(label=_("My host may see my e-mail address"), required=False)
    share_address = forms.BooleanField(label=_("My host may see my street address"), required=False)

    SECOND_ADULT = ("second_name", "second_birth_year", "second_email", "second_phone")
    PARTS = (
        (_("About you"), ("name", ("birth_year", "phone"), "email")),
        (_("Another adult who moves with you"), ("second_name", ("second_birth_year", "second_phone"), "second_email")),
        (_("Children"), ("child_birth_years",)),
        (_("Your new home"), ("moved_in_on", "street", "care_of", "postcode", "residency")),
        (_("So that we can help you"), ("language", "reason", "wishes")),
        (_("What your host may see"), ("share_phone", "share_email", "share_address")),
    )

    def __init__(
        self, data: Any = None, *, municipality: Municipality, on: date, account: User | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.municipality, self.on = municipality, on
        self.fields["submission"].initial = uuid.uuid4
        if account:
            # A second address would be a second account.
            self.fields["email"].disabled = True
            self.fields["email"].help_text = _("You are signed in with it.")
            self.initial["email"] = account.email
        self.fields["postcode"].widget.attrs |= {
            "data-look-up": reverse("newcomers:postcode", args=[municipality.slug]),
            "data-into": "place",
        }
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout("submission", *(self._part(legend, names) for legend, names in self.PARTS))

    def _part(self, legend: Any, names: tuple[Any, ...]) -> Fieldset:
        content: list[Any] = []
        for name in names:
            content.append(Row(*(Column(part) for part in name)) if isinstance(name, tuple) else name)
            if name == "postcode":
                content.append(HTML(PLACE))
        if "share_phone" in names:
            content.insert(0, HTML('{% include "newcomers/about_sharing.html" %}'))
        return Fieldset(legend, *content)

    @property
    def place(self) -> Place | None:
        return look_up(str(self["postcode"].value() or ""), self.municipality)

    # --- Checks ---

    def clean_submission(self) -> uuid.UUID:
        return self.cleaned_data["submission"] or uuid.uuid4()

    def clean_email(self) -> str:
        return User.objects.normalize_email(self.cleaned_data["email"])

    def clean_second_email(self) -> str:
        return User.objects.normalize_email(self.cleaned_data["second_email"])

    def clean_birth_year(self) -> int:
        return self._adult_year(self.cleaned_data["birth_year"])

    def clean_second_birth_year(self) -> int | None:
        year = self.cleaned_data["second_birth_year"]
        return None if year is None else self._adult_year(year)

    def _adult_year(self, year: int) -> int:
        if not OLDEST.year <= year <= self.on.year:
            raise ValidationError(_("This cannot be a birth year. Write it with four digits, such as 1985."))
        if self.on.year - year < ADULT_AGE:
            raise ValidationError(_("An adult is at least 18 this year. Children stand further down, by birth year."))
        return year

    def clean_child_birth_years(self) -> list[int]:
        words = [word for word in re.split(r"[\s,;./+&]+", self.cleaned_data["child_birth_years"]) if word]
        if any(not re.fullmatch(r"[0-9]{4}", word) for word in words):
            raise ValidationError(_("Write only the years, such as 2016, 2019."))
        years = sorted(int(word) for word in words)
        for year in years:
            if year > self.on.year:
                raise ValidationError(
                    _("%(year)d has not come yet. Add the child when it is born."), params={"year": year}
                )
            if self.on.year - year >= ADULT_AGE:
                raise ValidationError(
                    _("Who was born in %(year)d is an adult, and registers with a name."), params={"year": year}
                )
        return years

    def clean_moved_in_on(self) -> date:
        day: date = self.cleaned_data["moved_in_on"]
        if day < OLDEST:
            raise ValidationError(_("This day is too long ago. Check the year."))
        if day > add_months(self.on, MONTHS_AHEAD):
            raise ValidationError(_("This is more than a year ahead. Register when it is closer."))
        return day

    def clean_postcode(self) -> str:
        place = look_up(self.cleaned_data["postcode"], self.municipality)
        if place is None or not place.city:
            raise ValidationError(_("We do not know this postcode. It has four digits, such as 3550."))
        if place.elsewhere:
            raise ValidationError(
                _("%(code)s %(city)s lies in the municipality of %(municipality)s. Register there."),
                params={"code": place.code, "city": place.city, "municipality": place.elsewhere},
            )
        self.cleaned_data["city"] = place.city
        return place.code

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if any(cleaned.get(name) for name in self.SECOND_ADULT):
            for name in ("second_name", "second_birth_year"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, _("We need the name and the birth year of the other adult."))
        if cleaned.get("second_email") and cleaned["second_email"] == cleaned.get("email"):
            self.add_error(
                "second_email", _("Each adult needs an e-mail address of their own. Or leave this one empty.")
            )
        return cleaned

    # --- What comes out ---

    def answers(self) -> dict[str, Any]:
        """As newcomers.services_registering.register keeps it."""
        given = self.cleaned_data
        adults = [{name: given[name] for name in ("name", "birth_year", "email", "phone")}]
        if given["second_name"]:
            adults.append({name: given[f"second_{name}"] for name in ("name", "birth_year", "email", "phone")})
        same = (
            "street",
            "care_of",
            "postcode",
            "city",
            "residency",
            "language",
            "reason",
            "wishes",
            "child_birth_years",
        )
        return {name: given[name] for name in same} | {
            "adults": adults,
            "moved_in_on": given["moved_in_on"].isoformat(),
            "share": [field.value for field in ShareField if given[f"share_{field.value}"]],
        }


@dataclass(frozen=True)
class Place:
    """What we know of a postcode. No city: there is no such postcode. `elsewhere`: it is not in this municipality."""

    code: str
    city: str = ""
    elsewhere: Municipality | None = None

    @property
    def register_elsewhere(self) -> str:
        """Where its people register, if the portal receives them too."""
        here = self.elsewhere and self.elsewhere.is_active
        return reverse("newcomers:register", args=[self.elsewhere.slug]) if self.elsewhere and here else ""


def look_up(typed: str, municipality: Municipality) -> Place | None:
    """The place of a postcode; nothing as long as it is not written out."""
    code = "".join(typed.split())
    if not re.fullmatch(r"[0-9]{4}", code):
        return None
    postcode = Postcode.objects.select_related("municipality").filter(code=code).first()
    if postcode is None:
        return Place(code)
    elsewhere = postcode.municipality if postcode.municipality_id != municipality.pk else None
    return Place(code, postcode.city, elsewhere)


class OwnDetailsForm(WithoutIdentityNumbers):
    """What a newcomer changes on My page."""

    phone = phone_field(_("Your phone number"))
    language = forms.ChoiceField(label=_("In which language may we write to you?"), choices=LANGUAGE_WISHES)
    wishes = forms.CharField(
        label=_("What would you like help with, or get to know?"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Do not write about health."),
    )
    wants_post = forms.BooleanField(label=_("Send us letters and the welcome package"), required=False)

    def __init__(self, data: Any = None, *, person: Person) -> None:
        household = person.household
        super().__init__(
            data,
            initial={
                "phone": person.phone,
                "language": household.language,
                "wishes": household.wishes,
                "wants_post": household.wants_post,
            },
        )
        self.helper = FormHelper()
        self.helper.form_tag = False
        language: Any = self.fields["language"]
        language.choices = language_choices(household.language)


def language_choices(current: str) -> list[tuple[str, str]]:
    """With the language they have, which a list of movers may have named."""
    if current in dict(LANGUAGE_WISHES):
        return LANGUAGE_WISHES
    return [*LANGUAGE_WISHES, (current, Locale.parse(current, sep="-").display_name if _is_known(current) else current)]


def _is_known(code: str) -> bool:
    return bool(code) and code.partition("-")[0] in localedata.locale_identifiers()
