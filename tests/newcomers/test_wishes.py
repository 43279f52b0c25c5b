"""What newcomers tell of themselves and their wishes, page by page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from newcomers import occupations, wishes
from newcomers.enums import Education, HomeKind, MoveReason
from newcomers.languages import COMMON, find_language, language_name, other_languages
from newcomers.models import Household, Person, Preferences
from newcomers.my_page.forms_wishes import PAGES
from newcomers.services import ChangedMeanwhile
from portal import clock
from portal.demo import read
from portal.pages.enums import Interest
from tests.conftest import TODAY
from tests.factories import HouseholdFactory, PersonFactory, UserFactory

pytestmark = pytest.mark.django_db

URL = "/en/gol/my/wishes/"


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: TODAY)


@pytest.fixture
def person() -> Person:
    return PersonFactory(with_account=True, name="Kari Eksempel")


@pytest.fixture
def partner(person: Person) -> Person:
    return PersonFactory(household=person.household, name="Ola Eksempel", position=1)


@pytest.fixture
def kari(client: Client, person: Person) -> Client:
    client.force_login(person.user)
    return client


def post(client: Client, page: str, household: Household, **typed: Any) -> Any:
    household.refresh_from_db()
    return client.post(f"{URL}{page}/", {"version": household.version, **typed})


def text_of(response: Any) -> str:
    assert response.status_code in {200, 403}
    return re.sub(r"\s+", " ", response.content.decode())


# --- The way through ------------------------------------------------------------------------------


def test_my_page_offers_it_to_whoever_told_nothing_and_leads_through_to_the_summary(
    kari: Client, person: Person
) -> None:
    page = text_of(kari.get("/en/gol/my/"))
    assert "Tell us more about what you wish" in page
    assert f'href="{URL}languages/"' in page
    following = f"{URL}languages/"
    for wish in PAGES:
        assert following == f"{URL}{wish.slug}/"
        page = text_of(kari.get(following))
        assert page.count("<h1") == 1
        assert str(wish.title) in page
        assert f"Why we ask: {wish.why}" in page
        skip = re.search(r'href="([^"]+)">Skip<', page)
        assert skip
        following = skip[1]
    assert following == URL
    assert text_of(kari.get(URL)).count("Nothing told.") == len(PAGES)
    assert not Preferences.objects.exists()


def test_save_and_go_on_leads_to_the_next_page_and_the_last_to_the_summary(kari: Client, person: Person) -> None:
    for wish, following in zip(PAGES, [*(page.slug for page in PAGES[1:]), ""], strict=True):
        response = post(kari, wish.slug, person.household)
        assert response.url == (f"{URL}{following}/" if following else URL)


def test_whoever_comes_from_the_summary_goes_back_to_it(kari: Client, person: Person) -> None:
    assert f'href="{URL}home/?back=1"' in text_of(kari.get(URL))
    page = text_of(kari.get(f"{URL}home/?back=1"))
    assert re.search(rf'href="{URL}">Skip<', page)
    response = kari.post(f"{URL}home/?back=1", {"version": person.household.version, "home_kinds": "farm"})
    assert response.url == URL
    assert "A smallholding or farm" in text_of(kari.get(URL))


def test_all_that_is_told_stands_in_the_summary_and_on_my_page(kari: Client, person: Person) -> None:
    household = person.household
    post(kari, "languages", household, **{"adult1-languages": ["pl", "en"], "adult1-more_languages": "georgian"})
    post(kari, "occupation", household, **{"adult1-education": "vocational", "adult1-occupation": "spawacz"})
    post(kari, "job", household, **{"adult1-wants_job": "on", "adult1-job_wish": "Part time, from January."})
    post(kari, "home", household, home_kinds=["flat", "house"], home_tenure="both", home_bedrooms="3")
    post(kari, "interests", household, interests=["choir", "hiking"])
    post(kari, "important", household, important=["work", "live"])
    post(kari, "reason", household, reason="place")
    post(kari, "about-us", household, segment="Two welders with a dog")
    page = text_of(kari.get(URL))
    for words in [
        "Polish, English, Georgian",
        "Trade certificate or vocational school, spawacz (Welders and flame cutters)",
        "Is looking for work, Part time, from January.",
        "A flat, a detached house", "Rent first, buy later", "3 bedrooms",
        "Hiking and the outdoors", "A job to go to, A home to live in",
        "The place and its surroundings", "Two welders with a dog",
    ]:  # fmt: skip
        assert words.casefold() in page.casefold(), words
    assert "Nothing told." not in page
    person.refresh_from_db()
    assert person.languages == ["pl", "en", "ka"]
    assert (person.education, person.occupation_code, person.occupation) == (Education.VOCATIONAL, "7212", "spawacz")
    assert person.household.reason == MoveReason.PLACE
    assert person.household.preferences.home_kinds == [HomeKind.FLAT, HomeKind.HOUSE]
    assert "Two welders with a dog" in text_of(kari.get("/en/gol/my/"))


def test_what_was_told_stands_in_the_form_and_can_be_taken_back(kari: Client, person: Person) -> None:
    household = person.household
    post(kari, "languages", household, **{"adult1-languages": ["pl"], "adult1-more_languages": "Georgian"})
    page = text_of(kari.get(f"{URL}languages/"))
    assert re.search(r'value="pl"[^>]*checked', page)
    assert 'value="Georgian"' in page
    post(kari, "languages", household)
    person.refresh_from_db()
    assert person.languages == []


# --- Whose ----------------------------------------------------------------------------------------


def test_one_tells_for_the_other_adult_too(kari: Client, person: Person, partner: Person) -> None:
    page = text_of(kari.get(f"{URL}occupation/"))
    assert page.index(">Kari<") < page.index(">Ola<")
    assert "tells this on their own page" not in page
    assert f'href="{URL}languages/"' in page, "the way back"
    job = text_of(kari.get(f"{URL}job/"))
    assert job.index("You are looking for work here") < job.index(">Ola<") < job.index("Is looking for work here")
    post(kari, "occupation", person.household, **{"adult1-occupation": "nurse", "adult2-occupation": "cook"})
    for adult, code in [(person, "2223"), (partner, "5120")]:
        adult.refresh_from_db()
        assert adult.occupation_code == code
    assert "Kari: nurse (Nurses)" in text_of(kari.get(URL))


def test_an_adult_with_an_account_tells_for_themselves(kari: Client, person: Person, partner: Person) -> None:
    Person.objects.filter(pk=partner.pk).update(user=UserFactory(), languages=["so"])
    page = text_of(kari.get(f"{URL}languages/"))
    assert ">Ola<" not in page
    assert "Ola tells this on their own page." in page
    assert "their own page" not in text_of(kari.get(f"{URL}home/"))
    assert "Somali" not in text_of(kari.get(URL))
    post(kari, "languages", person.household, **{"adult1-languages": "en", "adult2-languages": "pl"})
    partner.refresh_from_db()
    assert partner.languages == ["so"]
    person.household.refresh_from_db()
    with pytest.raises(PermissionError):
        wishes.tell(
            household=person.household, version=person.household.version, by=person.user,
            of_persons=[(partner, {"languages": ["pl"]})],
        )  # fmt: skip


@pytest.mark.parametrize("page", ["", "languages/", "home/"])
def test_a_protected_household_and_strangers_find_nothing(client: Client, page: str) -> None:
    protected = PersonFactory(with_account=True, household=HouseholdFactory(restricted_household=True, adults=0))
    for user in (protected.user, UserFactory()):
        client.force_login(user)
        assert client.get(URL + page).status_code == 404
        assert client.post(URL + page, {"version": 1}).status_code == (404 if page else 405)


def test_a_page_that_never_was(kari: Client) -> None:
    assert kari.get(f"{URL}religion/").status_code == 404


# --- Occupations ----------------------------------------------------------------------------------


def test_words_with_several_meanings_bring_a_choice(kari: Client, person: Person) -> None:
    response = post(kari, "occupation", person.household, **{"adult1-occupation": "teacher"})
    page = text_of(response)
    assert "Which of these fits best?" in page
    assert "Primary and lower secondary school teachers" in page
    assert "None of these" in page
    assert 'value="teacher"' in page
    post(kari, "occupation", person.household, **{"adult1-occupation": "teacher", "adult1-occupation_code": "2341"})
    person.refresh_from_db()
    assert (person.occupation, person.occupation_code) == ("teacher", "2341")
    # The same words again are no new question.
    assert post(kari, "occupation", person.household, **{"adult1-occupation": "teacher"}).status_code == 302
    person.refresh_from_db()
    assert person.occupation_code == "2341"


def test_a_code_that_was_not_offered_is_none(kari: Client, person: Person) -> None:
    typed = {"adult1-occupation": "teacher", "adult1-occupation_code": "1120"}
    assert post(kari, "occupation", person.household, **typed).status_code == 200
    person.refresh_from_db()
    assert person.occupation == ""


@pytest.mark.parametrize("typed", [{"adult1-occupation": "lighthouse whisperer"},
                                   {"adult1-occupation": "teacher", "adult1-occupation_code": "none"}])  # fmt: skip
def test_words_without_a_code_are_kept_as_they_are(kari: Client, person: Person, typed: dict[str, str]) -> None:
    assert post(kari, "occupation", person.household, **typed).status_code == 302
    person.refresh_from_db()
    assert (person.occupation, person.occupation_code) == (typed["adult1-occupation"], "")


def test_another_occupation_forgets_the_code_of_the_one_before(kari: Client, person: Person) -> None:
    post(kari, "occupation", person.household, **{"adult1-occupation": "nurse"})
    post(kari, "occupation", person.household, **{"adult1-occupation": ""})
    person.refresh_from_db()
    assert (person.occupation, person.occupation_code) == ("", "")


@pytest.mark.parametrize(("language", "title"), [("nb", "Sykepleiere"), ("nn", "Sjukepleiarar"), ("uk", "Nurses")])
def test_the_list_is_offered_while_one_types(kari: Client, language: str, title: str) -> None:
    page = kari.get(f"/{language}/gol/my/wishes/occupation/").content.decode()
    assert 'list="occupations"' in page
    assert f'<option value="{title}">' in page


def test_the_standards_name_stands_only_where_it_is_written(kari: Client, person: Person) -> None:
    Person.objects.update(occupation="медсестра", occupation_code="2221")
    assert "Медсестра (" in text_of(kari.get(URL))
    in_ukrainian = text_of(kari.get(URL.replace("/en/", "/uk/")))
    assert "Медсестра" in in_ukrainian
    assert "Медсестра (" not in in_ukrainian


# --- Bad input ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "typed", "words"),
    [
        ("languages", {"adult1-more_languages": "Georgien"}, "Did you mean “georgian”?"),
        ("languages", {"adult1-more_languages": "Blargh"}, "We do not know the language “Blargh”"),
        ("languages", {"adult1-languages": "xx"}, "xx is not one of the available choices"),
        ("home", {"home_bedrooms": "many"}, "Write how many with figures only"),
        ("home", {"home_bedrooms": "1000"}, "less than or equal to 10"),
        ("interests", {"interests": "faith"}, "faith is not one of the available choices"),
        ("about-us", {"segment": "I am 01817050006"}, "Leave out the identity number"),
        ("occupation", {"adult1-occupation": "nurse 01817050006"}, "Leave out the identity number"),
        ("job", {"adult1-job_wish": "01817050006 cook"}, "Leave out the identity number"),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_said_beside_the_field(
    kari: Client, person: Person, page: str, typed: dict[str, str], words: str
) -> None:
    response = post(kari, page, person.household, **typed)
    assert words in text_of(response)
    assert "01817050006" not in text_of(response)
    assert not Preferences.objects.exclude(segment="").exists()


def test_free_text_says_what_not_to_write(kari: Client) -> None:
    for page in ("occupation", "job", "about-us"):
        assert "Do not write about health" in text_of(kari.get(f"{URL}{page}/")), page


@pytest.mark.parametrize(("page", "field"), [("job", "adult1-job_wish"), ("about-us", "segment")])
def test_what_looks_like_health_is_kept_at_the_second_press(
    kari: Client, person: Person, page: str, field: str
) -> None:
    typed = {field: "Chronically ill, and fond of skiing"}
    asked = post(kari, page, person.household, **typed)
    assert "This looks like something about health." in text_of(asked)
    assert typed[field] in text_of(asked)
    hidden = re.search(r'name="((?:adult1-)?health_confirmed)" value="(\w+)"', text_of(asked))
    assert hidden
    assert post(kari, page, person.household, **typed, **{hidden[1]: hidden[2]}).status_code == 302
    assert typed[field] in text_of(kari.get(URL))


def test_of_two_tabs_the_second_is_told_and_keeps_what_was_typed(kari: Client, person: Person) -> None:
    opened = person.household.version
    post(kari, "home", person.household, home_bedrooms="2")
    late = {"version": opened, "home_bedrooms": "4", "home_kinds": "farm"}
    page = text_of(kari.post(f"{URL}home/", late))
    assert "Somebody else has changed this while your page was open." in page
    assert "How many bedrooms?: now it says “2 bedrooms”." in page
    assert 'value="4"' in page
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    assert kari.post(f"{URL}home/", late | {"version": version[1]}).status_code == 302
    assert person.household.preferences.home_bedrooms == 4


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 50])
def test_a_version_that_never_was_overwrites_nothing(kari: Client, person: Person, version: str) -> None:
    assert kari.post(f"{URL}home/", {"version": version, "home_bedrooms": "4"}).status_code == 200
    assert not Preferences.objects.exists()


def test_the_service_refuses_an_old_version_and_keeps_nothing_of_it(person: Person) -> None:
    with pytest.raises(ChangedMeanwhile):
        wishes.tell(
            household=person.household, version=person.household.version + 1, by=person.user,
            of_household={"reason": "work", "interests": [Interest.CHOIR]},
        )  # fmt: skip
    assert not Preferences.objects.exists()
    assert Household.objects.get().reason == ""


def test_a_page_that_was_open_too_long_comes_back_with_what_was_typed(person: Person) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(person.user)
    page = text_of(
        client.post(
            f"{URL}languages/", {"version": 1, "adult1-languages": ["pl", "uk"], "adult1-more_languages": "Thai"}
        )
    )
    assert len(re.findall(r'value="(?:pl|uk)"[^>]*checked', page)) == 2
    assert 'value="Thai"' in page
    person.refresh_from_db()
    assert person.languages == []


def test_an_interest_that_is_no_longer_offered_breaks_no_page(kari: Client, person: Person) -> None:
    Preferences.objects.create(household=person.household, interests=["jousting", "choir"], home_kinds=["castle"])
    Person.objects.update(languages=["xyz"], occupation_code="9999", occupation="knight")
    assert "Knight" in text_of(kari.get(URL))
    assert kari.get("/en/gol/my/").status_code == 200


# --- The demonstration ----------------------------------------------------------------------------


def test_what_the_demonstration_tells_can_be_told() -> None:
    households = read("people")["households"]
    told = [household["preferences"] for household in households if "preferences" in household]
    assert len(told) >= 15
    for preferences in told:
        for name, value in preferences.items():
            known = wishes.LABELS.get(name)
            values = value if isinstance(value, list) else [value]
            assert known is None or set(values) <= set(known), (name, value)
    adults = [adult for household in households for adult in household["adults"] if "languages" in adult]
    assert {code for adult in adults for code in adult["languages"]} <= _known_languages()
    for adult in adults:
        found = occupations.find(adult.get("occupation", ""))
        codes = [choice.code for choice in (found.sure, *found.choices) if choice]
        assert adult.get("occupation_code", "") in {*codes, ""}, adult["occupation"]


def _known_languages() -> set[str]:
    with translation.override("en"):
        return {code for code in map(find_language, [*other_languages(), *map(language_name, COMMON)]) if code}


def test_the_clubs_of_the_demonstration_fit_interests_there_are() -> None:
    fitting = {interest for contact in read("contacts") for interest in contact.get("interests", [])}
    assert fitting == set(Interest.values)
