"""What is asked of one who registers: which pages, in which order, and what came out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from newcomers.enums import Residency, ShareField, Situation
from newcomers.models import Draft
from newcomers.registering import pages
from newcomers.registering import pages_people as people
from newcomers.registering.page import Answers, Asked, PageForm
from portal.accounts.models import User

FIRST = "situation"
PAGES: dict[str, type[PageForm]] = {
    FIRST: pages.SituationForm,
    "part-time": pages.PartTimeForm,
    "you": people.YouForm,
    "contact": people.ContactForm,
    "adults": people.AdultsForm,
    "children": people.ChildrenForm,
    "date": pages.DateForm,
    "maybe": pages.MaybeForm,
    "address": pages.AddressForm,
    "language": pages.LanguageForm,
    "reason": pages.ReasonForm,
    "wishes": pages.WishesForm,
    "sharing": pages.SharingForm,
}
# Pages that not everybody gets.
ONLY_FOR = {
    "part-time": {Situation.PART_TIME},
    "date": {Situation.PLANNING, Situation.MOVED, Situation.PART_TIME},
    "maybe": {Situation.CONSIDERING},
    "address": {Situation.PLANNING, Situation.MOVED, Situation.PART_TIME},
    "reason": {Situation.CONSIDERING, Situation.PLANNING, Situation.MOVED},
    "sharing": {Situation.PLANNING, Situation.MOVED, Situation.PART_TIME},
}


def is_for(slug: str, situation: str) -> bool:
    return slug not in ONLY_FOR or situation in ONLY_FOR[slug]


# Beside the pages' own answers: what others told us before they came (introductions.py), only proposed.
PROPOSED = "proposed"


@dataclass(frozen=True)
class Summary:
    """A page on the page of all answers: its rows, or nothing where an answer is missing or wrong."""

    slug: str
    heading: str
    rows: list[tuple[str, str]]
    is_answered: bool


class Questionnaire:
    """The pages for one draft as it stands today; `account` is who has signed in, if anybody."""

    def __init__(self, draft: Draft, *, on: date, account: User | None = None) -> None:
        self.answers: Answers = draft.answers
        self.asked = Asked(draft.municipality, on, self.answers, account)

    # --- Pages ---

    def slugs(self) -> list[str]:
        slugs = []
        for slug in PAGES:
            if not is_for(slug, self.asked.situation):
                continue
            slugs.append(slug)
            if slug == "adults":
                slugs += people.adult_slugs(self.answers)
        return slugs

    def has(self, slug: str) -> bool:
        """Whether this page is one of those asked, or the one for the next adult."""
        return slug in self.slugs() or slug == people.free_adult(self.answers)

    def form(self, slug: str, data: Any = None, **initial: Any) -> PageForm:
        """With `data`, or else with what was typed there before."""
        form_class = PAGES.get(slug, people.AdultForm)
        if data is None:
            data = self.answers.get(slug)
        proposed = self.answers.get(PROPOSED, {}).get(slug, {})
        return form_class(data, asked=self.asked, slug=slug, initial=initial | proposed)

    def before(self, slug: str) -> str:
        """The page before; nothing before the first."""
        if slug.startswith("adult-"):
            return "adults"
        place = self._order().index(slug) if slug in self._order() else 0
        return self._order()[place - 1] if place else ""

    def after(self, slug: str) -> str:
        """The page that follows; nothing after the last. After each adult it is asked whether there is one more."""
        if slug.startswith("adult-"):
            return "adults"
        if slug == "adults" and self.answers.get("adults", {}).get("more") == "yes":
            return people.free_adult(self.answers)
        return next(iter(self._order()[self._order().index(slug) + 1 :]), "")

    def progress(self, slug: str) -> tuple[int, int]:
        """Which question this is, and of how many; the other adults belong to one."""
        slug = "adults" if slug.startswith("adult-") else slug
        return self._order().index(slug) + 1 if slug in self._order() else 1, len(self._order())

    def _order(self) -> list[str]:
        return [slug for slug in self.slugs() if not slug.startswith("adult-")]

    # --- Answers ---

    def _is_answered(self, slug: str) -> bool:
        if slug == "adults" and self.answers.get(slug, {}).get("more") == "yes":
            return False  # the next adult is still to come
        return slug in self.answers and self.form(slug).is_valid()

    def first_open(self) -> str:
        """The first page that is not answered, or not rightly; nothing when all are."""
        return next((slug for slug in self.slugs() if not self._is_answered(slug)), "")

    def summaries(self) -> Iterator[Summary]:
        for slug in self.slugs():
            form = self.form(slug)
            is_answered = self._is_answered(slug) and form.is_valid()
            yield Summary(slug, form.heading, form.rows() if is_answered else [], is_answered)

    def fingerprint(self) -> str:
        """Of the answers as they were shown, so that what is sent is what was seen."""
        return hashlib.sha256(json.dumps(self.answers, sort_keys=True).encode()).hexdigest()[:32]

    def result(self) -> dict[str, Any]:
        """As services.register keeps it. Ask only when no page is open."""
        cleaned: dict[str, Any] = {}
        adults = []
        for slug in self.slugs():
            form = self.form(slug)
            if not form.is_valid():
                raise ValueError(f"The page {slug} is not answered.")
            if slug.startswith("adult-"):
                adults.append(form.cleaned_data)
            cleaned |= {} if slug.startswith("adult-") else form.cleaned_data
        return self._shaped(cleaned, adults)

    def _shaped(self, cleaned: dict[str, Any], others: list[dict[str, Any]]) -> dict[str, Any]:
        situation = cleaned["situation"]
        texts = ("street", "care_of", "postcode", "city", "language", "reason", "wishes", "part_time_kind",
                 "stay_longer")  # fmt: skip
        day = cleaned.get("moved_in_on")
        first = {name: cleaned[name] for name in ("name", "birth_year", "email", "phone")}
        return {name: cleaned.get(name, "") for name in texts} | {
            "situation": situation,
            "residency": Residency.PART_TIME if situation == Situation.PART_TIME else Residency.FULL_TIME,
            "adults": [first, *({name: other[name] for name in first} for other in others)],
            "child_birth_years": cleaned["child_birth_years"],
            "moved_in_on": day.isoformat() if day else cleaned.get("maybe_when", ""),
            "share": [field.value for field in ShareField if cleaned.get(f"share_{field.value}")],
            "text_version": self.answers.get("sharing", {}).get(pages.TEXT_VERSION, ""),
        }
