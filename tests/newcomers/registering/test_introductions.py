"""An employer introduces a new employee: nothing happens before both have said yes."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from newcomers import daily
from newcomers.enums import Source
from newcomers.models import Draft, Household, Introduction
from newcomers.registering import introductions
from portal.municipalities.models import Municipality
from portal.outbox.models import Message
from tests.factories import MunicipalityFactory, PersonFactory
from tests.newcomers.registering.pages import MY_PAGE, URL, confirm, draft, fill, page_url, send, typed

pytestmark = pytest.mark.django_db

INTRODUCE = f"{URL}employee/"
BOSS, EMPLOYEE = "boss@mill.example", "anna@post.example"
GIVEN = {
    "employer": "Mølla AS",
    "contact_name": "Bo Sjef",
    "contact_email": "Boss@Mill.example",
    "name": "Anna Nowak",
    "email": "Anna@Post.example",
    "language": "en",
    "starts_on": "2027-01-04",
    "note": "We look forward to you.",
}


def introduce(client: Client, **changes: str) -> Any:
    return client.post(INTRODUCE, GIVEN | changes)


def link(kind: str) -> str:
    """The way in the newest mail of this kind, within the site."""
    mail = Message.objects.filter(kind=kind).latest("created_at")
    match = re.search(r"https?://[^/\s]+(/\S+)", mail.text)
    assert match, mail.text
    return match[1]


@pytest.fixture
def asked(client: Client, gol: Municipality) -> str:
    """The employer has confirmed: the link in the employee's mail."""
    introduce(client)
    client.post(link("introduction_confirm"))
    return link("introduction_offer")


def kinds() -> list[tuple[str, str]]:
    return sorted(Message.objects.values_list("kind", "recipient"))


# --- The employer ---


def test_only_the_employer_is_written_to_first(client: Client, gol: Municipality) -> None:
    assert introduce(client).url == f"{INTRODUCE}sent/"
    assert kinds() == [("introduction_confirm", BOSS)]
    assert not Draft.objects.exists()
    mail = Message.objects.get()
    assert "Anna" not in mail.text + mail.html
    assert mail.is_secret


def test_looking_at_the_link_changes_nothing_and_pressing_twice_asks_once(client: Client, gol: Municipality) -> None:
    introduce(client)
    url = link("introduction_confirm")
    page = client.get(url).content.decode()
    assert "Anna Nowak" in page
    assert "We write to them in</dt><dd><bdi>English" in page
    assert Message.objects.count() == 1
    assert "is asked" in client.post(url).content.decode()
    assert "is asked" in client.post(url).content.decode()
    assert kinds() == [("introduction_confirm", BOSS), ("introduction_offer", EMPLOYEE)]


def test_the_link_of_the_one_opens_nothing_of_the_other(client: Client, asked: str) -> None:
    token = asked.rstrip("/").rpartition("/")[2]
    assert client.get(f"{INTRODUCE}confirm/{token}/").status_code == 410
    other = link("introduction_confirm").rstrip("/").rpartition("/")[2]
    assert client.post(f"{INTRODUCE}answer/{other}/", {"answer": "yes"}).status_code == 410


def test_a_link_of_gol_opens_nothing_elsewhere(client: Client, asked: str) -> None:
    MunicipalityFactory(hemsedal=True)
    assert client.get(asked.replace("/gol/", "/hemsedal/")).status_code == 410


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("employer", "", "required"),
        ("email", "anna", "valid email"),
        ("email", BOSS, "your own"),
        ("language", "xx", "valid choice"),
        ("language", "", "required"),
        ("starts_on", "2029-01-01", "more than a year"),
        ("starts_on", "soon", "not a day"),
        ("note", "Win at https://casino.example now", "web addresses"),
        ("employer", "cheap-pills.com/win", "web addresses"),
        ("contact_name", "See bit.ly/x", "web addresses"),
        ("note", "evil.shop/login", "web addresses"),
        ("note", "Write to mailto:x", "web addresses"),
        ("name", "Anna\nYour account is blocked", "one line"),
        ("note", "01817012309", "identity number"),
    ],
)
def test_bad_input_names_the_field(client: Client, gol: Municipality, field: str, value: str, words: str) -> None:
    form = introduce(client, **{field: value}).context["form"]
    assert list(form.errors) == [field]
    assert words in str(form.errors[field])
    assert not Introduction.objects.exists()


def test_a_name_with_a_dot_is_a_name(client: Client, gol: Municipality) -> None:
    assert introduce(client, employer="Komplett.no A/S", note="Mon. 8/1 at 8.30:\nask for Bo").status_code == 302


def test_nobody_uses_us_to_write_to_the_same_person_again_and_again(gol: Municipality) -> None:
    statuses = [introduce(Client(), contact_email=f"boss{n}@mill.example").status_code for n in range(4)]
    assert statuses == [302, 302, 302, 429]


def test_nobody_uses_us_to_write_to_many(client: Client, gol: Municipality) -> None:
    statuses = [introduce(client, email=f"anna{n}@post.example").status_code for n in range(11)]
    assert statuses == [302] * 10 + [429]


def test_what_was_typed_comes_back_when_the_page_was_open_too_long(gol: Municipality) -> None:
    response = Client(enforce_csrf_checks=True).post(INTRODUCE, GIVEN)
    assert response.status_code == 403
    assert "We look forward to you." in response.content.decode()


# --- The employee ---


def test_the_employee_is_told_who_gave_what_and_why(client: Client, asked: str) -> None:
    mail = Message.objects.get(kind="introduction_offer")
    assert (mail.recipient, mail.language) == (EMPLOYEE, "en")
    for words in (BOSS, "Gol", "your name and this e-mail address", "14 days", "Datatilsynet"):
        assert words in mail.text
        assert words in mail.html
    for mail in Message.objects.all():
        for words in ("Bo Sjef", "Mølla AS", "We look forward"):
            assert words not in mail.subject + mail.text + mail.html
    page = client.get(asked).content.decode()
    for words in ("Bo Sjef, Mølla AS", "Anna Nowak", EMPLOYEE, "4 January 2027", "We look forward to you."):
        assert words in page


def test_looking_changes_nothing(client: Client, asked: str) -> None:
    before = Introduction.objects.values().get()
    client.get(asked)
    client.post(asked)
    client.post(asked, {"answer": "perhaps"})
    assert Introduction.objects.values().get() == before
    assert not Draft.objects.exists()


def test_yes_leads_to_their_own_registration_with_the_name_proposed(asked: str) -> None:
    anna = Client()
    assert anna.post(asked, {"answer": "yes"}).url == URL
    assert "Thank you. Now tell us a little." in anna.get(URL).content.decode()
    assert 'value="Anna Nowak"' in _page_after_start(anna).content.decode()
    assert f'value="{EMPLOYEE}"' in anna.get(page_url("contact")).content.decode()
    fill(anna, typed(alone=True, name="Anna Nowak", email=EMPLOYEE))
    send(anna)
    confirm(anna, EMPLOYEE)
    assert Household.objects.get().source == Source.EMPLOYER


def _page_after_start(client: Client) -> Any:
    client.post(URL, {"situation": "planning"})
    return client.get(page_url("you"))


def test_after_yes_the_employer_knows_that_and_no_more(asked: str) -> None:
    Client().post(asked, {"answer": "yes"})
    told = Message.objects.get(kind="introduction_outcome")
    assert told.recipient == BOSS
    assert "They have answered." in told.text
    assert "Anna" not in told.text + told.html
    introduction = Introduction.objects.get()
    assert (introduction.name, introduction.note, introduction.starts_on) == ("", "", None)


def test_yes_and_no_tell_the_employer_the_same(gol: Municipality) -> None:
    told = []
    for number, answer in enumerate(["yes", "no"]):
        introduce(Client(), contact_email=f"boss{number}@mill.example")
        Client().post(link("introduction_confirm"))
        Client().post(link("introduction_offer"), {"answer": answer})
        told.append(Message.objects.filter(kind="introduction_outcome").latest("created_at"))
    assert told[0].text == told[1].text


def test_yes_and_no_look_the_same_on_the_employers_link(gol: Municipality) -> None:
    answers = []
    for number, answer in enumerate(["yes", "no"]):
        introduce(Client(), contact_email=f"boss{number}@mill.example")
        boss, own = Client(), link("introduction_confirm")
        boss.post(own)
        assert boss.get(own).status_code == 200
        Client().post(link("introduction_offer"), {"answer": answer})
        page = boss.get(own).content.decode()
        answers.append(
            (boss.get(own).status_code, boss.post(own).status_code, re.findall("<main.*</main>", page, re.S))
        )
    assert answers[0] == answers[1]
    assert answers[0][0] == 410


def test_no_deletes_everything_at_once(asked: str) -> None:
    anna = Client()
    assert "It is deleted" in anna.post(asked, {"answer": "no"}).content.decode()
    assert not Introduction.objects.exists()
    assert not Draft.objects.exists()
    assert anna.get(asked).status_code == 410
    assert anna.post(asked, {"answer": "yes"}).status_code == 410


def test_no_after_yes_takes_what_was_begun_with_it(asked: str) -> None:
    anna = Client()
    anna.post(asked, {"answer": "yes"})
    anna.post(URL, {"situation": "moved"})
    anna.post(asked, {"answer": "no"})
    assert not Introduction.objects.exists()
    assert not Draft.objects.exists()
    assert Message.objects.filter(kind="introduction_outcome").count() == 1


def test_yes_twice_is_one_registration(asked: str) -> None:
    anna, phone = Client(), Client()
    anna.post(asked, {"answer": "yes"})
    anna.post(URL, {"situation": "planning"})
    assert phone.post(asked, {"answer": "yes"}).url == page_url("you")
    assert draft().source == Source.EMPLOYER
    assert Message.objects.filter(kind="introduction_outcome").count() == 1


def test_yes_again_after_having_registered_leads_to_signing_in(asked: str) -> None:
    """A new draft with the number of what is confirmed already could never be sent."""
    anna = Client()
    anna.post(asked, {"answer": "yes"})
    fill(anna, typed(alone=True, name="Anna Nowak", email=EMPLOYEE))
    send(anna)
    confirm(anna, EMPLOYEE)
    phone = Client()
    assert phone.post(asked, {"answer": "yes"}).url == MY_PAGE
    assert phone.get(MY_PAGE).url.startswith("/en/account/login/")
    assert not Draft.objects.exists()


def test_who_is_registered_already_comes_to_my_page(client: Client, asked: str, gol: Municipality) -> None:
    client.force_login(PersonFactory(household__municipality=gol, with_account=True).user)
    assert client.post(asked, {"answer": "yes"}).url == MY_PAGE


# --- Too late ---


def test_the_link_works_for_two_weeks_and_then_all_is_deleted(
    client: Client, asked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = timezone.localdate(Introduction.objects.get().created_at)
    assert daily.run(on=today + timedelta(days=14))["unanswered_dropped"] == 0
    assert daily.run(on=today + timedelta(days=15), dry_run=True)["unanswered_dropped"] == 1
    assert Introduction.objects.exists()
    assert daily.run(on=today + timedelta(days=15))["unanswered_dropped"] == 1
    assert not Introduction.objects.exists()
    assert client.get(asked).status_code == 410
    told = Message.objects.get(kind="introduction_outcome")
    assert "not answered within 14 days" in told.text


def test_an_old_link_does_not_work_even_before_the_night(
    client: Client, asked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(introductions, "DAYS_TO_ANSWER", -1)
    assert client.get(asked).status_code == 410


def test_what_no_employer_confirmed_is_deleted_without_a_word(client: Client, gol: Municipality) -> None:
    introduce(client)
    assert introductions.drop_unanswered(on=timezone.localdate() + timedelta(days=15)) == 1
    assert kinds() == [("introduction_confirm", BOSS)]
