"""A message to many: why, and what it says in each language."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from newcomers.enums import BulkPurpose
from newcomers.forms import LANGUAGE_WISHES
from newcomers.models import BulkMessage
from newcomers.office.bulk import needs_reason, readers
from portal.forms import WithoutIdentityNumbers


def language_name(code: str) -> str:
    return dict(LANGUAGE_WISHES).get(code, code)


class BulkForm(WithoutIdentityNumbers):
    """Subject and text in one language at least; readers of the others get the nearest there is."""

    purpose = forms.ChoiceField(
        label=_("Why you write"),
        choices=[("", _("Choose a purpose")), *BulkPurpose.choices],
        help_text=_("For all but a service message, each person must have said yes. It goes to nobody else."),
    )

    reason = forms.CharField(
        label=_("What in their own case it is about"), max_length=300, required=False,
        help_text=_("For a service message to more than one household: such a message asks nobody's yes, so it is no "
                    "way round one. What you write is kept with the message."),
        widget=forms.TextInput(attrs={"size": 60}),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, bulk: BulkMessage, **kwargs: Any) -> None:
        self.bulk = bulk
        self.readers = readers(bulk)
        self.languages = list(bulk.municipality.languages)
        super().__init__(data, **kwargs)
        self.initial.update({"purpose": bulk.purpose, "reason": bulk.reason})
        for code, text in bulk.texts.items():
            self.initial.update({f"subject_{code}": text["subject"], f"body_{code}": text["body"]})

    @property
    def texts(self) -> list[tuple[str, str, int, forms.BoundField, forms.BoundField]]:
        """By language: its name, how many of the chosen households read it, and the two fields."""
        return [
            (code, language_name(code), self.readers[code], self[f"subject_{code}"], self[f"body_{code}"])
            for code in self.languages
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if needs_reason(self.bulk, cleaned.get("purpose", "")) and not cleaned.get("reason"):
            self.add_error("reason", _("Say what it is about, or choose a purpose that they have said yes to."))
        halves = [(cleaned.get(f"subject_{code}"), cleaned.get(f"body_{code}")) for code in self.languages]
        for code, (subject, body) in zip(self.languages, halves, strict=True):
            missing = f"subject_{code}" if body and not subject else f"body_{code}" if subject and not body else None
            if missing and missing not in self.errors:
                self.add_error(missing, _("A subject and a text belong together. Write both, or none."))
        if not self.errors and not any(body for _subject, body in halves):
            self.add_error(None, _("Write the message in one language at least."))
        return cleaned

    def written(self) -> dict[str, dict[str, str]]:
        """As newcomers.office.bulk.write takes it."""
        given = self.cleaned_data
        return {
            code: {"subject": given[f"subject_{code}"], "body": given[f"body_{code}"]}
            for code in self.languages
            if given[f"body_{code}"]
        }


def bulk_form(data: Any = None, *, bulk: BulkMessage) -> BulkForm:
    """With fields for each language of the municipality, so that identity numbers are taken out of these too."""
    form_class: Any = type("BulkForm", (BulkForm,), _text_fields(list(bulk.municipality.languages)))
    form: BulkForm = form_class(data, bulk=bulk)
    return form


def _text_fields(languages: list[str]) -> dict[str, forms.Field]:
    fields: dict[str, forms.Field] = {}
    for code in languages:
        attrs = {"lang": code, "dir": "auto"}
        fields[f"subject_{code}"] = forms.CharField(
            label=_("Subject"), max_length=150, required=False, widget=forms.TextInput(attrs={**attrs, "size": 60})
        )
        fields[f"body_{code}"] = forms.CharField(
            label=_("Text"), max_length=5000, required=False,
            widget=forms.Textarea(attrs={**attrs, "rows": 8, "cols": 70}),
        )  # fmt: skip
    return fields
