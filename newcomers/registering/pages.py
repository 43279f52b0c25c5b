"""The pages of registering: each is one question, or a few that belong together. Those about people: pages_people."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from crispy_forms.layout import HTML, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.dates import MONTHS
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from newcomers import consents
from newcomers.enums import ABOUT_HEALTH, ASKED_REASONS, ConsentPurpose, PartTimeKind, ShareField, Situation
from newcomers.fields import DAY_FORMATS, DayInput
from newcomers.forms import LANGUAGE_WISHES, MONTHS_AHEAD, OLDEST, Place, address_line, known_place, look_up
from newcomers.forms import capfirst as lazy_capfirst
from newcomers.registering.page import NOT_ANSWERED, PageForm
from portal.clock import add_months

MONTHS_TO_CONSIDER = 18
TEXT_VERSION = "text_version"
FIRST_NAME_ALONE = _("Only your first name and language")
# Stands below the postcode, and is filled anew while that is typed.
PLACE = """
<div id="place" class="muted" aria-live="polite">
  {% include "newcomers/place.html" with place=form.place %}
</div>"""


class SituationForm(PageForm):
    advice = _("It takes about five minutes. You can stop at any time and go on later.")
    situation = forms.ChoiceField(label=_("Choose what fits best"), choices=Situation.choices, widget=forms.RadioSelect)

    @property
    def heading(self) -> str:
        return gettext("Are you on your way to %(place)s?") % {"place": self.asked.municipality.name}


class PartTimeForm(PageForm):
    question = _("What brings you here?")
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


class DateForm(PageForm):
    moved_in_on = forms.DateField(
        label=_("Day"),
        widget=DayInput(),
        input_formats=DAY_FORMATS,
        help_text=_("About the right day is good enough."),
        error_messages={"invalid": _("This is not a day we can read. Write it as 22.11.2026.")},
    )

    @property
    def heading(self) -> str:
        return {
            Situation.PLANNING.value: gettext("When will you move?"),
            Situation.PART_TIME.value: gettext("Since when have you been coming here?"),
        }.get(self.asked.situation, gettext("When did you move?"))

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


class MaybeForm(PageForm):
    question = _("If you come, when could it be?")
    maybe_when = forms.ChoiceField(label=_("Month"), required=False)

    def set_up(self) -> None:
        first = self.asked.on.replace(day=1)
        months = [add_months(first, number) for number in range(MONTHS_TO_CONSIDER + 1)]
        named = [(month.isoformat(), f"{capfirst(MONTHS[month.month])} {month.year}") for month in months]
        self.fields["maybe_when"].choices = [("", _("I do not know yet")), *named]  # type: ignore[attr-defined]  # it has choices


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
    def heading(self) -> str:
        if self.asked.situation == Situation.PART_TIME:
            return gettext("What is your address here?")
        return gettext("What is your new address?")

    @property
    def lead(self) -> str:
        return "" if self.asked.needs_address else gettext("Leave it empty if you have none yet.")

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
        elsewhere = _("%(code)s %(city)s lies in the municipality of %(municipality)s. Register there.")
        place = known_place(self.cleaned_data["postcode"], self.asked.municipality, elsewhere=elsewhere)
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
        address = address_line(given["street"], given["postcode"], given.get("city", ""), given["care_of"])
        return [(gettext("Address"), address or str(NOT_ANSWERED))]


class LanguageForm(PageForm):
    question = _("In which language may we write to you?")
    advice = _("If we cannot write in it yet, we choose the nearest one.")
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGE_WISHES)


class ReasonForm(PageForm):
    advice = _("It tells the municipality what it should be good at. You may leave it out.")
    reason = forms.ChoiceField(
        label=_("Choose what fits best"),
        choices=[
            *((value, lazy_capfirst(label)) for value, label in ASKED_REASONS),
            ("", _("I would rather not say")),
        ],
        widget=forms.RadioSelect,
        required=False,
        help_text=ABOUT_HEALTH,
    )

    @property
    def heading(self) -> str:
        if self.asked.situation == Situation.MOVED:
            return gettext("What made you move here?")
        return gettext("What makes you think of moving here?")


class WishesForm(PageForm):
    question = _("What would you like help with, or get to know?")
    wishes = forms.CharField(
        label=_("Your wishes"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Such as a choir, a language café, work or a bigger home. Do not write about health."),
    )


class SharingForm(PageForm):
    question = _("What may your host see?")
    advice = _("Perhaps you get a host: somebody who lives here and says hello.")
    share_phone = forms.BooleanField(label=_("My host may see my phone number"), required=False)
    share_email = forms.BooleanField(label=_("My host may see my e-mail address"), required=False)
    share_address = forms.BooleanField(label=_("My host may see my street address"), required=False)

    def set_up(self) -> None:
        self.helper.layout = Layout(HTML("<p>{{ form.about_host }}</p>"), "share_phone", "share_email", "share_address")

    @property
    def about_host(self) -> str:
        return consents.current_text(ConsentPurpose.HOST)

    def typed(self) -> dict[str, str]:
        """With the text that stood beside the boxes: it may be another one by the time they confirm."""
        return super().typed() | {TEXT_VERSION: consents.TEXT_VERSION}

    def rows(self) -> list[tuple[str, str]]:
        shared = [str(share.label) for share in ShareField if self.cleaned_data[f"share_{share.value}"]]
        return [(gettext("Your host may see"), ", ".join(shared) or str(FIRST_NAME_ALONE))]
