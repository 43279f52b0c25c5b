"""What people fill in to ask, to say what is wrong, and to say whether an answer helped."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.core.validators import MinLengthValidator
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from portal import identity_numbers
from portal.enquiries.spam import TRAP, HeldBackForm
from portal.forms import WithoutIdentityNumbers
from portal.municipalities.context import LOCAL_NAMES
from portal.municipalities.models import Municipality
from portal.pages.enums import Topic

SHORTEST, LONGEST = 10, 4000


def helper(*names: object) -> FormHelper:
    found = FormHelper()
    found.form_tag = False
    found.layout = Layout(*names)
    return found


class Paragraphs(forms.CharField):
    """Browsers count a new line as one character and send it as two."""

    def to_python(self, value: Any) -> str | None:
        return super().to_python(str(value).replace("\r\n", "\n") if value else value)


class AskForm(HeldBackForm):
    """A question, and where the answer goes."""

    page = forms.CharField(widget=forms.HiddenInput, required=False)
    search = forms.CharField(widget=forms.HiddenInput, required=False)
    question = Paragraphs(
        label=_("Your question"),
        max_length=LONGEST,
        min_length=SHORTEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("In any language. Do not write about health, and no identity number."),
        error_messages={"min_length": _("Write a little more, so that we understand what you ask.")},
    )
    topic = forms.ChoiceField(label=_("What is it about?"), required=False)
    email = forms.EmailField(
        label=_("Your e-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("The answer goes there. We use it for nothing else."),
    )
    name = forms.CharField(
        label=_("Your name"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(label=_("In which language may we write to you?"))

    def __init__(self, data: Any = None, *, municipality: Municipality, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        topic, language = self.fields["topic"], self.fields["language"]
        assert isinstance(topic, forms.ChoiceField)
        assert isinstance(language, forms.ChoiceField)
        topic.choices = [("", _("Something else, or I do not know")), *Topic.choices]
        language.choices = [(code, LOCAL_NAMES[code]) for code in municipality.languages]
        if words := _plain_search(self["search"].value()):
            # A help text is HTML.
            searched = _("You searched for: %(words)s. What would you like to know?") % {"words": escape(words)}
            question = self.fields["question"]
            question.help_text = f"{searched} {question.help_text}"
        self.helper = helper("stamp", "page", "search", "question", "topic", "email", "name", "language", TRAP)

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())

    def clean_search(self) -> str:
        return _plain_search(self.cleaned_data["search"])


def _plain_search(words: object) -> str:
    """As far as it is of use, on one line, without identity numbers."""
    plain, _count = identity_numbers.remove(" ".join(str(words or "").split())[:200])
    return plain


class WrongForm(HeldBackForm):
    """One line about what is wrong on a page."""

    page = forms.CharField(widget=forms.HiddenInput, required=False)
    text = forms.CharField(
        label=_("What is wrong?"),
        max_length=300,
        validators=[MinLengthValidator(3)],
        help_text=_("One line is enough, such as: the phone number is an old one."),
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.helper = helper("stamp", "page", "text", TRAP)


class JudgeForm(WithoutIdentityNumbers):
    """Two buttons (in the template), and a line for those who press no."""

    missing = Paragraphs(
        label=_("What is missing?"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Do not write about health."),
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.helper = helper("missing")
