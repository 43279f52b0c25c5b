"""Registering at the desk: one page, in the order in which people say it."""

from __future__ import annotations

import re
import uuid
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from newcomers.consents import TEXT_VERSION, TEXTS
from newcomers.enums import CONTACT_PURPOSES, ConsentPurpose, ShareField
from newcomers.fields import DAY_FORMATS, phone_field, year_field
from newcomers.forms import ADULT_AGE, LANGUAGE_WISHES, MONTHS_AHEAD, OLDEST, Place, adult_year, known_place, look_up
from newcomers.languages import language_name
from portal.accounts.models import User
from portal.clock import add_months
from portal.forms import WithoutIdentityNumbers
from portal.municipalities.models import Municipality

# What stands for today in the field of the day, in the languages of offices.
TODAY_WORDS = {"t", ".", "today", "i dag", "idag", "d"}
_WITH_YEAR = re.compile(r"^(?P<name>.*\D)\s*(?P<year>\d{4})$")


def in_both(code: str, own: str) -> str:
    """As the page calls it, which a keyboard here can type, and as its readers do: Ukrainian – Українська."""
    name = language_name(code)
    return own if code in {"nb", "nn"} or capfirst(name) == own else f"{capfirst(name)} – {own}"


class CounterForm(WithoutIdentityNumbers):
    """Every field is text, so that nothing but the keyboard is needed; errors keep what was typed."""

    submission = forms.UUIDField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=_("Name"), max_length=200)
    birth_year = year_field(_("Birth year"))
    email = forms.EmailField(
        label=_("E-mail address"), required=False, help_text=_("They get a copy there, and confirm it themselves.")
    )
    phone = phone_field(_("Phone number"), autocomplete="off")
    moved_in_on = forms.CharField(
        label=_("Moved in, or will move in"), help_text=_("Such as 22.11.2026. A t means today.")
    )
    street = forms.CharField(label=_("Street and number"), max_length=200, help_text=_("With the flat, such as H0201."))
    postcode = forms.CharField(label=_("Postcode"))
    language = forms.ChoiceField(label=_("Language we may write in"), choices=LANGUAGE_WISHES)
    others = forms.CharField(
        label=_("Other adults"),
        max_length=1000,
        required=False,
        help_text=_("Name and birth year, with commas between: Ola Li 1988, Eva Li 1990."),
    )
    children = forms.CharField(
        label=_("Children"), max_length=200, required=False, help_text=_("Birth years only: 2016, 2019.")
    )
    share_phone = forms.BooleanField(label=_("A host may see the phone number"), required=False)
    share_email = forms.BooleanField(label=_("A host may see the e-mail address"), required=False)
    share_address = forms.BooleanField(label=_("A host may see the street address"), required=False)
    events = forms.BooleanField(label=ConsentPurpose.EVENTS.label, required=False)
    tips = forms.BooleanField(label=ConsentPurpose.TIPS.label, required=False)
    surveys = forms.BooleanField(label=ConsentPurpose.SURVEYS.label, required=False)
    news = forms.BooleanField(label=ConsentPurpose.NEWS.label, required=False)

    ANSWERS = ("name", "birth_year", "email", "phone", "moved_in_on", "street", "postcode", "language", "others",
               "children")  # fmt: skip
    SHARED = tuple(f"share_{field.value}" for field in ShareField)
    WRITTEN = tuple(purpose.value for purpose in CONTACT_PURPOSES)

    def __init__(self, data: Any = None, *, municipality: Municipality, on: date, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.municipality, self.on = municipality, on
        self.fields["submission"].initial = uuid.uuid4
        self.initial["language"] = municipality.main_language
        language: Any = self.fields["language"]
        language.choices = [(code, in_both(code, own)) for code, own in LANGUAGE_WISHES]
        for name in ("name", "street", "email", "others", "children"):
            self.fields[name].widget.attrs["autocomplete"] = "off"  # the next one is somebody else
        self.fields["postcode"].widget.attrs |= {
            "inputmode": "numeric",
            "data-look-up": reverse("newcomers:postcode", args=[municipality.slug]),
            "data-into": "place",
            "autocomplete": "off",
        }
        for purpose in CONTACT_PURPOSES:
            self.fields[purpose.value].help_text = TEXTS[TEXT_VERSION][purpose]
        self._focus_first()

    def _focus_first(self) -> None:
        """On the first field, or the first with a mistake."""
        wrong = [name for name in self.fields if self.is_bound and name in self.errors]
        self.fields[wrong[0] if wrong else "name"].widget.attrs["autofocus"] = True

    # --- For the page ---

    @property
    def place(self) -> Place | None:
        return look_up(str(self["postcode"].value() or ""), self.municipality)

    @property
    def answer_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.ANSWERS]

    @property
    def host_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.SHARED]

    @property
    def contact_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.WRITTEN]

    @property
    def about_host(self) -> Any:
        return TEXTS[TEXT_VERSION][ConsentPurpose.HOST]

    # --- Checks ---

    def clean_submission(self) -> uuid.UUID:
        return self.cleaned_data["submission"] or uuid.uuid4()

    def clean_email(self) -> str:
        return User.objects.normalize_email(self.cleaned_data["email"])

    def clean_birth_year(self) -> int:
        return adult_year(self.cleaned_data["birth_year"], self.on)

    def clean_moved_in_on(self) -> date:
        typed = self.cleaned_data["moved_in_on"].strip()
        if typed.lower() in TODAY_WORDS:
            return self.on
        try:
            day: date = forms.DateField(input_formats=DAY_FORMATS).clean(typed)
        except ValidationError:
            raise ValidationError(_("This is not a day we can read. Write it as 22.11.2026.")) from None
        if not OLDEST <= day <= add_months(self.on, MONTHS_AHEAD):
            raise ValidationError(_("This day is too long ago, or more than a year ahead. Check the year."))
        return day

    def clean_postcode(self) -> str:
        elsewhere = _("%(code)s %(city)s lies in the municipality of %(municipality)s.")
        place = known_place(self.cleaned_data["postcode"], self.municipality, elsewhere=elsewhere)
        self.cleaned_data["city"] = place.city
        return place.code

    def clean_others(self) -> list[dict[str, Any]]:
        adults = []
        for typed in filter(None, (part.strip() for part in re.split(r"[,;\n]", self.cleaned_data["others"]))):
            with_year = _WITH_YEAR.match(typed)
            name = with_year["name"].strip() if with_year else ""
            if not with_year or any(character.isdigit() for character in name):
                raise ValidationError(_("Write name and birth year, with commas between: Ola Li 1988, Eva Li 1990."))
            adults.append(
                {
                    "name": name[:200],
                    "birth_year": adult_year(int(with_year["year"]), self.on),
                    "email": "",
                    "phone": "",
                }
            )
        return adults

    def clean_children(self) -> list[int]:
        words = [word for word in re.split(r"[\s,;./+&]+", self.cleaned_data["children"]) if word]
        if any(not re.fullmatch(r"[0-9]{4}", word) for word in words):
            raise ValidationError(_("Write only the years, such as 2016, 2019."))
        years = sorted(int(word) for word in words)
        if any(not self.on.year - ADULT_AGE < year <= self.on.year for year in years):
            raise ValidationError(_("A child is under 18, and born. Adults stand above, with a name."))
        return years

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self._consents(cleaned) and not cleaned.get("email") and "email" not in self.errors:
            text = _("They confirm by e-mail what they say yes to. Without an address, leave all of it empty.")
            self.add_error("email", text)
        return cleaned

    def _consents(self, cleaned: dict[str, Any]) -> list[tuple[str, str]]:
        shared = [(ConsentPurpose.HOST.value, field.value) for field in ShareField if cleaned.get(f"share_{field}")]
        return shared + [(purpose.value, "") for purpose in CONTACT_PURPOSES if cleaned.get(purpose.value)]

    # --- What comes out ---

    def answers(self) -> dict[str, Any]:
        """As newcomers.office.desk.register_at_desk takes it."""
        given = self.cleaned_data
        first = {name: given[name] for name in ("name", "birth_year", "email", "phone")}
        return {name: given[name] for name in ("moved_in_on", "street", "postcode", "city", "language")} | {
            "adults": [first, *given["others"]],
            "child_birth_years": given["children"],
            "consents": self._consents(given),
        }
