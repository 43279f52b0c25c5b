"""Is this right? Votes and remarks about pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.template.loader import render_to_string
from django.test import Client

from portal.accounts.models import User
from portal.enquiries.models import PageVote, Remark
from portal.municipalities.enums import Role
from portal.municipalities.models import DatedTask, Municipality
from portal.municipalities.reminders import remind
from portal.outbox.models import Message
from portal.pages.models import ServiceInfo
from tests.access.cast import client_of
from tests.conftest import TODAY
from tests.enquiries.factories import remarked, stamp
from tests.factories import MunicipalityFactory, ServiceInfoFactory

PAGE = "/en/gol/topics/swimming/"
RIGHT, WRONG = "/en/gol/right/", "/en/gol/wrong/"
HERE = {"HTTP_SEC_FETCH_SITE": "same-origin"}
THANKS = f"/en/gol/thanks/?page={quote(PAGE, safe='')}"


@pytest.fixture
def swimming(gol: Municipality) -> ServiceInfo:
    info: ServiceInfo = ServiceInfoFactory(municipality=gol, topic="swimming")
    return info


def say(client: Client, **changes: Any) -> Any:
    given = {"stamp": stamp(), "website": "", "page": PAGE, "text": "It opens at nine now."}
    return client.post(WRONG, given | changes)


def test_yes_is_one_click_and_counts_by_day(swimming: ServiceInfo) -> None:
    client = Client(enforce_csrf_checks=True)
    for _press in range(3):
        answer = client.post(RIGHT, {"page": PAGE}, **HERE)
        assert answer.url == THANKS
    vote = PageVote.objects.get()
    assert (vote.info, vote.on, vote.yes, vote.no) == (swimming, TODAY, 3, 0)
    assert f'href="{PAGE}">swimming (en)</a>' in client.get(answer.url).content.decode()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"HTTP_SEC_FETCH_SITE": "same-origin"}, 302),
        ({"HTTP_SEC_FETCH_SITE": "cross-site"}, 403),
        ({"HTTP_SEC_FETCH_SITE": "same-site"}, 403),
        ({"HTTP_ORIGIN": "http://testserver"}, 302),
        ({"HTTP_ORIGIN": "http://evil.example"}, 403),
        ({"HTTP_ORIGIN": "null"}, 403),
        ({"HTTP_REFERER": f"http://testserver{PAGE}"}, 302),
        ({}, 403),
    ],
)
def test_yes_counts_only_from_our_own_pages(
    client: Client, swimming: ServiceInfo, headers: dict[str, str], status: int
) -> None:
    assert client.post(RIGHT, {"page": PAGE}, **headers).status_code == status  # type: ignore[arg-type]
    assert PageVote.objects.count() == (status == 302)


def test_yes_has_a_limit_for_each_network(client: Client, swimming: ServiceInfo) -> None:
    statuses = [client.post(RIGHT, {"page": PAGE}, **HERE).status_code for _press in range(62)]
    assert statuses == [302] * 60 + [429] * 2
    assert PageVote.objects.get().yes == 60


@pytest.mark.parametrize("page", ["", "/en/gol/topics/nothing/", "/en/gol/jobs/", "https://evil.example/", "x" * 9000])
def test_an_unknown_page_is_not_found(client: Client, swimming: ServiceInfo, page: str) -> None:
    assert client.post(RIGHT, {"page": page}, **HERE).status_code == 404
    assert client.get(WRONG, {"page": page}).status_code == 404
    assert say(client, page=page).status_code == 404
    assert client.get("/en/gol/thanks/", {"page": page}).status_code == 404


def test_a_page_of_the_next_town_or_one_nobody_can_see_is_not_found(client: Client, swimming: ServiceInfo) -> None:
    aal = MunicipalityFactory(aal=True)
    assert client.post("/en/aal/right/", {"page": PAGE}, **HERE).status_code == 404
    ServiceInfoFactory(municipality=aal, topic="swimming")
    assert client.get(WRONG, {"page": "/en/aal/topics/swimming/"}).status_code == 404
    swimming.translations.update(state="draft")
    assert client.get(WRONG, {"page": PAGE}).status_code == 404


def test_no_is_one_line_and_a_task_for_the_pages_owner(
    client: Client, swimming: ServiceInfo, staff: Callable[..., User]
) -> None:
    staff("anna", Role.COORDINATOR)
    carl = staff("carl", Role.EDITOR)
    ServiceInfo.objects.filter(pk=swimming.pk).update(owner=carl)
    assert "swimming (en)" in client.get(WRONG, {"page": PAGE}).content.decode()
    assert say(client).url == THANKS
    remark = Remark.objects.get()
    assert (remark.fact, remark.text, remark.owner) == (swimming, "It opens at nine now.", carl)
    task = DatedTask.objects.get()
    assert (task.kind, task.owner, task.due_on) == ("remark", carl, remark.due_on)
    assert PageVote.objects.get().no == 1
    assert remind(on=remark.due_on) == {"reminded": 1, "escalated": 0}
    assert "swimming" in Message.objects.get(kind="enquiry_reminder").text
    assert remind(on=remark.due_on + timedelta(days=7)) == {"reminded": 0, "escalated": 1}


def test_sent_twice_it_is_one_remark(client: Client, swimming: ServiceInfo) -> None:
    same = stamp()
    assert say(client, stamp=same).url == say(client, stamp=same).url
    assert Remark.objects.count() == PageVote.objects.get().no == 1


@pytest.mark.parametrize(
    "change", [{"text": ""}, {"text": "x" * 301}, {"text": "I am 01817012309"}, {"stamp": ""}, {"stamp": "x:y:z"}]
)
def test_what_cannot_be_taken_is_said_and_kept(client: Client, swimming: ServiceInfo, change: dict[str, str]) -> None:
    answer = say(client, **change)
    assert answer.status_code == 200
    assert PAGE in answer.content.decode()
    assert "01817012309" not in answer.content.decode()
    assert not Remark.objects.exists()


def test_robots_and_floods_leave_nothing(client: Client, swimming: ServiceInfo) -> None:
    assert say(client, website="https://buy.example").url == THANKS
    assert not Remark.objects.exists()
    statuses = [say(client).status_code for _press in range(22)]
    assert statuses == [302] * 20 + [429] * 2


def test_without_a_valid_token_the_line_comes_back(swimming: ServiceInfo) -> None:
    answer = say(Client(enforce_csrf_checks=True))
    assert answer.status_code == 403
    assert "It opens at nine now." in answer.content.decode()


def test_the_component_holds_no_token(swimming: ServiceInfo, gol: Municipality) -> None:
    html = render_to_string("enquiries/is_this_right.html", {"municipality": gol, "page": PAGE})
    assert "csrf" not in html
    assert f'action="{RIGHT}"' in html
    assert f'href="{WRONG}?page={quote(PAGE, safe="")}"' in html


def test_the_way_to_ask_brings_along_where_one_was(gol: Municipality) -> None:
    html = render_to_string("enquiries/ask_link.html", {"municipality": gol, "page": PAGE, "search": 'a&b"'})
    assert f'href="/en/gol/ask/?page={quote(PAGE, safe="")}&amp;search=a%26b%22"' in html


# --- In the office ---


def test_the_office_mends_or_says_it_was_right(swimming: ServiceInfo, staff: Callable[..., User]) -> None:
    anna = staff("anna")
    first, second = remarked(fact=swimming), remarked(fact=swimming, text="<b>The</b> picture is upside down.")
    url = "/admin/enquiries/remark/"
    page = client_of(anna).get(url).content.decode()
    assert f"/admin/pages/serviceinfo/{swimming.pk}/change/" in page
    assert "<b>The</b>" not in page
    client_of(anna).post(url, {"action": "mended", "_selected_action": [first.pk]})
    client_of(anna).post(url, {"action": "was_right", "_selected_action": [second.pk]})
    assert set(Remark.objects.values_list("state", "closed_by")) == {("mended", anna.pk), ("right", anna.pk)}
    assert not DatedTask.objects.open().exists()
    client_of(anna).post(url, {"action": "was_right", "_selected_action": [first.pk]})
    assert Remark.objects.get(pk=first.pk).state == "mended"


def test_a_remark_is_given_to_a_colleague(swimming: ServiceInfo, staff: Callable[..., User]) -> None:
    anna, britt = staff("anna"), staff("britt")
    remark = remarked(fact=swimming)
    client_of(anna).post(f"/admin/enquiries/remark/{remark.pk}/change/", {"owner": britt.pk, "_save": "1"})
    remark.refresh_from_db()
    assert remark.owner == DatedTask.objects.get().owner == britt


def test_a_page_that_is_deleted_takes_its_remarks_along(swimming: ServiceInfo, staff: Callable[..., User]) -> None:
    staff("anna")
    remark = remarked(fact=swimming)
    swimming.delete()
    assert not Remark.objects.exists()
    assert remind(on=remark.due_on) == {"reminded": 0, "escalated": 0}
    assert DatedTask.objects.get().outcome == "not_current"


def test_the_day_page_shows_what_waits(swimming: ServiceInfo, staff: Callable[..., User]) -> None:
    from tests.enquiries.factories import asked

    anna = staff("anna")
    asked(swimming.municipality, on=TODAY - timedelta(days=30))
    remarked(fact=swimming)
    page = client_of(anna).get("/admin/").content.decode()
    assert "Questions to answer" in page
    assert "1 is late." in page
    assert "Remarks on pages" in page
