"""The pages of registering: each is one question, or a few that belong together."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.dates import MONTHS
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from newcomers.enums import MoveReason, PartTimeKind, ShareField, Situation
from newcomers.fields import DAY_FORMATS, DayInput, phone_field, year_field
from newcomers.forms import ADULT_AGE, LANGUAGE_WISHES, MONTHS_AHEAD, OLDEST, Place, look_up
from newcomers.forms import capfirst as lazy_capfirst
from portal.accounts.models import User
from portal.clock import add_months
from portal.forms import WithoutIdentityNumbers
from portal.municipalities.models import Municipality

MONTHS_TO_CONSIDER = 18
MOST_ADULTS = 6
ADULT_SLUGS = [f"adult-{number}" for number in range(2, MOST_ADULTS + 1)]  # one's own page is "you"
MOST_CHILDREN = 24
LONGEST = 5_000  # letters of one answer that are kept
# Stands below the postcode, and is filled anew while that is typed.
PLACE = """
<div id="place" class="muted" aria-live="polite">
  {% include "newcomers/place.html" with place=form.place %}
</div>"""

Answers = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Asked:
    """Whom we ask, when, and what they have answered on the other pages."""

    municipality: Municipality
    on: date
    answers: Answers = field(default_factory=dict)
    account: User | None = None

    @property
    def situation(self) -> str:
        return str(self.answers.get("situation", {}).get("situation", ""))

    @property
    def needs_address(self) -> bool:
        """Who lives here can be found by an address; who plans to, or works from here now and then, may have none."""
        if self.situation == Situation.PART_TIME:
            return self.answers.get("part-time", {}).get("part_time_kind") != PartTimeKind.WORKATION
        return self.situation == Situation.MOVED


class PageForm(WithoutIdentityNumbers):
    """`heading` is the page's question, `lead` what helps to answer it."""

    heading: str | Promise = ""
    lead: str | Promise = ""
    summary: ClassVar[dict[str, str | Promise]] = {}  # what an answer is called where the page's heading is not read

    def __init__(self, data: Any = None, *, asked: Asked, slug: str, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.asked, self.slug = asked, slug
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.set_up()

    def set_up(self) -> None:
        """What depends on whom we ask."""

    def typed(self) -> dict[str, str]:
        """What was typed, right or not, to be kept: without identity numbers, and no longer than any answer is."""
        texts = {name: str(self.data.get(name) or "") for name in self.fields if not self.fields[name].disabled}
        return {name: text.replace("\x00", "")[:LONGEST] for name, text in texts.items()}

    def rows(self) -> list[tuple[str, str]]:
        """Each question of the page that was answered, with the answer in words."""
        given = [(name, self._in_words(name)) for name in self.fields]
        return [(str(self.summary.get(name, self.fields[name].label)), words) for name, words in given if words]

    def _in_words(self, name: str) -> str:
        value = self.cleaned_data.get(name)
        form_field = self.fields[name]
        if isinstance(form_field, forms.ChoiceField):
            return str(dict(form_field.choices).get(value, "")) if value else ""  # type: ignore[arg-type]  # no groups here
        if isinstance(form_field, forms.BooleanField):
            return _now("Yes") if value else ""
        if isinstance(value, list):
            return ", ".join(map(str, value))
        return f"{value:%d.%m.%Y}" if isinstance(value, date) else str(value or "")


class SituationForm(PageForm):
    lead = _("It takes about five minutes. You can stop at any time and go on later.")
    summary: ClassVar = {"situation": _("Your situation")}
    situation = forms.ChoiceField(label=_("Choose what fits best"), choices=Situation.choices, widget=forms.RadioSelect)

    @property
    def heading(self) -> str:  # type: ignore[override]  # named after the place
        return _now("Are you on your way to %(place)s?") % {"place": self.asked.municipality.name}


class PartTimeForm(PageForm):
    heading = _("What brings you here?")
    part_time_kind = forms.ChoiceField(
        label=_("Choose what fits best"),
        choices=[(kind.value, lazy_capfirst(kind.label)) for kind in PartTimeKind],
        widget=forms.RadioSelect,
    )
    stay_longer = forms.CharField(
        label=_("What would make you stay longer?"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("We use it to become a better place to be. Do not write about health."),
    )
    summary: ClassVar = {"part_time_kind": _("What brings you here?")}


class AdultYear(PageForm):
    def clean_birth_year(self) -> int:
        year: int = self.cleaned_data["birth_year"]
        if not OLDEST.year <= year <= self.asked.on.year:
            raise ValidationError(_("This cannot be a birth year. Write it with four digits, such as 1985."))
        if self.asked.on.year - year < ADULT_AGE:
            raise ValidationError(_("An adult is at least 18 this year. Children have a page of their own further on."))
        return year


class YouForm(AdultYear):
    heading = _("What is your name?")
    name = forms.CharField(
        label=_("Your name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text=_("First name and last name, in the letters you write it with."),
    )
    birth_year = year_field(_("Your birth year"))


class ContactForm(PageForm):
    heading = _("How can we reach you?")
    email = forms.EmailField(
        label=_("Your e-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("We send a code to it. With the code you show that the address is yours."),
    )
    phone = phone_field(_("Your phone number"))

    def set_up(self) -> None:
        if self.asked.account:
            # A second address would be a second account.
            self.fields["email"].disabled = True
            self.fields["email"].help_text = _("You are signed in with it.")
            self.initial["email"] = self.asked.account.email

    def clean_email(self) -> str:
        return User.objects.normalize_email(self.cleaned_data["email"])


class AdultsForm(PageForm):
    heading = _("Does another adult come with you?")
    lead = _("A partner, a friend, a parent or a grown child who lives in the same home.")
    more = forms.ChoiceField(
        label=_("Is there another adult to add?"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        widget=forms.RadioSelect,
    )

    def others(self) -> list[tuple[str, str]]:
        """Those who were added: their page, and their name."""
        return [(slug, str(self.asked.answers[slug].get("name") or "–")) for slug in adult_slugs(self.asked.answers)]

    def clean_more(self) -> str:
        more: str = self.cleaned_data["more"]
        if more == "yes" and not free_adult(self.asked.answers):
            raise ValidationError(
                _("Here is room for %(count)d adults. Tell the service office about the others."),
                params={"count": MOST_ADULTS},
            )
        return more

    def rows(self) -> list[tuple[str, str]]:
        return [] if self.others() else [(_now("Other adults"), _now("None"))]


class AdultForm(AdultYear):
    heading = _("Who is the other adult?")
    name = forms.CharField(label=_("Their name"), max_length=200)
    birth_year = year_field(_("Their birth year"))
    email = forms.EmailField(
        label=_("Their e-mail address"),
        required=False,
        help_text=_("With it they can sign in and see the same page as you."),
    )
    phone = phone_field(_("Their phone number"), autocomplete="off")

    def clean_email(self) -> str:
        email = User.objects.normalize_email(self.cleaned_data["email"])
        if email and email in self._emails_of_others():
            raise ValidationError(_("Each adult needs an e-mail address of their own. Or leave this one empty."))
        return email

    def _emails_of_others(self) -> set[str]:
        pages = ["contact", *(slug for slug in adult_slugs(self.asked.answers) if slug != self.slug)]
        typed = {User.objects.normalize_email(str(self.asked.answers.get(p, {}).get("email", ""))) for p in pages}
        return typed | ({self.asked.account.email} if self.asked.account else set())


class ChildrenForm(PageForm):
    heading = _("Do children come with you?")
    lead = _("If so, we can show school, kindergarten and clubs for their ages. If not, just go on.")
    child_birth_years = forms.CharField(
        label=_("The children's birth years"),
        required=False,
        max_length=200,
        help_text=_("One for each child, such as 2016, 2019. We do not ask for names."),
    )

    def clean_child_birth_years(self) -> list[int]:
        words = [word for word in re.split(r"[\s,;./+&]+", self.cleaned_data["child_birth_years"]) if word]
        if any(not re.fullmatch(r"[0-9]{4}", word) for word in words):
            raise ValidationError(_("Write only the years, such as 2016, 2019."))
        if len(words) > MOST_CHILDREN:
            raise ValidationError(_("These are very many. Write some of them, and tell the service office the rest."))
        years = sorted(int(word) for word in words)
        for year in years:
            if year > self.asked.on.year:
                raise ValidationError(
                    _("%(year)d has not come yet. Add the child when it is born."), params={"year": year}
                )
            if self.asked.on.year - year >= ADULT_AGE:
                raise ValidationError(
                    _("Who was born in %(year)d is an adult, and registers with a name."), params={"year": year}
                )
        return years


class DateForm(PageForm):
    moved_in_on = forms.DateField(
        label=_("Day"),
        widget=DayInput(),
        input_formats=DAY_FORMATS,
        help_text=_("About the right day is good enough."),
        error_messages={"invalid": _("This is not a day we can read. Write it as 22.11.2026.")},
    )

    @property
    def heading(self) -> str:  # type: ignore[override]  # as the situation is
        return {
            Situation.PLANNING.value: _now("When will you move?"),
            Situation.PART_TIME.value: _now("Since when have you been coming here?"),
        }.get(self.asked.situation, _now("When did you move?"))

    def set_up(self) -> None:
        self.fields["moved_in_on"].required = self.asked.situation != Situation.PART_TIME

    def clean_moved_in_on(self) -> date | None:
        day: date | None = self.cleaned_data["moved_in_on"]
        if day is None:
            return None
        if day < OLDEST:
            raise ValidationError(_("This day is too long ago. Check the year."))
        if day > add_months(self.asked.on, MONTHS_AHEAD):
            raise ValidationError(_("This is more than a year ahead. Register when it is closer."))
        if self.asked.situation == Situation.PLANNING and day < self.asked.on:
            raise ValidationError(_("This day has passed. Do you live here already? Then go back and choose that."))
        if self.asked.situation == Situation.MOVED and day > self.asked.on:
            raise ValidationError(_("This day has not come yet. Will you move? Then go back and choose that."))
        return day

    def rows(self) -> list[tuple[str, str]]:
        return [(self.heading, words) for _label, words in super().rows()]


class MaybeForm(PageForm):
    heading = _("If you come, when could it be?")
    maybe_when = forms.ChoiceField(label=_("Month"), required=False)

    def set_up(self) -> None:
        first = self.asked.on.replace(day=1)
        months = [add_months(first, number) for number in range(MONTHS_TO_CONSIDER + 1)]
        named = [(month.isoformat(), f"{capfirst(MONTHS[month.month])} {month.year}") for month in months]
        self.fields["maybe_when"].choices = [("", _("I do not know yet")), *named]  # type: ignore[attr-defined]  # it has choices

    def rows(self) -> list[tuple[str, str]]:
        return [(str(self.heading), words) for _label, words in super().rows()]


class AddressForm(PageForm):
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

    @property
    def heading(self) -> str:  # type: ignore[override]  # as the situation is
        if self.asked.situation == Situation.PART_TIME:
            return _now("What is your address here?")
        return _now("What is your new address?")

    @property
    def lead(self) -> str:  # type: ignore[override]  # as above
        return "" if self.asked.needs_address else _now("Leave it empty if you have none yet.")

    @property
    def place(self) -> Place | None:
        return look_up(str(self["postcode"].value() or ""), self.asked.municipality)

    def set_up(self) -> None:
        for name in ("street", "postcode"):
            self.fields[name].required = self.asked.needs_address
        self.fields["postcode"].widget.attrs |= {
            "data-look-up": reverse("newcomers:postcode", args=[self.asked.municipality.slug]),
            "data-into": "place",
        }
        self.helper.layout = Layout("street", "care_of", "postcode", HTML(PLACE))

    def clean_postcode(self) -> str:
        if not self.cleaned_data["postcode"]:
            return ""
        place = look_up(self.cleaned_data["postcode"], self.asked.municipality)
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
        for one, other in (("street", "postcode"), ("postcode", "street")):
            if cleaned.get(one) and not cleaned.get(other) and other not in self.errors:
                self.add_error(other, _("An address has both a street and a postcode."))
        return cleaned

    def rows(self) -> list[tuple[str, str]]:
        given = self.cleaned_data
        place = f"{given['postcode']} {given.get('city', '')}".strip()
        address = ", ".join(part for part in (given["care_of"], given["street"], place) if part)
        return [(_now("Address"), address)] if address else []


class LanguageForm(PageForm):
    heading = _("In which language may we write to you?")
    lead = _("If we cannot write in it yet, we choose the nearest one.")
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGE_WISHES)


class ReasonForm(PageForm):
    lead = _("It tells the municipality what it should be good at. You may leave it out.")
    reason = forms.ChoiceField(
        label=_("Choose what fits best"),
        choices=[
            *((reason.value, lazy_capfirst(reason.label)) for reason in MoveReason),
            ("", _("I would rather not say")),
        ],
        widget=forms.RadioSelect,
        required=False,
    )

    @property
    def heading(self) -> str:  # type: ignore[override]  # as the situation is
        if self.asked.situation == Situation.MOVED:
            return _now("What made you move here?")
        return _now("What makes you think of moving here?")

    def rows(self) -> list[tuple[str, str]]:
        return [(self.heading, words) for _label, words in super().rows()]


class WishesForm(PageForm):
    heading = _("What would you like help with, or get to know?")
    wishes = forms.CharField(
        label=_("Your wishes"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Such as a choir, a language café, work or a bigger home. Do not write about health."),
    )


class SharingForm(PageForm):
    heading = _("What may your host see?")
    share_phone = forms.BooleanField(label=_("My host may see my phone number"), required=False)
    share_email = forms.BooleanField(label=_("My host may see my e-mail address"), required=False)
    share_address = forms.BooleanField(label=_("My host may see my street address"), required=False)

    def set_up(self) -> None:
        about = HTML('{% include "newcomers/about_sharing.html" %}')
        self.helper.layout = Layout(about, "share_phone", "share_email", "share_address")

    def rows(self) -> list[tuple[str, str]]:
        shared = [str(share.label) for share in ShareField if self.cleaned_data[f"share_{share.value}"]]
        return [(_now("Your host may see"), ", ".join(shared) or _now("Only your first name and language"))]


def adult_slugs(answers: Answers) -> list[str]:
    """The pages of the other adults, in the order of their numbers."""
    return sorted(slug for slug in answers if slug.startswith("adult-"))


def free_adult(answers: Answers) -> str:
    """The page for one more adult; nothing when there are as many as fit."""
    return next((slug for slug in ADULT_SLUGS if slug not in answers), "")
