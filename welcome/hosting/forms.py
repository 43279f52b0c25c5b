"""What hosts fill in."""

from __future__ import annotations

import uuid
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from portal.forms import WithoutIdentityNumbers
from portal.municipalities.models import Municipality
from welcome.hosting.enums import Outcome


class ConversationForm(WithoutIdentityNumbers):
    """Which of the three big buttons (in the template) was tapped, and a note if there is one."""

    outcome = forms.ChoiceField(
        choices=Outcome, error_messages={"required": _("Tap one of the three buttons: how did it go?")}
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only facts, and nothing about health. The newcomers may read it when they ask."),
    )
    submission = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    helper = FormHelper()
    helper.form_tag = False
    helper.layout = Layout("note", "submission")


class DeclineForm(WithoutIdentityNumbers):
    reason = forms.CharField(required=False, max_length=300)


class ReasonForm(WithoutIdentityNumbers):
    """Why an assignment ends before its time."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("In a few words, and nothing about health. The newcomers may read it when they ask."),
        widget=forms.TextInput(attrs={"size": 60}),
    )


class HandOverForm(ReasonForm):
    """Choices are of one municipality, that of the assignments."""

    field_order = ("host", "reason")

    def __init__(self, *args: Any, municipality: Municipality, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["host"] = forms.ModelChoiceField(
            label=_("New host"),
            queryset=municipality.hosts.filter(is_active=True).select_related("user"),
            empty_label=_("Choose a host"),
        )
        self.order_fields(self.field_order)
