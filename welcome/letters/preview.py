"""A letter to an invented household, to see what a template looks like on paper."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from newcomers.models import Household, Person
from newcomers.my_page import objections
from portal.documents import render
from portal.documents.shapes import LetterData
from portal.municipalities.models import Municipality
from welcome.letters.composing import LetterMaker
from welcome.letters.models import Letter, LetterTemplate
from welcome.letters.services import facts_in_letters


def preview_pdf(template: LetterTemplate, *, language: str, on: date) -> bytes:
    """As it would be printed today, also when a fact in it is not verified."""
    municipality = template.municipality
    maker = LetterMaker(municipality, template, facts_in_letters(municipality), on)
    household = _invented_household(municipality, language)
    with translation.override(language):
        gifts = [_("Trail map"), "2 × " + _("Cinema ticket")]
    facts = maker.facts_for(household, gifts=gifts, reference=_("Preview"), code=objections.EXAMPLE)
    return _pdf(municipality, facts, on, notice=_("Preview: an invented household."))


def letter_pdf(letter: Letter) -> bytes:
    """One letter as it was issued."""
    assert letter.issued_on is not None  # drafts are shown to nobody
    return _pdf(letter.municipality, letter.facts, letter.issued_on, notice=demo_notice(letter.municipality))


def demo_notice(municipality: Municipality) -> str:
    """What stands on every page that a demonstration prints."""
    return _("Demonstration: invented people and offers. Do not send.") if municipality.is_demo else ""


def _pdf(municipality: Municipality, facts: LetterData, on: date, *, notice: str) -> bytes:
    return render.render_letters(
        {
            "language": facts["language"],
            "title": facts["subject"],
            "author": f"{municipality.name} kommune",
            "demo_notice": notice,
            "letters": [facts],
        },
        timestamp=on,
    )


def _invented_household(municipality: Municipality, language: str) -> Household:
    """Never saved."""
    household = Household(
        municipality=municipality,
        street="Lyktevegen 12",
        postcode=municipality.office_postcode or "0000",
        city=municipality.office_city or municipality.name,
        language=language,
    )
    persons: QuerySet[Person] = Person.objects.none()
    persons._result_cache = [
        Person(household=household, position=place, name=name) for place, name in enumerate(("Kari Lykt", "Ola Lykt"))
    ]
    # As if they had been prefetched: the letter asks for nothing else.
    household._prefetched_objects_cache = {"persons": persons}  # type: ignore[attr-defined]  # Django's own place
    return household
