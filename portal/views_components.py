"""The living page of components, outside production: every component and every field, in every state."""

from __future__ import annotations

from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Fieldset, Layout, Row, Submit
from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

KINDS = [("house", _("House")), ("flat", _("Flat")), ("farm", _("Farm"))]


class SampleForm(forms.Form):
    """Every kind of field the portal uses."""

    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("As you want to be called."))
    email = forms.EmailField(label=_("E-mail"), required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=4)
    moved_on = forms.DateField(label=_("Moved in on"), widget=forms.DateInput(attrs={"type": "date"}), required=False)
    kind = forms.ChoiceField(label=_("Kind of home"), choices=KINDS)
    stay = forms.ChoiceField(
        label=_("How will you live here?"),
        choices=[("full", _("All year")), ("part", _("Part of the year"))],
        widget=forms.RadioSelect,
        help_text=_("You can change it later."),
    )
    wishes = forms.MultipleChoiceField(
        label=_("What would you like?"),
        choices=[("host", _("A host")), ("meeting", _("A welcome meeting")), ("package", _("A welcome package"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    message = forms.CharField(label=_("Anything else?"), widget=forms.Textarea(attrs={"rows": 4}), required=False)
    document = forms.FileField(label=_("A file"), required=False)
    agree = forms.BooleanField(label=_("My host may see my phone number"), help_text=_("You can take it back any day."))
    locked = forms.CharField(label=_("Municipality"), initial="Gol", disabled=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            Fieldset(_("About you"), "name", Row(Column("email"), Column("postcode"))),
            Fieldset(_("About the home"), "moved_on", "kind", "stay", "wishes"),
            Fieldset(_("The rest"), "message", "document", "agree", "locked"),
            Submit("save", _("Save")),
        )


class SampleFilter(forms.Form):
    kind = forms.ChoiceField(label=_("Kind of home"), choices=[("", _("All kinds")), *KINDS], required=False)
    words = forms.CharField(label=_("Words"), required=False)


WINDOWS = [
    _("You told us you moved in"),
    _("A letter came"),
    _("The package is packed"),
    _("You have a host"),
    _("You came to a welcome meeting"),
    _("You found work"),
    _("You found a home of your own"),
]


def _houses() -> list[dict[str, Any]]:
    """The same house on the first day, on the way and when everything has happened; and a large one."""
    steps = [(0, WINDOWS), (3, WINDOWS), (7, WINDOWS), (5, [*WINDOWS, *WINDOWS[:5]])]
    return [
        {"lit": lit, "windows": [{"label": label, "lit": number < lit} for number, label in enumerate(labels)]}
        for lit, labels in steps
    ]


def _timeline() -> list[dict[str, Any]]:
    return [
        {"date": date(2026, 10, 1), "title": _("You moved in"), "state": "done"},
        {"date": date(2026, 10, 20), "title": _("The letter was sent"), "state": "done", "text": _("By post.")},
        {"date": date(2026, 11, 2), "title": _("Your host should have called"), "state": "late",
         "text": _("The service office has been told, and calls you."), "url": "#timeline",
         "url_label": _("See who your host is")},
        {"date": date(2026, 12, 3), "title": _("Welcome meeting"), "state": "next", "url": "#timeline",
         "url_label": _("Say whether you come")},
        {"date": _("October 2027"), "title": _("We ask how you are"), "state": ""},
    ]  # fmt: skip


@login_not_required
def components_page(request: HttpRequest) -> HttpResponse:
    context = {
        "empty_form": SampleForm(prefix="empty"),
        "wrong_form": SampleForm({"wrong-email": "kari", "wrong-postcode": "35"}, prefix="wrong"),
        "mistakes": "mistakes" in request.GET,
        "filter_form": SampleFilter(request.GET),
        "houses": _houses(),
        "timeline": _timeline(),
        "page_of_many": Paginator(range(400), 10).get_page(request.GET.get("page", 4)),
        "colors": ["neutral", "accent", "brand1", "info", "success", "warning", "danger"],
        "facts": [
            {"label": _("Rent"), "value": "8 500 kr"},
            {"label": _("Rooms"), "value": "3"},
            {"label": _("Free from"), "value": date(2027, 1, 1)},
            {"label": _("Left out"), "value": ""},
        ],
        "card_tags": [{"label": _("Flat"), "color": "neutral"}, {"label": _("New"), "color": "brand1"}],
        "trail": [{"label": _("Start"), "url": "#"}, {"label": _("Homes"), "url": "#"}],
        "checked_on": date(2026, 11, 2),
    }
    return render(request, "components_page.html", context)
