"""The pages of registering about people: oneself, other adults, children."""

from __future__ import annotations

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from newcomers.fields import phone_field, year_field
from newcomers.forms import adult_year, child_year
from newcomers.registering.page import Answers, PageForm
from portal.accounts.models import User

MOST_ADULTS = 6
ADULT_SLUGS = [f"adult-{number}" for number in range(2, MOST_ADULTS + 1)]  # one's own page is "you"
MOST_CHILDREN = 24


class AdultYear(PageForm):
    def clean_birth_year(self) -> int:
        return adult_year(self.cleaned_data["birth_year"], self.asked.on)


class YouForm(AdultYear):
    question = _("What is your name?")
    name = forms.CharField(
        label=_("Your name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text=_("First name and last name, in the letters you write it with."),
    )
    birth_year = year_field(_("Your birth year"))


class ContactForm(PageForm):
    question = _("How can we reach you?")
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
    question = _("Does another adult come with you?")
    advice = _("A partner, a friend, a parent or a grown child who lives in the same home.")
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
        names = ", ".join(name for _slug, name in self.others())
        return [(gettext("Other adults"), names or gettext("No"))]


class AdultForm(AdultYear):
    question = _("Who is the other adult?")
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
    question = _("Do children come with you?")
    advice = _("If so, we can show school, kindergarten and clubs for their ages. If not, just go on.")
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
            child_year(year, self.asked.on)
        return years

    def rows(self) -> list[tuple[str, str]]:
        years = ", ".join(map(str, self.cleaned_data["child_birth_years"]))
        return [(gettext("The children's birth years"), years or gettext("None"))]


def adult_slugs(answers: Answers) -> list[str]:
    """The pages of the other adults, in the order of their numbers."""
    return sorted(slug for slug in answers if slug.startswith("adult-"))


def free_adult(answers: Answers) -> str:
    """The page for one more adult; nothing when there are as many as fit."""
    return next((slug for slug in ADULT_SLUGS if slug not in answers), "")
