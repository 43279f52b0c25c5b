"""What newcomers tell of their wishes: one small group a page, each with why it is asked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from newcomers import occupations
from newcomers.enums import ABOUT_HEALTH, ASKED_REASONS, Education, HomeKind, Tenure
from newcomers.forms import say_changed
from newcomers.languages import COMMON, find_language, language_name, other_languages
from newcomers.models import Household, Person
from newcomers.wishes import OF_A_PERSON, in_words, may_tell_of, told_by
from portal.forms import HintsAtHealth
from portal.pages.enums import REASONS, Interest, Theme

MOST_BEDROOMS = 10
# Chosen where no occupation of the list fits.
NONE_OF_THEM = "none"


def _choices(enum: Any) -> list[tuple[str, str]]:
    return [(choice.value, capfirst(choice.label)) for choice in enum]


class WishForm(HintsAtHealth):
    """A group of wishes; `stands` is what was told before, by the names of the fields."""

    def __init__(self, data: Any = None, *, stands: dict[str, Any], prefix: str | None = None) -> None:
        super().__init__(data, prefix=prefix, initial={name: stands.get(name) for name in self.base_fields})
        self.stands = stands
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True  # one for all forms of the page

    def ask_oneself(self) -> None:
        """What is said in another way to the one who reads the page than of another adult."""

    def told(self) -> dict[str, Any]:
        """By the names of the fields of the person or the household."""
        return self.cleaned_data

    def differences(self) -> Iterator[tuple[Any, str]]:
        """Label and words of what stands now, where something else is typed."""
        for name, value in self.told().items():
            if name in self.fields and self.stands.get(name) != value:
                yield self.fields[name].label, in_words(name, self.stands.get(name)) or "–"


# --- Of each adult --------------------------------------------------------------------------------


class LanguagesForm(WishForm):
    languages = forms.MultipleChoiceField(
        label=_("Languages"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=lambda: [(code, capfirst(language_name(code))) for code in COMMON],
    )
    more_languages = forms.CharField(
        label=_("Other languages"),
        required=False,
        max_length=200,
        help_text=_("If there are several, put a comma between them."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        spoken = self.stands.get("languages") or []
        self.initial["languages"] = [code for code in spoken if code in COMMON]
        self.initial["more_languages"] = ", ".join(language_name(code) for code in spoken if code not in COMMON)

    def clean_more_languages(self) -> list[str]:
        names = [name for part in re.split(r"[,;/]", self.cleaned_data["more_languages"]) if (name := part.strip())]
        return [self._code(name) for name in names]

    def _code(self, name: str) -> str:
        code = find_language(name)
        if code is None:
            near = get_close_matches(name.lower(), map(str.lower, other_languages()), n=1, cutoff=0.7)
            hint = gettext("Did you mean “%(name)s”?") % {"name": near[0]} if near else ""
            raise ValidationError(
                _("We do not know the language “%(name)s”. Look at how it is spelt, or leave it out. %(hint)s"),
                params={"name": name, "hint": hint},
            )
        return code

    def told(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {"languages": list(dict.fromkeys([*given["languages"], *given["more_languages"]]))}


class OccupationForm(WishForm):
    """Words that may mean several occupations bring a choice among the likeliest; none needs to fit."""

    education = forms.ChoiceField(
        label=_("Highest education"),
        required=False,
        widget=forms.RadioSelect,
        choices=lambda: [("", _("I would rather not say")), *_choices(Education)],
    )
    occupation = forms.CharField(
        label=_("Occupation"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"list": "occupations", "autocomplete": "off"}),
        help_text=_("In your own words, such as nurse or carpenter. Do not write about health."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        typed = str(self.data.get(self.add_prefix("occupation"), "")).strip()
        self.is_as_before = typed == self.stands.get("occupation")
        self.found = occupations.Found() if self.is_as_before else occupations.find(typed)
        if self.found.choices:
            language = get_language() or "nb"
            self.fields["occupation_code"] = forms.ChoiceField(
                label=_("Which of these fits best?"),
                widget=forms.RadioSelect,
                choices=[
                    *((choice.code, choice.title(language)) for choice in self.found.choices),
                    (NONE_OF_THEM, _("None of these")),
                ],
                error_messages={"required": _("Choose the one that fits best. Does none of them? Then say so.")},
            )

    def told(self) -> dict[str, Any]:
        given = self.cleaned_data
        if self.is_as_before:
            code = self.stands.get("occupation_code", "")
        elif self.found.sure:
            code = self.found.sure.code
        else:
            chosen = given.get("occupation_code", NONE_OF_THEM)
            code = "" if chosen == NONE_OF_THEM else chosen
        return {"education": given["education"], "occupation": given["occupation"], "occupation_code": code}


class JobForm(WishForm):
    wants_job = forms.BooleanField(label=_("Is looking for work here"), required=False)
    job_wish = forms.CharField(
        label=_("What kind of work?"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Such as: part time in a shop, from January. Do not write about health."),
    )

    def ask_oneself(self) -> None:
        self.fields["wants_job"].label = _("You are looking for work here")


# --- Of the household -----------------------------------------------------------------------------


class HomeForm(WishForm):
    home_kinds = forms.MultipleChoiceField(
        label=_("What kind of home?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=lambda: _choices(HomeKind),
    )
    home_tenure = forms.ChoiceField(
        label=_("Rent or buy?"),
        required=False,
        widget=forms.RadioSelect,
        choices=lambda: [("", _("We do not know yet")), *_choices(Tenure)],
    )
    home_bedrooms = forms.IntegerField(
        label=_("How many bedrooms?"),
        required=False,
        min_value=1,
        max_value=MOST_BEDROOMS,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "maxlength": "2", "class": "input-short"}),
        error_messages={"invalid": _("Write how many with figures only, such as 3.")},
    )


class InterestsForm(WishForm):
    interests = forms.MultipleChoiceField(
        label=_("Interests"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=lambda: _choices(Interest),
    )


class ImportantForm(WishForm):
    important = forms.MultipleChoiceField(
        label=_("Important to us"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=lambda: [(theme.value, REASONS[theme]) for theme in Theme],
    )


class ReasonForm(WishForm):
    reason = forms.ChoiceField(
        label=_("The main reason"),
        required=False,
        widget=forms.RadioSelect,
        choices=lambda: [
            ("", _("I would rather not say")),
            *((value, capfirst(label)) for value, label in ASKED_REASONS),
        ],
        help_text=ABOUT_HEALTH,
    )


class AboutUsForm(WishForm):
    more_free_texts = ("segment",)
    segment = forms.CharField(
        label=_("In your own words"),
        required=False,
        max_length=200,
        help_text=_(
            "Such as: two teachers with a dog, or just retired and new to skiing. Do not write about health, "
            "faith or politics."
        ),
    )


# --- The pages ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class WishPage:
    """One page: its question, why it is asked, and its form: one for each adult, or one for the household."""

    slug: str
    short: str | Promise
    title: str | Promise
    why: str | Promise
    form: type[WishForm]
    of_persons: bool = False


PAGES = (
    WishPage(
        "languages",
        _("Languages"),
        _("Which languages do you speak?"),
        _("So that we can find somebody who talks with you in a language you know."),
        LanguagesForm,
        of_persons=True,
    ),
    WishPage(
        "occupation",
        _("Education and occupation"),
        _("What have you learned, and what do you work as?"),
        _("So that we can show you jobs here that may fit."),
        OccupationForm,
        of_persons=True,
    ),
    WishPage(
        "job",
        _("Work wished for"),
        _("Are you looking for work?"),
        _("So that we show you vacant jobs only if you want them. No employer sees it."),
        JobForm,
        of_persons=True,
    ),
    WishPage(
        "home",
        _("Home wished for"),
        _("What kind of home do you wish for?"),
        _("So that we can show you homes that may fit, and see what kinds of homes people lack here."),
        HomeForm,
    ),
    WishPage(
        "interests",
        _("Interests"),
        _("What do you like to do?"),
        _("So that we can show you clubs and meeting places where others like the same."),
        InterestsForm,
    ),
    WishPage(
        "important",
        _("What is important"),
        _("What is important to you here?"),
        _("So that the service office knows where to begin when it helps you."),
        ImportantForm,
    ),
    WishPage(
        "reason",
        _("Reason for moving"),
        _("What made you move here?"),
        _("So that the municipality learns why people come. Its reports hold numbers only, and never who you are."),
        ReasonForm,
    ),
    WishPage(
        "about-us",
        _("Who we are"),
        _("Who are you, in your own words?"),
        _("So that the service office understands what fits you. You choose the words."),
        AboutUsForm,
    ),
)
PAGE = {page.slug: page for page in PAGES}


class WishForms:
    """The forms of one page, with the version of the household they were made from."""

    def __init__(self, data: Any = None, *, page: WishPage, person: Person, household: Household) -> None:
        self.page, self.household = page, household
        self.version = str(household.version) if data is None else str(data.get("version", ""))
        self.adults = may_tell_of(person, household) if page.of_persons else []
        self.messages: list[str] = []
        if page.of_persons:
            self.forms = [
                page.form(data, stands={name: getattr(adult, name) for name in OF_A_PERSON}, prefix=f"adult{number}")
                for number, adult in enumerate(self.adults, start=1)
            ]
            self.forms[self.adults.index(person)].ask_oneself()
        else:
            self.forms = [page.form(data, stands=told_by(household))]

    @property
    def named(self) -> list[tuple[str, WishForm]]:
        """Each form with whose it is; one adult alone needs no name."""
        names = [adult.first_name for adult in self.adults] if len(self.adults) > 1 else [""]
        return list(zip(names, self.forms, strict=True))

    @property
    def tell_themselves(self) -> list[str]:
        """The other adults, who sign in and are asked there."""
        others = self.household.adults if self.page.of_persons else []
        return [adult.first_name for adult in others if adult not in self.adults]

    def is_valid(self) -> bool:
        return all([form.is_valid() for form in self.forms])  # each says what is wrong with it

    def told(self) -> dict[str, Any]:
        """As newcomers.wishes.tell takes it."""
        if self.page.of_persons:
            told = [form.told() for form in self.forms]
            return {"of_persons": list(zip(self.adults, told, strict=True))}
        return {"of_household": self.forms[0].told()}

    @property
    def version_number(self) -> int:
        return int(self.version) if self.version.isdecimal() and len(self.version) <= 9 else 0

    def show_again(self, data: Any) -> None:
        """What was typed into a page that was open for too long."""
        self.version = str(data.get("version", ""))
        for form in self.forms:
            form.show_again(data)

    def add_error(self, field: None, error: Any) -> None:
        self.messages.append(str(error))

    def tell_changed(self) -> None:
        """Somebody else has saved meanwhile: say what stands now, keep what was typed. The next press saves it."""
        self.household.refresh_from_db(fields=["version"])
        self.version = str(self.household.version)
        say_changed(self, (each for form in self.forms for each in form.differences()))
