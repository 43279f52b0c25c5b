"""What every page of registering stands on: a question, whom we ask, and what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from newcomers.enums import PartTimeKind, Situation
from portal.accounts.models import User
from portal.forms import HEALTH_CONFIRMED, HintsAtHealth
from portal.municipalities.models import Municipality

LONGEST = 5_000  # letters of one answer that are kept
NOT_ANSWERED = _("Not answered")

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


class PageForm(HintsAtHealth):
    """The page's question, and what helps to answer it."""

    question: str | Promise = ""
    advice: str | Promise = ""
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

    @property
    def heading(self) -> str:
        return str(self.question)

    @property
    def lead(self) -> str:
        return str(self.advice)

    def typed(self) -> dict[str, str]:
        """What was typed, right or not, to be kept: without identity numbers, and no longer than any answer is."""
        texts = {name: str(self.data.get(name) or "") for name in self.fields if not self.fields[name].disabled}
        if self.asks_about_health or not texts.get(HEALTH_CONFIRMED):
            texts.pop(HEALTH_CONFIRMED, None)  # asked only now, or never
        return {name: text.replace("\x00", "")[:LONGEST] for name, text in texts.items()}

    def rows(self) -> list[tuple[str, str]]:
        """Each question of the page, with the answer in words."""
        asked = [(name, field) for name, field in self.fields.items() if not field.widget.is_hidden]
        return [
            (str(self.summary.get(name, field.label)), self._in_words(name) or str(NOT_ANSWERED))
            for name, field in asked
        ]

    def _in_words(self, name: str) -> str:
        value = self.cleaned_data.get(name)
        form_field = self.fields[name]
        if isinstance(form_field, forms.ChoiceField):
            return str(dict(form_field.choices).get(value, ""))  # type: ignore[arg-type]  # no groups here
        if isinstance(form_field, forms.BooleanField):
            return gettext("Yes") if value else gettext("No")
        if isinstance(value, list):
            return ", ".join(map(str, value))
        return date_format(value, "DATE_FORMAT") if isinstance(value, date) else str(value or "")
