"""What newcomers fill in on My page. Each form knows which version of the household it was made from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from newcomers.enums import LIVING_HERE, HouseholdState, MoveReason, PartTimeKind, Residency, Situation
from newcomers.fields import DAY_FORMATS, DayInput, phone_field, year_field
from newcomers.forms import (
    LANGUAGE_WISHES,
    MONTHS_AHEAD,
    OLDEST,
    PlainForm,
    adult_year,
    child_year,
    known_place,
    language_choices,
    say_changed,
)
from newcomers.forms import capfirst as lazy_capfirst
from newcomers.models import Household, Person
from newcomers.my_page.moving import Plans
from portal.accounts.models import User
from portal.clock import add_months


class HouseholdForm(PlainForm):
    """A form that edits a household. `initial` is what stands now."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, household: Household, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial={"version": household.version} | (initial or {}))
        self.household = household

    def tell_changed(self) -> None:
        """Somebody else has saved meanwhile: say what stands now, keep what was typed. The next press saves it."""
        self.household.refresh_from_db(fields=["version"])
        typed: Any = self.data  # our own copy (WithoutIdentityNumbers)
        typed["version"] = str(self.household.version)
        say_changed(self, self._differences())

    def _differences(self) -> Iterator[tuple[Any, str]]:
        for name, field in self.fields.items():
            if name in self.initial and self.cleaned_data.get(name) != self.initial[name] and name != "version":
                yield field.label, self._in_words(field, self.initial[name])

    def _in_words(self, field: Any, value: Any) -> str:
        if isinstance(value, bool):
            return gettext("yes") if value else gettext("no")
        if isinstance(value, date):
            return str(date_format(value))
        return str(dict(getattr(field, "choices", ())).get(value, value) or "–")


def email_of_ones_own(typed: str, household: Household, person: Person | None) -> str:
    """As accounts have it; no other adult of the household may have the same."""
    email = User.objects.normalize_email(typed)
    others = [adult for adult in household.adults if adult != person]
    if email and email in {User.objects.normalize_email(other.email) for other in others}:
        raise ValidationError(_("Each adult needs an e-mail address of their own. Or leave this one empty."))
    return email


class OwnDetailsForm(HouseholdForm):
    """What a newcomer corrects of their own, and how the household wishes to be written to."""

    name = forms.CharField(label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    birth_year = year_field(_("Your birth year"), required=False)
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

    def __init__(self, data: Any = None, *, person: Person, on: date) -> None:
        household = person.household
        initial = {name: getattr(person, name) for name in ("name", "birth_year", "phone")}
        initial |= {name: getattr(household, name) for name in ("language", "wishes", "wants_post")}
        super().__init__(data, household=household, initial=initial)
        self.on = on
        language: Any = self.fields["language"]
        language.choices = language_choices(household.language)

    def clean_birth_year(self) -> int | None:
        year = self.cleaned_data["birth_year"]
        return None if year is None else adult_year(year, self.on)


class AdultForm(HouseholdForm):
    """Another adult: a new one, or one who does not sign in themselves."""

    name = forms.CharField(label=_("Their name"), max_length=200, help_text=_("First name and last name."))
    birth_year = year_field(_("Their birth year"))
    email = forms.EmailField(
        label=_("Their e-mail address"),
        required=False,
        help_text=_("With it they can sign in and see the same page as you. We write to them at once."),
    )
    phone = phone_field(_("Their phone number"), autocomplete="off")

    def __init__(self, data: Any = None, *, household: Household, person: Person | None, own: Person, on: date) -> None:
        names = ("name", "birth_year", "email", "phone")
        initial = {name: getattr(person, name) for name in names} if person else {}
        super().__init__(data, household=household, initial=initial)
        self.person, self.own, self.on = person, own, on

    def clean_birth_year(self) -> int:
        return adult_year(self.cleaned_data["birth_year"], self.on)

    def clean_email(self) -> str:
        return email_of_ones_own(self.cleaned_data["email"], self.household, self.person)


class NewAddressForm(PlainForm):
    email = forms.EmailField(
        label=_("Your new e-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("We send a code to it. With the code you show that the address is yours."),
    )

    def __init__(self, data: Any = None, *, household: Household, own: Person) -> None:
        super().__init__(data)
        self.household, self.own = household, own

    def clean_email(self) -> str:
        return email_of_ones_own(self.cleaned_data["email"], self.household, self.own)


class CodeForm(PlainForm):
    code = forms.CharField(
        label=_("The code in the e-mail"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "characters"}),
        help_text=_("Eight letters and digits, such as BCDF-2345."),
    )


class ChildForm(PlainForm):
    birth_year = year_field(_("The child's birth year"), help_text=_("We do not ask for names."))

    def __init__(self, data: Any = None, *, on: date) -> None:
        super().__init__(data)
        self.on = on

    def clean_birth_year(self) -> int:
        return child_year(self.cleaned_data["birth_year"], self.on)


class PlansForm(HouseholdForm):
    """When they come, and how they live here."""

    state = forms.ChoiceField(
        label=_("How far are you?"), widget=forms.RadioSelect,
        choices=[
            (HouseholdState.CONSIDERING.value, Situation.CONSIDERING.label),
            (HouseholdState.PLANNING.value, Situation.PLANNING.label),
            (HouseholdState.MOVED_IN.value, Situation.MOVED.label),
        ],
    )  # fmt: skip
    moved_in_on = forms.DateField(
        label=_("Moving-in day"), required=False, input_formats=DAY_FORMATS, widget=DayInput(),
        help_text=_("About the right day is good enough. Leave it empty if you do not know it yet."),
    )  # fmt: skip
    residency = forms.ChoiceField(
        label=_("When do you live here?"), widget=forms.RadioSelect,
        choices=[(residency.value, lazy_capfirst(residency.label)) for residency in Residency],
    )  # fmt: skip
    part_time_kind = forms.ChoiceField(
        label=_("If it is a part of the year: what brings you here?"), required=False, widget=forms.RadioSelect,
        choices=[(kind.value, lazy_capfirst(kind.label)) for kind in PartTimeKind],
    )  # fmt: skip
    stay_longer = forms.CharField(
        label=_("If it is a part of the year: what would make you stay longer?"), max_length=1000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("We use it to become a better place to be. Do not write about health."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, household: Household, today: date) -> None:
        initial = {name: getattr(household, name) for name in self.base_fields if name != "version"}
        super().__init__(data, household=household, initial=initial)
        self.today = today
        self.lives_here = household.state in LIVING_HERE
        if self.lives_here:
            del self.fields["state"]
            self.fields["moved_in_on"].help_text = ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned.setdefault("state", self.household.state if self.lives_here else "")
        if "moved_in_on" in cleaned:
            self._check_day(cleaned["moved_in_on"], cleaned["state"])
        if cleaned.get("residency") != Residency.PART_TIME:
            cleaned |= {"part_time_kind": "", "stay_longer": ""}
        elif not cleaned.get("part_time_kind") and "part_time_kind" not in self.errors:
            self.add_error("part_time_kind", _("Say what brings you here for a part of the year."))
        return cleaned

    def _check_day(self, day: date | None, state: str) -> None:
        is_here = state in LIVING_HERE
        if day is None and is_here:
            self.add_error("moved_in_on", _("About when did you move in? We need a day."))
        elif day and day < OLDEST:
            self.add_error("moved_in_on", _("This day is too long ago. Check the year."))
        elif day and day > add_months(self.today, MONTHS_AHEAD):
            self.add_error("moved_in_on", _("This is more than a year ahead. Tell us when it is closer."))
        elif day and is_here and day > self.today:
            self.add_error("moved_in_on", _("This day has not come yet."))
        elif day and not is_here and day < self.today:
            self.add_error("moved_in_on", _("This day has passed. Do you live here already? Then say so above."))

    def plans(self) -> Plans:
        return Plans(**{name: value for name, value in self.cleaned_data.items() if name != "version"})


class AddressForm(HouseholdForm):
    """Where they live now, or are going to live, within the municipality."""

    on = forms.DateField(
        label=_("Since which day do you live there?"), input_formats=DAY_FORMATS, widget=DayInput(),
        help_text=_("About the right day is good enough."),
    )  # fmt: skip
    street = forms.CharField(
        label=_("Street and number"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "street-address"})
    )
    care_of = forms.CharField(label=_("c/o, if somebody else's name is on the mailbox"), max_length=200, required=False)
    postcode = forms.CharField(
        label=_("Postcode"), max_length=10,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "postal-code", "class": "input-short"}),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, household: Household, today: date) -> None:
        super().__init__(data, household=household)
        self.today = today
        self.lives_here = household.state in LIVING_HERE
        if not self.lives_here:
            del self.fields["on"]  # the moving-in day says it

    def clean_on(self) -> date:
        """Post goes to the new address at once, so not before they live there."""
        day: date = self.cleaned_data["on"]
        if day > self.today:
            raise ValidationError(_("This day has not come yet. Tell us when you live there."))
        return _not_long_ago(day, self.today)

    def clean_postcode(self) -> str:
        elsewhere = _(
            "%(code)s %(city)s lies in the municipality of %(municipality)s. Tell us that you are moving away."
        )
        place = known_place(self.cleaned_data["postcode"], self.household.municipality, elsewhere=elsewhere)
        self.cleaned_data["city"] = place.city
        return place.code

    def address(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("street", "care_of", "postcode", "city")}


class AwayForm(HouseholdForm):
    """The day they moved away."""

    on = forms.DateField(
        label=_("Which day did you move?"), input_formats=DAY_FORMATS, widget=DayInput(),
        help_text=_("About the right day is good enough."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, household: Household, today: date) -> None:
        super().__init__(data, household=household)
        self.today = today

    def clean_on(self) -> date:
        """What was promised ends at once, so not while they still live here."""
        day = _not_long_ago(self.cleaned_data["on"], self.today)
        if day > self.today:
            raise ValidationError(_("This day has not come yet. Tell us when you have moved."))
        if self.household.moved_in_on and day < self.household.moved_in_on:
            raise ValidationError(_("You had not moved here on this day. Check the year."))
        return day


def _not_long_ago(day: date, today: date) -> date:
    if day < today - timedelta(days=2 * 366):
        raise ValidationError(_("This day is too long ago. Check the year."))
    return day


class FarewellForm(PlainForm):
    """Two questions, both optional. Who never came is asked why they stay away."""

    reason = forms.ChoiceField(label=_("Why do you move?"), required=False, widget=forms.RadioSelect)
    reason_text = forms.CharField(
        label=_("In your own words"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Leave out names, and do not write about health."),
    )  # fmt: skip
    would_have_stayed = forms.CharField(
        label=_("What would have made you stay?"), max_length=1000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}), help_text=_("Leave out names, and do not write about health."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, household: Household) -> None:
        super().__init__(data)
        self.household = household
        if household.never_came:
            self.fields["reason"].label = _("Why do you not come?")
            self.fields["would_have_stayed"].label = _("What would have made you come?")
        reason: Any = self.fields["reason"]
        reason.choices = [("", _("I would rather not say")), *((r.value, capfirst(r.label)) for r in MoveReason)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not any(cleaned.values()) and not self.errors:
            raise ValidationError(_("Answer at least one of the questions, or go on without."))
        return cleaned


class ObjectionForm(PlainForm):
    """The code of a letter."""

    code = forms.CharField(
        label=_("The code in your letter"), max_length=20,
        help_text=_("Eight letters and digits, such as BCDF-GHJK. Capital or small letters count the same."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )  # fmt: skip
