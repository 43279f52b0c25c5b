"""Kept true: owners are asked in one mail, and confirm each fact with one press, from a link that is theirs alone."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail, signing
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.accounts.models import User
from portal.municipalities.enums import Role
from portal.municipalities.models import Municipality
from portal.outbox.models import Message
from portal.pages import verification
from portal.pages.enums import PublishState, Situation, Topic
from portal.pages.models import Article, ContactPoint, ServiceInfo, Step
from portal.pages.tasks import ask_to_verify
from portal.pages.verification import LinkAltered, LinkExpired, ask, confirm, make_token, read_token, reference
from tests.conftest import TODAY
from tests.factories import ContactPointFactory, MunicipalityFactory, ServiceInfoFactory, StaffRoleFactory, UserFactory

pytestmark = pytest.mark.django_db
OLD = date(2025, 1, 1)


class Clock:
    """Noon of a day that can be moved, for everything that asks what time it is."""

    def __init__(self) -> None:
        self.on = TODAY

    def now(self) -> datetime:
        return datetime(self.on.year, self.on.month, self.on.day, 11, tzinfo=UTC)

    def forward(self, days: int) -> date:
        self.on += timedelta(days=days)
        return self.on


@pytest.fixture
def the_clock(monkeypatch: Any) -> Clock:
    moved = Clock()
    monkeypatch.setattr(timezone, "now", moved.now)
    return moved


@pytest.fixture
def gol(the_clock: Clock) -> Municipality:
    return MunicipalityFactory(gol=True)


def staff(place: Municipality, role: str = Role.EDITOR, **fields: Any) -> User:
    user = UserFactory(**fields)
    StaffRoleFactory(user=user, municipality=place, role=role)
    return user


@pytest.fixture
def kari(gol: Municipality) -> User:
    return staff(gol, email="kari@gol.example", name="Kari", language="en")


def page_of(person: User, on: date = TODAY) -> str:
    return f"/en/verify/{make_token(person, on)}/"


def press(client: Client, address: str, fact: Any) -> str:
    answer = client.post(address, {"fact": reference(fact)}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


# --- Who is asked, and about what ---


def test_one_mail_names_everything_of_an_owner_in_all_their_municipalities(
    kari: User, gol: Municipality, django_capture_on_commit_callbacks: Any
) -> None:
    aal = MunicipalityFactory(aal=True)
    StaffRoleFactory(user=kari, municipality=aal, role=Role.EDITOR)
    info = ServiceInfoFactory(municipality=gol, topic=Topic.JOBS, owner=kari, overdue=True)
    desk = ContactPointFactory(municipality=aal, code="library", owner=kari, unverified=True)
    article = Article.objects.create(municipality=gol, kind="news", slug="snow", owner=kari)
    article.translations.create(language_code="en", title="Snow", summary="Much", body="Much snow")
    step = Step.objects.create(municipality=gol, situation=Situation.MOVED, owner=kari)
    step.translations.create(language_code="en", title="Tell the register", text="Within 8 days")
    with django_capture_on_commit_callbacks(execute=True):
        assert ask(on=TODAY) == {"mails": 1, "facts": 4, "without_owner": 0}
    (sent,) = mail.outbox
    assert sent.to == ["kari@gol.example"]
    assert sent.subject == "Is this still right? 4 texts and contacts"
    for words in ["jobs (en)", "library", "Snow", "Tell the register", "Gol", "Ål"]:
        assert words in sent.body
    (address,) = re.findall(r"https?://\S+/en/verify/\S+", str(sent.body))
    html = Client().get(address).content.decode()
    assert html.count("This is right") == 4
    assert [reference(fact) in html for fact in (info, desk, article, step)] == [True] * 4


@pytest.mark.parametrize(
    ("verified_on", "every", "is_asked"),
    [(None, 180, True), (OLD, 180, True), (TODAY - timedelta(days=167), 180, True),
     (TODAY - timedelta(days=166), 180, False), (TODAY, 180, False), (TODAY, 1, False), (TODAY, 7, False),
     (TODAY - timedelta(days=1), 2, False), (TODAY - timedelta(days=2), 2, True), (TODAY - timedelta(days=2), 1, True),
     (TODAY - timedelta(days=5), 7, True)],
)  # fmt: skip
def test_what_falls_due_within_two_weeks_is_asked_about(
    kari: User, gol: Municipality, verified_on: date | None, every: int, is_asked: bool
) -> None:
    """What is checked often rests for at least half of its days, or it would be asked about for ever."""
    ServiceInfoFactory(municipality=gol, owner=kari, verified_on=verified_on, verify_every=every)
    assert ask(on=TODAY)["mails"] == is_asked


def test_the_mail_speaks_the_owners_language(gol: Municipality) -> None:
    nina = staff(gol, language="nn")
    ServiceInfoFactory(municipality=gol, topic=Topic.JOBS, owner=nina, overdue=True)
    ask(on=TODAY)
    message = Message.objects.get()
    assert message.language == "nn"
    assert "jobs (nn)" in message.text
    assert "/nn/verify/" in message.text


def test_nobody_is_asked_about_a_draft_or_a_place_that_is_switched_off(kari: User, gol: Municipality) -> None:
    draft = ServiceInfoFactory(municipality=gol, owner=kari, overdue=True)
    draft.translations.update(state=PublishState.DRAFT)
    closed = MunicipalityFactory(aal=True, switched_off=True)
    StaffRoleFactory(user=kari, municipality=closed)
    ServiceInfoFactory(municipality=closed, owner=kari, overdue=True)
    assert ask(on=TODAY)["mails"] == 0
    assert verification.waiting_for(kari, TODAY) == []


@pytest.mark.parametrize("leaves", ["closed", "no role", "nobody"])
def test_what_nobody_owns_goes_to_who_takes_the_questions_else_to_every_coordinator(
    kari: User, gol: Municipality, leaves: str
) -> None:
    first, second = staff(gol, Role.COORDINATOR), staff(gol, Role.COORDINATOR)
    staff(gol, Role.COORDINATOR, is_active=False)
    info = ServiceInfoFactory(municipality=gol, owner=kari, overdue=True)
    if leaves == "closed":
        User.objects.filter(pk=kari.pk).update(is_active=False)
    elif leaves == "no role":
        kari.staff_roles.all().delete()
    else:
        ServiceInfo.objects.update(owner=None)
    assert ask(on=TODAY) == {"mails": 2, "facts": 2, "without_owner": 1}
    assert set(Message.objects.values_list("recipient", flat=True)) == {first.email, second.email}
    gol.questions_to = staff(gol, Role.SERVICE_OFFICER)
    gol.save()
    assert ask(on=TODAY) == {"mails": 1, "facts": 1, "without_owner": 1}
    info.refresh_from_db()
    assert confirm(reference(info), by=first, on=TODAY) is None
    assert confirm(reference(info), by=gol.questions_to, on=TODAY) is True


# --- How often ---


def test_nobody_is_asked_twice_a_day_nor_twice_a_week(kari: User, gol: Municipality, the_clock: Clock) -> None:
    ServiceInfoFactory(municipality=gol, owner=kari, overdue=True)
    asked = []
    for _day in range(16):
        asked.append([ask(on=the_clock.on)["mails"] for _run in range(2)])
        the_clock.forward(1)
    assert [number for number, runs in enumerate(asked) if runs != [0, 0]] == [0, 7, 14]
    assert asked[7] == [1, 0]


def test_ten_missed_days_are_one_mail(kari: User, gol: Municipality, the_clock: Clock) -> None:
    ServiceInfoFactory(municipality=gol, owner=kari, overdue=True)
    ask(on=TODAY)
    the_clock.forward(10)
    ask_to_verify()
    ask_to_verify()
    assert Message.objects.count() == 2


def test_the_command_counts_and_a_dry_run_sends_nothing(kari: User, gol: Municipality, capsys: Any) -> None:
    ServiceInfoFactory(municipality=gol, owner=kari, overdue=True)
    call_command("asktoverify", "--date", str(TODAY), "--dry-run", "--json")
    assert capsys.readouterr().out.strip() == '{"mails": 1, "facts": 1, "without_owner": 0}'
    assert not Message.objects.exists()
    call_command("asktoverify", "--date", str(TODAY), "--json")
    assert Message.objects.get().key == f"verification:{kari.pk}:2026-11-22"


def test_many_facts_of_many_owners_take_few_queries(gol: Municipality, django_assert_max_num_queries: Any) -> None:
    for _number in range(10):
        owner = staff(gol)
        ContactPointFactory.create_batch(5, municipality=gol, owner=owner, overdue=True)
    with django_assert_max_num_queries(15 + 10):
        assert ask(on=TODAY, dry_run=True)["facts"] == 50


# --- The page ---


def test_a_press_confirms_and_the_public_page_says_so_at_once(
    client: Client, kari: User, gol: Municipality, the_clock: Clock
) -> None:
    info = ServiceInfoFactory(municipality=gol, topic=Topic.JOBS, owner=kari, overdue=True)
    stale = "Nobody has checked this text lately."
    assert stale in Client().get("/en/gol/topics/jobs/").content.decode()
    html = press(client, page_of(kari), info)
    assert "Thank you. It now says that it was checked today." in html
    assert "Everything is checked" in html
    info.refresh_from_db()
    assert info.verified_on == TODAY
    assert stale not in Client().get("/en/gol/topics/jobs/").content.decode()
    the_clock.forward(181)
    assert stale in Client().get("/en/gol/topics/jobs/").content.decode()


def test_a_second_press_is_harmless_and_says_so(
    client: Client, kari: User, gol: Municipality, the_clock: Clock
) -> None:
    info = ServiceInfoFactory(municipality=gol, owner=kari, overdue=True)
    press(client, page_of(kari), info)
    the_clock.forward(3)
    assert "This is confirmed already." in press(client, page_of(kari), info)
    info.refresh_from_db()
    assert info.verified_on == TODAY


def test_looking_changes_nothing(client: Client, kari: User, gol: Municipality) -> None:
    info = ServiceInfoFactory(municipality=gol, owner=kari, overdue=True)
    for _time in range(2):
        answer = client.get(page_of(kari), {"fact": reference(info)})
        assert answer.status_code == 200
        assert "no-store" in answer["Cache-Control"]
    info.refresh_from_db()
    assert info.verified_on == OLD


def test_a_press_from_another_site_is_refused(kari: User, gol: Municipality) -> None:
    info = ServiceInfoFactory(municipality=gol, owner=kari, overdue=True)
    answer = Client(enforce_csrf_checks=True).post(page_of(kari), {"fact": reference(info)})
    assert answer.status_code == 403
    info.refresh_from_db()
    assert info.verified_on == OLD


def test_the_page_says_what_each_fact_says_and_where_it_is_mended(
    client: Client, kari: User, gol: Municipality
) -> None:
    texts = {
        "nb": {"name": "Biblioteket", "opening_hours": "10-16"},
        "en": {"name": "Library", "opening_hours": "10-4"},
    }
    desk = ContactPointFactory(
        municipality=gol, code="lib", owner=kari, overdue=True, address="Tunvegen 3", texts=texts
    )
    html = client.get(page_of(kari)).content.decode()
    for words in ["Library", "10-4", "Tunvegen 3", "00 00 00 02", "lib@gol.example", "1 January 2025"]:
        assert words in html
    assert f'href="/admin/pages/contactpoint/{desk.pk}/change/"' in html


def test_an_attack_in_a_text_stays_text(client: Client, kari: User, gol: Municipality) -> None:
    attack = "<script>alert(1)</script>"
    texts = {"en": {"title": attack, "summary": attack, "body": attack}}
    ServiceInfoFactory(municipality=gol, owner=kari, overdue=True, texts=texts)
    assert attack not in client.get(page_of(kari)).content.decode()
    ask(on=TODAY)
    assert attack not in Message.objects.get().html


# --- What is not theirs ---


def test_what_belongs_to_others_is_neither_shown_nor_confirmed(client: Client, kari: User, gol: Municipality) -> None:
    other = staff(gol)
    theirs = ServiceInfoFactory(municipality=gol, topic=Topic.SHOPS, owner=other, overdue=True)
    assert "shops" not in client.get(page_of(kari)).content.decode()
    assert "no longer yours" in press(client, page_of(kari), theirs)
    theirs.refresh_from_db()
    assert theirs.verified_on == OLD


@pytest.mark.parametrize(
    "name",
    ["", ":", "serviceinfo", "serviceinfo:", "serviceinfo:x", f"user:{'0' * 32}", f"step:{'0' * 32}", "\x00:\x00"],
)
def test_a_fact_that_is_none_is_said_to_be_gone(client: Client, kari: User, name: str) -> None:
    answer = client.post(page_of(kari), {"fact": name}, follow=True)
    assert answer.status_code == 200
    assert "no longer yours" in answer.content.decode()


def test_who_got_a_new_owner_meanwhile_is_not_confirmed(kari: User, gol: Municipality) -> None:
    info = ServiceInfoFactory(municipality=gol, owner=kari, overdue=True)
    ServiceInfo.objects.update(owner=staff(gol))
    assert confirm(reference(info), by=kari, on=TODAY) is None


# --- The link ---


def test_the_link_works_for_three_weeks(client: Client, kari: User, the_clock: Clock) -> None:
    address = page_of(kari)
    the_clock.forward(21)
    assert client.get(address).status_code == 200
    the_clock.forward(1)
    for answer in (client.get(address), client.post(address, {"fact": ""})):
        assert answer.status_code == 410
        assert "This link has expired" in answer.content.decode()
        assert 'href="/admin/"' in answer.content.decode()


def test_a_link_that_is_altered_or_made_for_something_else_opens_nothing(client: Client, kari: User) -> None:
    token = make_token(kari, TODAY)
    payload = [kari.pk.hex, str(TODAY)]
    others = [token[:-1], token[1:], token.swapcase(), f"{token}x", "x", "a:b", signing.dumps(payload),
              signing.Signer().sign_object(payload), signing.Signer(salt="other").sign_object(payload)]  # fmt: skip
    for other in others:
        answer = client.get(f"/en/verify/{other}/")
        assert answer.status_code == 404, other
        assert "This link does not work" in answer.content.decode()


@given(st.text(max_size=80))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_somebody_makes_up_is_no_link(text: str) -> None:
    with pytest.raises((LinkAltered, LinkExpired)):
        read_token(text, TODAY)


def test_a_closed_account_opens_nothing(client: Client, kari: User, gol: Municipality) -> None:
    info = ServiceInfoFactory(municipality=gol, owner=kari, overdue=True)
    address = page_of(kari)
    User.objects.update(is_active=False)
    assert client.get(address).status_code == 404
    assert client.post(address, {"fact": reference(info)}).status_code == 404
    info.refresh_from_db()
    assert info.verified_on == OLD


def test_the_link_says_nothing_of_the_person(kari: User) -> None:
    token = make_token(kari, TODAY)
    assert "kari" not in token.lower()
    assert "gol" not in signing.b64_decode(token.partition(":")[0].encode()).decode()


def test_the_page_takes_as_many_queries_for_many_facts(
    client: Client, kari: User, gol: Municipality, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    ContactPointFactory(municipality=gol, owner=kari, overdue=True)
    address = page_of(kari)
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    ContactPointFactory.create_batch(30, municipality=gol, owner=kari, overdue=True)
    assert ContactPoint.objects.count() == 31
    with django_assert_num_queries(len(few)):
        client.get(address)
