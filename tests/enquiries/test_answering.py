"""From the question to the answer and back: who has it, by when, reminders, and what the link in the answer does."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core import signing
from django.test import Client

from portal.accounts.models import User
from portal.enquiries import services
from portal.enquiries.enums import TRANSITIONS, EnquiryState
from portal.enquiries.models import Enquiry
from portal.enquiries.routing import owner_for
from portal.enquiries.tokens import SALT, make
from portal.municipalities.enums import Role
from portal.municipalities.models import DatedTask, Municipality, StaffRole
from portal.municipalities.reminders import remind
from portal.outbox.models import Message
from tests.access.cast import client_of
from tests.conftest import TODAY
from tests.enquiries.factories import QUESTION, answered, asked
from tests.factories import MunicipalityFactory, ServiceInfoFactory, StaffRoleFactory, UserFactory

Staff = Callable[..., User]
NASTY = "<script>alert(1)</script>'; DROP TABLE enquiries_enquiry; --"


def task_of(enquiry: Enquiry) -> DatedTask:
    return DatedTask.objects.open().get(subject_id=enquiry.pk)


def office(enquiry: Enquiry) -> str:
    return f"/admin/enquiries/enquiry/{enquiry.pk}/change/"


def link_in(message: Message) -> str:
    match = re.search(r"http://[^/]+(/\S+/ask/answered/\S+/)", message.text)
    assert match, message.text
    return match[1]


# --- The whole way, over Easter ---


def test_from_question_to_answer_over_easter(
    client: Client, gol: Municipality, staff: Staff, day: Callable[[date], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = staff("anna")
    day(date(2027, 3, 24))  # the Wednesday before Easter
    enquiry = asked(gol, on=date(2027, 3, 24))
    assert enquiry.owner == anna
    # Maundy Thursday to Easter Monday are none of the three working days.
    assert enquiry.due_on == date(2027, 4, 1)
    for quiet in range(24, 32):
        assert remind(on=date(2027, 3, quiet)) == {"reminded": 0, "escalated": 0}
    assert remind(on=date(2027, 4, 1)) == {"reminded": 1, "escalated": 0}
    assert Message.objects.filter(kind="enquiry_reminder", recipient="anna@gol.example").count() == 1

    day(date(2027, 4, 1))
    page = client_of(anna)
    assert QUESTION in page.get(office(enquiry)).content.decode()
    sent = page.post(office(enquiry), {"answer": "From ten to four.", "owner": anna.pk, "_save": "1"}, follow=True)
    assert "The answer is on its way." in sent.content.decode()
    enquiry.refresh_from_db()
    assert (enquiry.state, enquiry.answered_by, enquiry.first_answered_on) == ("answered", anna, date(2027, 4, 1))
    assert not DatedTask.objects.open().exists()
    answer = Message.objects.get(kind="enquiry_answer")
    assert (answer.recipient, answer.language) == (enquiry.email, "en")
    assert "From ten to four." in answer.text
    assert QUESTION in answer.text

    day(date(2027, 4, 2))
    assert "It is about our answer" in client.get(link_in(answer)).content.decode()
    client.post(link_in(answer), {"helped": "no", "missing": "I meant the sauna."})
    enquiry.refresh_from_db()
    assert (enquiry.state, enquiry.answered_you, enquiry.missing) == ("reopened", False, "I meant the sauna.")
    assert enquiry.due_on == date(2027, 4, 7)
    assert task_of(enquiry).due_on == date(2027, 4, 7)
    assert Message.objects.filter(kind="enquiry_owner", recipient="anna@gol.example").count() == 2

    services.answer(enquiry=enquiry, text="The sauna opens at noon.", by=anna, on=date(2027, 4, 5))
    second = Message.objects.filter(kind="enquiry_answer").latest("created_at")
    assert "I meant the sauna." in second.text
    assert "We are glad" in client.post(link_in(second), {"helped": "yes"}).content.decode()
    enquiry.refresh_from_db()
    assert (enquiry.state, enquiry.answered_you, enquiry.first_answered_on) == ("answered", True, date(2027, 4, 1))
    assert not DatedTask.objects.open().exists()


# --- Who has it ---


@pytest.mark.parametrize(
    ("people", "topic_owner", "questions_to", "expected"),
    [
        ({"anna": Role.SERVICE_OFFICER, "britt": Role.COORDINATOR, "carl": Role.EDITOR}, "carl", "anna", "carl"),
        ({"anna": Role.SERVICE_OFFICER, "britt": Role.COORDINATOR}, "gone", "anna", "anna"),
        ({"anna": Role.SERVICE_OFFICER, "britt": Role.COORDINATOR}, "analyst", "gone", "britt"),
        ({"anna": Role.SERVICE_OFFICER, "carl": Role.EDITOR}, None, None, "anna"),
        ({"carl": Role.EDITOR}, None, None, "carl"),
        ({"analyst": Role.ANALYST, "houses": Role.HOUSING_OFFICER}, None, None, None),
        ({}, "gone", "gone", None),
    ],
)
def test_who_has_a_question(
    gol: Municipality,
    staff: Staff,
    people: dict[str, str],
    topic_owner: str | None,
    questions_to: str | None,
    expected: str | None,
) -> None:
    users = {name: staff(name, role) for name, role in people.items()}
    gone = UserFactory(email="gone@gol.example", is_active=False)
    StaffRoleFactory(user=gone, municipality=gol, role=Role.COORDINATOR)
    analyst = users.get("analyst") or staff("analyst", Role.ANALYST)
    everyone = users | {"gone": gone, "analyst": analyst}
    ServiceInfoFactory(municipality=gol, topic="swimming", owner=everyone[topic_owner] if topic_owner else None)
    gol.questions_to = everyone[questions_to] if questions_to else None
    gol.save()
    enquiry = asked(gol, topic="swimming")
    assert enquiry.owner == (users[expected] if expected else None)
    assert task_of(enquiry).owner == enquiry.owner


def test_somebody_of_the_next_town_is_no_owner(gol: Municipality) -> None:
    aal = MunicipalityFactory(aal=True)
    StaffRoleFactory(user=UserFactory(), municipality=aal, role=Role.COORDINATOR)
    assert owner_for(gol, named=aal.staff_roles.get().user) is None


def test_with_nobody_it_is_escalated_at_once_and_the_region_sees_it(gol: Municipality) -> None:
    enquiry = asked(gol)
    assert task_of(enquiry).escalated_on == TODAY
    region = StaffRoleFactory(user=UserFactory(), region=True).user
    page = client_of(region).get("/admin/").content.decode()
    assert "Questions and remarks that nobody can have" in page
    assert client_of(region).get("/admin/enquiries/enquiry/").status_code == 403
    anna = StaffRoleFactory(user=UserFactory(), municipality=gol).user
    remind(on=TODAY + timedelta(days=1))
    enquiry.refresh_from_db()
    assert enquiry.owner == task_of(enquiry).owner == anna
    assert task_of(enquiry).escalated_on is None
    assert "nobody can have" not in client_of(region).get("/admin/").content.decode()


@pytest.mark.parametrize("how", ["closed", "role", "deleted"])
def test_who_leaves_leaves_no_question_behind(gol: Municipality, staff: Staff, how: str) -> None:
    anna = staff("anna")
    enquiry = asked(gol)
    britt = staff("britt")
    if how == "closed":
        User.objects.filter(pk=anna.pk).update(is_active=False)
    elif how == "role":
        StaffRole.objects.filter(user=anna).delete()
    else:
        anna.delete()
    remind(on=TODAY)
    enquiry.refresh_from_db()
    assert enquiry.owner == task_of(enquiry).owner == britt
    assert Message.objects.filter(kind="enquiry_owner", recipient=britt.email).count() == 1
    User.objects.filter(pk=britt.pk).update(is_active=False)
    remind(on=TODAY)
    enquiry.refresh_from_db()
    assert enquiry.owner is None
    assert task_of(enquiry).escalated_on == TODAY


def test_silence_goes_to_the_office(gol: Municipality, staff: Staff) -> None:
    staff("anna")
    enquiry = asked(gol)
    assert remind(on=enquiry.due_on) == {"reminded": 1, "escalated": 0}
    assert remind(on=enquiry.due_on + timedelta(days=6)) == {"reminded": 0, "escalated": 0}
    assert remind(on=enquiry.due_on + timedelta(days=7)) == {"reminded": 0, "escalated": 1}


def test_what_is_answered_is_not_reminded_of(gol: Municipality, staff: Staff) -> None:
    staff("anna")
    answered(gol)
    assert remind(on=TODAY + timedelta(days=30)) == {"reminded": 0, "escalated": 0}


# --- States ---


def test_only_the_moves_of_the_table_are_allowed(gol: Municipality) -> None:
    for old in EnquiryState:
        for new in EnquiryState:
            enquiry = asked(gol)
            Enquiry.objects.filter(pk=enquiry.pk).update(state=old)
            enquiry.refresh_from_db()
            if (old, new) in TRANSITIONS["Enquiry"]:
                services.move(enquiry, to=new)
                assert Enquiry.objects.get(pk=enquiry.pk).state == new
            else:
                with pytest.raises(services.MoveRefused):
                    services.move(enquiry, to=new)


def test_two_who_answer_at_once_send_one_answer(gol: Municipality) -> None:
    enquiry = asked(gol)
    other = Enquiry.objects.get(pk=enquiry.pk)
    services.answer(enquiry=enquiry, text="From ten to four.", by=None, on=TODAY)
    with pytest.raises(services.MoveRefused):
        services.answer(enquiry=other, text="Never.", by=None, on=TODAY)
    assert Message.objects.filter(kind="enquiry_answer").count() == 1


# --- In the office ---


def test_the_lists_show_what_waits_what_is_late_and_what_is_mine(
    gol: Municipality, staff: Staff, day: Callable[[date], None]
) -> None:
    anna, britt = staff("anna"), staff("britt")
    late = asked(gol, on=date(2026, 11, 2))
    gol.questions_to = britt
    gol.save()
    mine = asked(gol)
    done = answered(gol)
    client = client_of(britt)

    def shown(show: str) -> set[str]:
        page = client.get("/admin/enquiries/enquiry/", {"show": show} if show else {}).content.decode()
        return {enquiry.number for enquiry in (late, mine, done) if enquiry.number in page}

    assert late.owner == anna
    assert shown("") == {late.number, mine.number}
    assert shown("late") == {late.number}
    assert shown("mine") == {mine.number}
    assert shown("all") == {late.number, mine.number, done.number}


def test_a_draft_is_kept_and_not_sent_and_a_colleague_gets_it(gol: Municipality, staff: Staff) -> None:
    anna, britt = staff("anna"), staff("britt")
    enquiry = asked(gol)
    client_of(anna).post(office(enquiry), {"answer": "Perhaps ten.", "owner": britt.pk, "_draft": "1"})
    enquiry.refresh_from_db()
    assert (enquiry.answer, enquiry.owner, enquiry.state) == ("Perhaps ten.", britt, "open")
    assert task_of(enquiry).owner == britt
    assert not Message.objects.filter(kind="enquiry_answer").exists()
    assert Message.objects.filter(kind="enquiry_owner", recipient=britt.email).exists()


@pytest.mark.parametrize("who", ["analyst", "stranger", "neighbour"])
def test_it_is_given_to_nobody_who_may_not_answer(gol: Municipality, staff: Staff, who: str) -> None:
    anna = staff("anna")
    others = {"analyst": staff("analyst", Role.ANALYST), "stranger": UserFactory(), "neighbour": UserFactory()}
    StaffRoleFactory(user=others["neighbour"], municipality=MunicipalityFactory(aal=True))
    enquiry = asked(gol)
    client_of(anna).post(office(enquiry), {"answer": "", "owner": others[who].pk, "_draft": "1"})
    enquiry.refresh_from_db()
    assert enquiry.owner == anna


def test_nothing_is_sent_without_an_answer_or_with_an_identity_number(gol: Municipality, staff: Staff) -> None:
    anna = staff("anna")
    enquiry = asked(gol)
    for answer in ("  ", "Your number is 01817012309."):
        page = client_of(anna).post(office(enquiry), {"answer": answer, "owner": anna.pk, "_save": "1"})
        assert page.status_code == 200
    enquiry.refresh_from_db()
    assert (enquiry.state, enquiry.answer) == ("open", "")


def test_what_is_answered_cannot_be_changed(gol: Municipality, staff: Staff) -> None:
    anna = staff("anna")
    enquiry = answered(gol)
    page = client_of(anna).get(office(enquiry)).content.decode()
    assert "From ten to four." in page
    assert "Send the answer" not in page
    client_of(anna).post(office(enquiry), {"answer": "Never.", "owner": anna.pk, "_save": "1"})
    enquiry.refresh_from_db()
    assert enquiry.answer == "From ten to four."


def test_the_promise_is_not_done_without_an_answer_and_moves_with_its_question(gol: Municipality, staff: Staff) -> None:
    anna, britt = staff("anna"), staff("britt")
    enquiry = asked(gol)
    chosen = {"_selected_action": [task_of(enquiry).pk]}
    url = "/admin/municipalities/datedtask/"
    answer = client_of(anna).post(url, {"action": "done_by_office"} | chosen, follow=True).content.decode()
    assert "Answer the question: that ends the promise." in answer
    client_of(anna).post(url, {"action": "give_to_another", "apply": "1", "owner": britt.pk} | chosen)
    enquiry.refresh_from_db()
    assert enquiry.owner == task_of(enquiry).owner == britt


def test_what_needs_no_answer_is_closed_and_counts_nowhere(gol: Municipality, staff: Staff) -> None:
    anna = staff("anna")
    enquiry = asked(gol)
    client_of(anna).post("/admin/enquiries/enquiry/", {"action": "drop", "_selected_action": [enquiry.pk]})
    enquiry.refresh_from_db()
    assert (enquiry.state, enquiry.closed_on) == ("dropped", TODAY)
    assert not DatedTask.objects.open().exists()


def test_html_in_every_field_is_shown_as_it_was_typed(gol: Municipality, staff: Staff) -> None:
    anna = staff("anna")
    enquiry = asked(gol, question=NASTY, name=NASTY, search=NASTY)
    for url in (office(enquiry), "/admin/enquiries/enquiry/"):
        page = client_of(anna).get(url).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page
    services.answer(enquiry=enquiry, text=NASTY, by=anna, on=TODAY)
    services.judge(enquiry=enquiry, answer=1, helped=False, missing=NASTY, on=TODAY)
    services.answer(enquiry=enquiry, text=NASTY, by=anna, on=TODAY)
    for message in Message.objects.all():
        assert "<script>alert" not in message.html
    assert Message.objects.filter(kind="enquiry_answer").latest("created_at").html.count("&lt;script&gt;") == 3


def test_mail_to_the_office_says_nothing_private(gol: Municipality, staff: Staff) -> None:
    staff("anna")
    enquiry = asked(gol)
    remind(on=enquiry.due_on)
    for message in Message.objects.filter(recipient="anna@gol.example"):
        for private in (enquiry.question, enquiry.name, enquiry.email):
            assert private not in message.subject + message.text + message.html


# --- Did this answer you? ---


def address(enquiry: Enquiry, slug: str = "gol") -> str:
    return f"/en/{slug}/ask/answered/{make(enquiry)}/"


def test_opening_the_link_changes_nothing(client: Client, gol: Municipality) -> None:
    enquiry = answered(gol)
    before = Enquiry.objects.values().get()
    page = client.get(address(enquiry)).content.decode()
    client.head(address(enquiry))
    assert Enquiry.objects.values().get() == before
    for private in (enquiry.question, enquiry.email, enquiry.answer, enquiry.name):
        assert private not in page


def test_used_twice_it_says_so(client: Client, gol: Municipality) -> None:
    enquiry = answered(gol)
    assert client.post(address(enquiry), {"helped": "yes"}).status_code == 200
    for again in (client.get(address(enquiry)), client.post(address(enquiry), {"helped": "no"})):
        assert again.status_code == 410
        assert "You have told us already" in again.content.decode()
    enquiry.refresh_from_db()
    assert (enquiry.state, enquiry.answered_you) == ("answered", True)


def test_a_link_of_sixty_days_ago_is_too_old(
    client: Client, gol: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    enquiry = answered(gol)
    url = address(enquiry)
    now = signing.time.time()
    monkeypatch.setattr(signing.time, "time", lambda: now + 59 * 86400)
    assert client.get(url).status_code == 200
    monkeypatch.setattr(signing.time, "time", lambda: now + 61 * 86400)
    for answer in (client.get(url), client.post(url, {"helped": "no"})):
        assert answer.status_code == 410
        assert "too old" in answer.content.decode()
    assert Enquiry.objects.get().answered_you is None


@pytest.mark.parametrize("change", [lambda t: t[:-1] + "x", lambda t: "x" + t, lambda t: "x", lambda t: t * 50])
def test_an_altered_link_is_not_found(client: Client, gol: Municipality, change: Callable[[str], str]) -> None:
    token = change(make(answered(gol)))
    for answer in (client.get(f"/en/gol/ask/answered/{token}/"), client.post(f"/en/gol/ask/answered/{token}/")):
        assert answer.status_code == 404


def test_a_link_of_another_town_or_of_nothing_is_not_found(client: Client, gol: Municipality) -> None:
    enquiry = answered(gol)
    MunicipalityFactory(aal=True)
    assert client.get(address(enquiry, "aal")).status_code == 404
    unknown = signing.dumps([gol.pk.hex, 1], salt=SALT)
    assert client.get(f"/en/gol/ask/answered/{unknown}/").status_code == 404


def test_a_press_without_an_answer_or_with_an_identity_number_is_asked_again(client: Client, gol: Municipality) -> None:
    enquiry = answered(gol)
    for given in ({}, {"helped": "maybe"}, {"helped": "no", "missing": "I am 01817012309"}):
        answer = client.post(address(enquiry), given)
        assert answer.status_code == 200
        assert "01817012309" not in answer.content.decode()
    assert Enquiry.objects.get().answered_you is None


def test_the_line_is_kept_when_the_page_was_open_too_long(gol: Municipality) -> None:
    client: Any = Client(enforce_csrf_checks=True)
    answer = client.post(address(answered(gol)), {"helped": "no", "missing": "I meant the sauna."})
    assert answer.status_code == 403
    assert "I meant the sauna." in answer.content.decode()
    assert Enquiry.objects.get().answered_you is None
