from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from newcomers.enums import Source
from newcomers.models import Household
from portal.municipalities.models import Municipality
from portal.pages.enums import Topic
from portal.pages.models import ContactPoint
from tests.conftest import TODAY
from tests.packages.factories import make_household, make_info, make_municipality, make_office, make_template
from welcome.letters import services
from welcome.letters.composing import digest, plain_text, recipient_lines
from welcome.letters.fields import fill_in, known_fields_only
from welcome.letters.models import Letter, LetterTemplate
from welcome.letters.services import LettersStopped, letter_maker, unverified_contacts

pytestmark = pytest.mark.django_db


@pytest.fixture
def gol() -> Municipality:
    return make_office()


def facts(household: Household, *gifts: str) -> dict[str, Any]:
    maker = letter_maker(municipality=household.municipality, on=TODAY)
    return dict(maker.facts_for(household, gifts=gifts, reference="2026Q4-0001", code="BCDFGHJH"))


@pytest.mark.parametrize(
    ("names", "lines"),
    [
        (["Kari Moen"], ["Kari Moen"]),
        (["Kari Moen", "Ola Li"], ["Kari Moen", "Ola Li"]),
        (["Kari Moen", "Ola Moen"], ["Kari and Ola Moen"]),
        (["Kari Moen", "Ola Li", "Per Moen"], ["Kari and Per Moen", "Ola Li"]),
        (["Kari Moen", "Ola Li", "Per Dal", "Eva Ås"], ["Kari Moen", "Ola Li, Per Dal, Eva Ås"]),
        (["Madonna"], ["Madonna"]),
        (["Anne Marie Moen", "Per Moen"], ["Anne Marie and Per Moen"]),
    ],
)
def test_names_stand_on_at_most_two_lines(gol: Municipality, names: list[str], lines: list[str]) -> None:
    household = make_household(gol, *names, street="Lyktevegen 1")
    with translation.override("en"):
        assert recipient_lines(household) == [*lines, "Lyktevegen 1", "3550 Gol"]


@pytest.mark.parametrize("care_of", ["Eva Ås", "c/o Eva Ås", "C/O Eva Ås"])
def test_care_of_is_said_once_and_the_address_has_five_lines_at_most(gol: Municipality, care_of: str) -> None:
    household = make_household(gol, "Kari Moen", "Ola Li", "Per Dal", care_of=care_of)
    lines = recipient_lines(household)
    assert len(lines) == 5
    assert lines[2].lower() == "c/o eva ås"


@pytest.mark.parametrize(
    ("language", "date_line", "greeting", "subject"),
    [
        ("nb", "Gol, 22. november 2026", "Hei, Kari", "Velkommen til Gol"),
        ("nn", "Gol, 22. november 2026", "Hei, Kari", "Velkomen til Gol"),
        ("en", "Gol, 22 November 2026", "Dear Kari", "Welcome to Gol"),
    ],
)
def test_a_letter_speaks_one_language(
    gol: Municipality, language: str, date_line: str, greeting: str, subject: str
) -> None:
    letter = facts(make_household(gol, "Kari Moen", language=language))
    assert (letter["date_line"], letter["greeting"], letter["subject"]) == (date_line, greeting, subject)
    assert letter["sections"][0]["heading"] == f"library-{language}"
    assert letter["sections"][0]["contacts"] == [
        {"name": f"contact-library-{language}", "details": ["00 00 00 01", "9–15"]}
    ]


def test_what_has_no_text_in_the_language_takes_the_main_one(gol: Municipality) -> None:
    ContactPoint.objects.get().translations.filter(language_code="en").delete()
    LetterTemplate.objects.get().translations.filter(language_code="en").delete()
    letter = facts(make_household(gol, "Kari Moen", language="en"))
    assert letter["sections"][0]["contacts"][0]["name"] == "contact-library-nb"
    assert letter["subject"] == "Velkommen til Gol"


@pytest.mark.parametrize(
    ("source", "text"), [(Source.REGISTER, "Fra listen over flyttere-nb"), (Source.SELF, "Fra deg selv-nb")]
)
def test_it_says_where_the_address_comes_from_and_how_to_say_no(gol: Municipality, source: str, text: str) -> None:
    assert facts(make_household(gol, "Kari Moen", source=source))["footer"] == [text, "Si fra-nb"]


def test_headings_stand_in_the_order_of_topics_and_hours_only_once(gol: Municipality) -> None:
    about = make_info(gol, Topic.ABOUT)
    about.contacts.set(ContactPoint.objects.filter(code="library"))
    sections = facts(make_household(gol, "Kari Moen"))["sections"]
    assert [section["heading"] for section in sections] == ["about-nb", "library-nb"]
    assert [section["contacts"][0]["details"] for section in sections] == [["00 00 00 01", "9–15"], ["00 00 00 01"]]


def test_gifts_have_a_heading_only_when_there_are_gifts(gol: Municipality) -> None:
    household = make_household(gol, "Kari Moen")
    assert facts(household, "Turkart")["gifts_heading"] == "Gaver-nb"
    assert facts(household)["gifts_heading"] == ""


def test_the_sender_is_the_municipality_and_the_return_line_is_for_the_post(gol: Municipality) -> None:
    sender = facts(make_household(gol, "Kari Moen", language="en"))["sender"]
    assert sender["name"] == "Gol kommune"
    assert sender["return_line"] == "Retur: Gol kommune, Vindaugsvegen 1, 3550 Gol"


def test_the_code_leads_to_the_site_in_the_letter_s_language_and_names_nobody(gol: Municipality) -> None:
    code = facts(make_household(gol, "Kari Moen", language="en"))["qr"]
    assert code["svg"].startswith("<svg")
    assert f"/en/{gol.slug}" in code["caption"]


def test_a_letter_asks_the_database_nothing_more(gol: Municipality, django_assert_num_queries: Any) -> None:
    make_household(gol, "Kari Moen", "Ola Li")
    make_household(gol, "Per Dal", language="en")
    households = list(Household.objects.with_persons())
    maker = letter_maker(municipality=gol, on=TODAY)
    with django_assert_num_queries(0):
        for household in households:
            maker.facts_for(household, gifts=["Turkart"], reference="1", code="BCDFGHJH")


def test_nine_more_headings_cost_no_query(gol: Municipality, django_assert_num_queries: Any) -> None:
    for topic in list(Topic)[:8]:
        make_info(gol, topic)
    with django_assert_num_queries(6):
        letter_maker(municipality=gol, on=TODAY)


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("**Åpent** for [alle](https://a.example)", "Åpent for alle"),
        ("Én linje\nog en til", "Én linje og en til"),
        ("- en\n- to", "en to"),
        ("a * b # c", "a * b # c"),
        ('#read("/etc/passwd")', '#read("/etc/passwd")'),
        ("<b>fet</b>", "<b>fet</b>"),
    ],
)
def test_markdown_is_plain_on_paper(markdown: str, text: str) -> None:
    assert plain_text(markdown) == text


# --- Fields ---


def test_an_unknown_field_is_refused_and_named() -> None:
    known_fields_only("Hei {names}, velkommen til {municipality}")
    with pytest.raises(ValidationError, match="ssn"):
        known_fields_only("{ssn}")


def test_what_is_filled_in_is_not_filled_in_again() -> None:
    assert fill_in("Hei {names} {x} {", {"names": "{municipality}"}) == "Hei {municipality} {x} {"


# --- Freshness ---


def test_every_stale_fact_is_named_with_its_day(gol: Municipality) -> None:
    make_info(gol, Topic.POLICE, verified_on=None)
    make_info(gol, Topic.NAV, verified_on=date(2026, 3, 1))
    with translation.override("en"), pytest.raises(LettersStopped) as stopped:
        letter_maker(municipality=gol, on=TODAY)
    for name in (
        "police-en (never verified)",
        "contact-police-en (never verified)",
        "nav-en (last verified 1 March 2026)",
    ):
        assert name in str(stopped.value)
    assert "library" not in str(stopped.value)
    assert len(unverified_contacts(gol, TODAY)) == 4
    assert len(unverified_contacts(gol, date(2026, 3, 1))) == 2


# --- Templates and drafts ---


def test_the_version_rises_with_each_text_that_changes(gol: Municipality) -> None:
    template = LetterTemplate.objects.get()
    before = template.version
    template.set_current_language("nb")
    template.save()
    template.refresh_from_db()
    assert template.version == before
    template.closing = "Velkommen"
    template.save()
    assert template.version == before + 1
    template.refresh_from_db()
    assert template.version == before + 1


def test_an_issued_letter_is_never_written_again(gol: Municipality) -> None:
    household = make_household(gol, "Kari Moen")
    maker = letter_maker(municipality=gol, on=TODAY)
    first = maker.facts_for(household, gifts=[], reference="1", code="BCDFGHJH")
    Letter.objects.create(
        municipality=gol, household=household, language="nb", template_version=1, facts=first, sha256=digest(first),
        issued_on=TODAY,
    )  # fmt: skip
    other = maker.facts_for(household, gifts=["Turkart"], reference="2", code="BCDFGHJH")
    assert services.write_drafts(maker=maker, letters={household: other}) == {}
    assert Letter.objects.get().facts == first


def test_a_draft_is_kept_while_its_facts_are_the_same(gol: Municipality) -> None:
    household = make_household(gol, "Kari Moen")
    maker = letter_maker(municipality=gol, on=TODAY)
    same = maker.facts_for(household, gifts=[], reference="1", code="BCDFGHJH")
    first = services.write_drafts(maker=maker, letters={household: same})[household.pk]
    assert services.write_drafts(maker=maker, letters={household: same})[household.pk].pk == first.pk
    changed = maker.facts_for(household, gifts=["Turkart"], reference="1", code="BCDFGHJH")
    assert services.write_drafts(maker=maker, letters={household: changed})[household.pk].pk != first.pk
    assert Letter.objects.get().facts["gifts"] == ["Turkart"]


def test_without_a_template_it_says_what_to_do() -> None:
    with pytest.raises(LettersStopped, match="Gol"):
        letter_maker(municipality=make_municipality(), on=TODAY)
    hol = make_municipality("Hol")
    make_template(hol).translations.all().delete()
    with pytest.raises(LettersStopped, match="Hol"):
        letter_maker(municipality=hol, on=TODAY)
