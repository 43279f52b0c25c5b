"""The page to ask on: what is kept, what is refused kindly, and what robots get."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.enquiries.forms import AskForm
from portal.enquiries.models import Enquiry
from portal.municipalities.models import Municipality
from portal.outbox.models import Message
from tests.enquiries.factories import QUESTION, asked, send, stamp, typed
from tests.factories import MunicipalityFactory, ServiceInfoFactory

URL = "/en/gol/ask/"
# Its check digits hold; it is of the synthetic test series (month + 80).
IDENTITY_NUMBER = "01817012309"
NASTY = "<script>alert(1)</script>'; DROP TABLE enquiries_enquiry; --"


def page_of(client: Client, **query: str) -> str:
    response = client.get(URL, query)
    assert response.status_code == 200
    return str(response.content.decode())


# --- The way a question goes ---


def test_a_question_gets_a_number_a_day_and_a_receipt(client: Client, gol: Municipality) -> None:
    response = send(client, language="pl" if "pl" in gol.languages else "nb")
    enquiry = Enquiry.objects.get()
    assert (enquiry.number, enquiry.question, enquiry.email) == ("GOL-2026-0001", QUESTION, "nora@home.example")
    # Sunday 22 November; three working days.
    assert enquiry.asked_on == date(2026, 11, 22)
    assert enquiry.due_on == enquiry.promised_on == date(2026, 11, 25)
    assert response.url == f"/en/gol/ask/sent/{enquiry.pk}/"
    message = Message.objects.get(kind="enquiry_receipt")
    assert (message.recipient, message.language) == ("nora@home.example", enquiry.language)
    assert "GOL-2026-0001" in message.subject
    # Whoever writes a stranger's address cannot have us send them a text.
    assert QUESTION not in message.text + message.html


def test_the_receipt_shows_the_promise_and_nothing_private(client: Client, gol: Municipality) -> None:
    enquiry = asked(gol)
    page = client.get(f"/en/gol/ask/sent/{enquiry.pk}/").content.decode()
    assert enquiry.number in page
    assert "25 November 2026" in page
    for private in (enquiry.question, enquiry.email, enquiry.name):
        assert private not in page
    assert client.get(f"/en/gol/ask/sent/{gol.pk}/").status_code == 404
    MunicipalityFactory(aal=True)
    assert client.get(f"/en/aal/ask/sent/{enquiry.pk}/").status_code == 404


def test_numbers_count_on_in_each_town_and_begin_anew_each_year(gol: Municipality) -> None:
    aal = MunicipalityFactory(aal=True)
    numbers = [asked(gol).number, asked(gol).number, asked(aal).number, asked(gol, on=date(2027, 1, 4)).number]
    assert numbers == ["GOL-2026-0001", "GOL-2026-0002", "AAL-2026-0001", "GOL-2027-0001"]


def test_sent_twice_it_is_one_question(client: Client, gol: Municipality) -> None:
    same = typed()
    assert client.post(URL, same).url == client.post(URL, same).url
    assert Enquiry.objects.count() == 1
    assert Message.objects.filter(kind="enquiry_receipt").count() == 1


def test_something_else_asked_from_the_same_page_is_another_question(client: Client, gol: Municipality) -> None:
    same = typed()
    client.post(URL, same)
    client.post(URL, same | {"question": "And where may I park the car meanwhile?"})
    assert Enquiry.objects.count() == 2


def test_every_language_may_be_asked_in(client: Client, gol: Municipality) -> None:
    question = "متى يفتح المسبح يوم الأحد؟ 🏊"
    send(client, question=question)
    assert Enquiry.objects.get().question == question


def test_the_answers_language_is_that_of_the_page(client: Client, gol: Municipality) -> None:
    assert re.search(r'<option value="en" selected', page_of(client))
    assert re.search(r'<option value="nn" selected', client.get("/nn/gol/ask/").content.decode())


# --- Where they came from ---


def test_the_page_they_came_from_is_named_and_its_topic_chosen(client: Client, gol: Municipality) -> None:
    ServiceInfoFactory(municipality=gol, topic="swimming")
    page = page_of(client, page="/en/gol/topics/swimming/?q=x#y")
    assert "You came from:" in page
    assert "swimming (en)" in page
    assert '<option value="swimming" selected' in page
    send(client, page="/nb/gol/topics/swimming/")
    assert Enquiry.objects.get().page == "/nb/gol/topics/swimming/"


def test_a_list_of_another_room_is_named_as_in_the_header(client: Client, gol: Municipality) -> None:
    assert 'You came from: <a class="ds-link" href="/en/gol/jobs/">Jobs</a>' in page_of(client, page="/en/gol/jobs/")


@pytest.mark.parametrize(
    "page",
    [
        "https://evil.example/en/gol/topics/swimming/", "//evil.example/en/gol/", "/en/aal/topics/swimming/",
        "javascript:alert(1)", "/en/gol/nowhere/", "/admin/", "\\\\evil.example", "/en/gol/topics/" + "x" * 5000,
        "/xx/gol/", NASTY, "\x00", "/en/gol/ask/answered/a-signed-link/",
    ],
)  # fmt: skip
def test_other_addresses_are_not_believed(client: Client, gol: Municipality, page: str) -> None:
    MunicipalityFactory(aal=True)
    shown = page_of(client, page=page).partition("<main")[2]  # the links to other languages repeat the address
    assert "You came from" not in shown
    assert "evil.example" not in shown
    assert "<script>alert" not in shown
    send(client, page=page)
    assert not Enquiry.objects.exclude(page="").exists()


def test_the_words_they_searched_for_stand_there_and_are_kept(client: Client, gol: Municipality) -> None:
    page = page_of(client, search=f"ballroom <b>dancing</b> {IDENTITY_NUMBER}")
    assert "You searched for: ballroom &lt;b&gt;dancing&lt;/b&gt;" in page
    assert IDENTITY_NUMBER not in page.partition("<form")[2].partition("You searched for")[2].partition("</div>")[0]
    send(client, search=f"ballroom dancing {IDENTITY_NUMBER}")
    assert Enquiry.objects.get().search.strip() == "ballroom dancing"


# --- Kind refusals ---


def kept(response: Any, **values: str) -> None:
    page = response.content.decode()
    for value in values.values():
        assert value in page


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"question": "Why?"}, "question"),
        ({"question": ""}, "question"),
        ({"question": "x" * 4001}, "question"),
        ({"email": "nora"}, "email"),
        ({"email": ""}, "email"),
        ({"language": "xx"}, "language"),
        ({"topic": "nothing"}, "topic"),
        ({"question": f"My number is {IDENTITY_NUMBER}, can I come?"}, "question"),
        ({"name": f"Nora {IDENTITY_NUMBER}"}, "name"),
    ],
)
def test_what_is_wrong_is_said_and_all_else_is_kept(
    client: Client, gol: Municipality, change: dict[str, str], field: str
) -> None:
    response = send(client, **change)
    assert response.status_code == 200
    assert set(response.context["form"].errors) == {field}
    assert not Enquiry.objects.exists()
    page = response.content.decode()
    assert IDENTITY_NUMBER not in page
    for name, value in typed(**change).items():
        if name in {"question", "email", "name"} and IDENTITY_NUMBER not in value and value:
            assert value in page


def test_nearly_four_thousand_characters_over_many_lines_fit(client: Client, gol: Municipality) -> None:
    send(client, question="\r\n".join(["x" * 9] * 400))
    assert len(Enquiry.objects.get().question) == 3999


def test_without_a_valid_token_everything_typed_comes_back(gol: Municipality) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post(URL, typed())
    assert response.status_code == 403
    kept(response, question=QUESTION, email="nora@home.example", name="Nora Eksempel")
    assert not Enquiry.objects.exists()


# --- Robots ---


@pytest.mark.parametrize("age", [0, 1, 25 * 3600])
def test_too_fast_or_too_late_is_asked_to_send_again_with_all_kept(client: Client, gol: Municipality, age: int) -> None:
    response = send(client, stamp=stamp(age=age))
    assert response.status_code == 200
    kept(response, question=QUESTION, email="nora@home.example", again="send it again")
    assert not Enquiry.objects.exists()


@pytest.mark.parametrize("forged", ["", "x", "deadbeef:1:xyz", NASTY])
def test_a_stamp_of_their_own_is_no_stamp(client: Client, gol: Municipality, forged: str) -> None:
    response = send(client, stamp=forged)
    assert response.status_code == 200
    assert not Enquiry.objects.exists()
    assert forged == "" or f'value="{forged}"' not in response.content.decode()


def test_sent_again_after_that_it_is_taken(client: Client, gol: Municipality) -> None:
    """Too fast: the page keeps its stamp, which is old enough by then. Too old: it has a new one."""
    quick = stamp(age=1)
    assert f'value="{quick}"' in send(client, stamp=quick).content.decode()
    old = stamp(age=25 * 3600)
    page = send(client, stamp=old).content.decode()
    assert old not in page
    assert re.search(r'name="stamp" value="[0-9a-f]{32}:', page)


def test_a_field_nobody_sees_catches_robots_without_a_word(client: Client, gol: Municipality) -> None:
    response = send(client, website="https://buy.example")
    assert response.status_code == 200
    assert "Thank you" in response.content.decode()
    assert not Enquiry.objects.exists()
    assert not Message.objects.exists()
    assert re.search(r"<div hidden><label[^>]*>[^<]*</label><input[^>]*tabindex=\"-1\"", page_of(client))


def test_a_hundred_in_a_minute_are_stopped_and_lose_nothing(client: Client, gol: Municipality) -> None:
    answers = [send(client, email=f"n{n}@home.example", question=f"Question number {n}?") for n in range(100)]
    assert [answer.status_code for answer in answers] == [302] * 20 + [429] * 80
    assert Enquiry.objects.count() == 20
    kept(answers[-1], question="Question number 99?", email="n99@home.example", why="Wait an hour")


def test_one_address_is_not_flooded_from_many_networks(gol: Municipality) -> None:
    statuses = [
        Client(REMOTE_ADDR=f"192.0.2.{n}").post(URL, typed(question=f"Question number {n}?")).status_code
        for n in range(12)
    ]
    assert statuses == [302] * 10 + [429] * 2


def test_no_network_address_is_kept_anywhere(gol: Municipality) -> None:
    cache.clear()
    Client(REMOTE_ADDR="192.0.2.77").post(URL, typed())
    assert "192.0.2.77" not in str(vars(cache._connections)) + str(list(getattr(cache, "_cache", {})))
    assert not any("192.0.2.77" in str(value) for value in Enquiry.objects.values_list())


# --- Strange input ---


@given(
    typed_in=st.fixed_dictionaries(
        {name: st.text(max_size=50) for name in ("stamp", "page", "search", "question", "topic", "email", "name")}
    )
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_typed_the_form_answers(gol: Municipality, typed_in: dict[str, str]) -> None:
    form = AskForm(typed_in | {"language": "en"}, municipality=gol)
    form.is_valid()
    assert form.as_p()


@given(text=st.text(min_size=10, max_size=200))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_taken_is_kept_word_for_word(gol: Municipality, text: str) -> None:
    form = AskForm(typed(question=text), municipality=gol)
    if form.is_valid():
        kept = asked(gol, question=form.cleaned_data["question"])
        kept.refresh_from_db()
        assert kept.question == text.replace("\r\n", "\n").strip()


def test_ten_kilobytes_in_every_field_are_answered(client: Client, gol: Municipality) -> None:
    long = "x" * 10_000
    assert send(client, **dict.fromkeys(["question", "email", "name", "topic", "language", "page", "search"], long))
    assert client.get(URL, {"page": long, "search": long, "topic": long}).status_code == 200
    assert not Enquiry.objects.exists()


def test_html_and_sql_are_words_like_others(client: Client, gol: Municipality) -> None:
    send(client, question=NASTY, name=NASTY[:199], search=NASTY)
    enquiry = Enquiry.objects.get()
    assert (enquiry.question, enquiry.name, enquiry.search) == (NASTY, NASTY, NASTY)
