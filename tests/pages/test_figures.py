"""What the office sees of how well its site is kept: by owner, by language, at once when it changes."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from portal import registry
from portal.accounts.models import User
from portal.municipalities.admin_figures import in_words
from portal.municipalities.enums import Role
from portal.municipalities.models import Municipality
from portal.pages.enums import PublishState, Topic
from portal.pages.figures import by_owner
from portal.pages.models import ContactPoint, Link, ServiceInfo
from portal.pages.verification import confirm, reference
from portal.registry import Number, Queue, share
from tests.access.cast import client_of
from tests.conftest import TODAY
from tests.factories import ContactPointFactory, MunicipalityFactory, ServiceInfoFactory, StaffRoleFactory, UserFactory

pytestmark = pytest.mark.django_db
FIGURES = "/admin/figures/"


@pytest.fixture
def gol(monkeypatch: Any) -> Municipality:
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 22, 11, tzinfo=UTC))
    return MunicipalityFactory(gol=True)


def staff(place: Municipality, role: str = Role.EDITOR, **fields: Any) -> User:
    user = UserFactory(**fields)
    StaffRoleFactory(user=user, municipality=place, role=role)
    return user


def sitefigures(capsys: Any, *args: str) -> dict[str, Any]:
    call_command("sitefigures", "--municipality", "3324", "--date", str(TODAY), "--json", *args)
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


# --- By owner ---


def test_each_owner_has_a_share_and_what_nobody_owns_is_counted_apart(gol: Municipality, capsys: Any) -> None:
    kari = staff(gol, email="kari@gol.example", name="Kari")
    left = UserFactory(name="Left")
    ContactPointFactory.create_batch(4, municipality=gol, owner=kari)
    ContactPointFactory(municipality=gol, owner=kari, overdue=True)
    ServiceInfoFactory(municipality=gol, topic=Topic.JOBS, owner=left, overdue=True)
    ServiceInfoFactory(municipality=gol, topic=Topic.NAV)
    draft = ServiceInfoFactory(municipality=gol, topic=Topic.SHOPS, owner=kari)
    draft.translations.update(state=PublishState.DRAFT)
    assert sitefigures(capsys)["verified"] == [
        {"owner": "kari@gol.example", "facts": 5, "in_time": 4, "share": 0.8},
        {"owner": None, "facts": 2, "in_time": 1, "share": None},
    ]


def test_the_figure_follows_the_day_and_the_confirmation(gol: Municipality) -> None:
    kari = staff(gol)
    desk = ContactPointFactory(municipality=gol, owner=kari, verified_on=TODAY, verify_every=30)
    last = TODAY + timedelta(days=30)
    for on, overdue in [(TODAY, 0), (last, 0), (last + timedelta(days=1), 1)]:
        assert by_owner([gol], on)[0].overdue == overdue
    confirm(reference(desk), by=kari, on=last + timedelta(days=1))
    assert by_owner([gol], last + timedelta(days=1))[0].overdue == 0


# --- By language ---


def test_languages_count_what_is_published_and_what_is_outdated(gol: Municipality, capsys: Any) -> None:
    for topic in (Topic.JOBS, Topic.NAV, Topic.SHOPS, Topic.POLICE, Topic.CINEMA_CULTURE):
        ServiceInfoFactory(municipality=gol, topic=topic)
    texts = ServiceInfo.objects.get(topic=Topic.JOBS).translations
    texts.filter(language_code="nb").update(version=3)
    texts.filter(language_code="en").update(source_language="nb", source_version=2)
    ServiceInfo.objects.get(topic=Topic.NAV).translations.filter(language_code="nn").update(state=PublishState.DRAFT)
    found = {row.pop("language"): row for row in sitefigures(capsys)["languages"]}
    assert found == {
        "nb": {"pages": 5, "published": 5, "outdated": 0, "share": 1.0},
        "nn": {"pages": 5, "published": 4, "outdated": 0, "share": 0.8},
        "en": {"pages": 5, "published": 5, "outdated": 1, "share": 1.0},
    }


# --- The command ---


def test_the_command_speaks_of_the_last_twelve_months_unless_told(gol: Municipality, capsys: Any) -> None:
    found = sitefigures(capsys)
    assert (found["municipality"], found["from"], found["until"]) == ("3324", "2025-11-22", "2026-11-22")
    assert {"searches", "enquiries", "verified", "languages"} <= found.keys()
    found = sitefigures(capsys, "--from", "2026-01-01", "--until", "2026-03-31")
    assert (found["from"], found["until"]) == ("2026-01-01", "2026-03-31")
    with pytest.raises(CommandError, match="before the first"):
        call_command("sitefigures", "--municipality", "3324", "--from", "2026-02-01", "--until", "2026-01-01")


@pytest.mark.parametrize(
    ("part", "whole", "found"), [(0, 0, None), (4, 4, None), (5, 5, 1.0), (1, 3000, 0.0), (2, 6, 0.333)]
)
def test_a_share_of_a_few_is_not_told(part: int, whole: int, found: float | None) -> None:
    assert share(part, whole) == found


def test_numbers_are_said_in_words() -> None:
    with translation.override("en"):
        said = [
            in_words(Number("x", "x", value, kind))
            for value, kind in [(None, "share"), (0.804, "share"), (12, "count"), (2.5, "days")]
        ]
    assert said == ["fewer than 5", "80 %", "12", "2.5"]


# --- The page ---


def test_the_page_shows_the_same_figures_for_the_chosen_period(gol: Municipality) -> None:
    kari = staff(gol, name="Kari", language="en")
    ContactPointFactory.create_batch(9, municipality=gol, owner=kari)
    ContactPointFactory(municipality=gol, owner=kari, overdue=True)
    client = client_of(kari)
    answer = client.get(FIGURES)
    assert answer.status_code == 200
    html = answer.content.decode()
    assert 'value="2025-11-22"' in html
    assert 'value="2026-11-22"' in html
    tables = dict(answer.context["tables"])
    assert tables["verified"]["rows"] == [("Kari", ["10", "9", "90 %"])]
    chosen = client.get(FIGURES, {"municipality": "3324", "start": "2026-01-01", "until": "2026-02-01"})
    assert 'value="2026-01-01"' in chosen.content.decode()
    assert f'href="{reverse("admin:figures")}"' in client.get("/admin/").content.decode()


@pytest.mark.parametrize(
    ("query", "words"),
    [({"start": "2026-02-01", "until": "2026-01-01"}, "The last day comes before the first."),
     ({"start": "yesterday"}, "Enter a valid date."), ({"municipality": "3328"}, "Select a valid choice."),
     ({"until": "9" * 5000}, "Enter a valid date.")],
)  # fmt: skip
def test_a_period_that_is_none_is_named(gol: Municipality, query: dict[str, str], words: str) -> None:
    MunicipalityFactory(aal=True)
    answer = client_of(staff(gol, language="en")).get(FIGURES, query)
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert answer.context["tables"] == []


def test_who_sees_the_figures_of_which_town(gol: Municipality) -> None:
    aal = MunicipalityFactory(aal=True)
    region = StaffRoleFactory(region=True, user=UserFactory()).user
    expected = {Role.COORDINATOR: 200, Role.SERVICE_OFFICER: 200, Role.EDITOR: 200, Role.ANALYST: 200,
                Role.HOUSING_OFFICER: 403}  # fmt: skip
    assert {role: client_of(staff(gol, role)).get(FIGURES).status_code for role in expected} == expected
    assert list(client_of(staff(gol)).get(FIGURES).context["form"].fields["municipality"].queryset) == [gol]
    assert set(client_of(region).get(FIGURES).context["form"].fields["municipality"].queryset) == {gol, aal}
    assert client_of(UserFactory()).get(FIGURES).status_code == 404
    assert Client().get(FIGURES).status_code == 302
    assert client_of(region).post(FIGURES).status_code == 405


def test_the_page_takes_as_many_queries_for_many_owners(gol: Municipality) -> None:
    client = client_of(staff(gol))
    ContactPointFactory(municipality=gol, owner=staff(gol))
    for address in (FIGURES, "/admin/"):
        client.get(address)
        with CaptureQueriesContext(connection) as few:
            client.get(address)
        for _number in range(12):
            ContactPointFactory(municipality=gol, owner=staff(gol), overdue=True)
        with CaptureQueriesContext(connection) as many:
            client.get(address)
        assert len(many) == len(few), address


# --- The start page ---


def queues(user: User) -> dict[str, Queue]:
    return {queue.title: queue for queue in registry.day_page(user, [Municipality.objects.get(code="3324")], TODAY)}


def test_the_start_page_names_whose_facts_are_overdue(gol: Municipality) -> None:
    kari = staff(gol, name="Kari", language="en")
    ContactPointFactory(municipality=gol, owner=kari, overdue=True)
    ContactPointFactory(municipality=gol, owner=kari)
    with translation.override("en"):
        found = {figure.title: figure.value for figure in registry.figures(kari, [gol], TODAY)}
    assert found["Texts and contact points checked in time"] == "1 of 2"
    assert found["Overdue, owned by Kari"] == "1 of 2"


@pytest.mark.usefixtures("in_english")
def test_facts_without_an_owner_wait_on_the_start_page_and_lead_to_their_list(gol: Municipality) -> None:
    editor, left = staff(gol), UserFactory()
    ContactPointFactory(municipality=gol, owner=editor)
    titles = ["Contact points without an owner", "Service information without an owner"]
    assert not set(titles) & queues(editor).keys()
    rows = [ContactPointFactory(municipality=gol, owner=left), ServiceInfoFactory(municipality=gol)]
    client = client_of(editor)
    for title, row in zip(titles, rows, strict=True):
        queue = queues(editor)[title]
        assert (queue.count, queue.state) == (1, "due")
        assert list(client.get(queue.url).context["cl"].queryset) == [row]
    own = client.get("/admin/pages/contactpoint/?owner=me").context["cl"].queryset
    assert list(own) == list(ContactPoint.objects.filter(owner=editor))


@pytest.mark.usefixtures("in_english")
def test_broken_links_wait_on_the_start_page(gol: Municipality) -> None:
    Link.objects.create(municipality=gol, url="https://a.example/", broken_since=date(2026, 11, 1))
    Link.objects.create(municipality=gol, url="https://b.example/")
    editor = staff(gol)
    queue = queues(editor)["Links that lead nowhere"]
    assert (queue.count, queue.state) == (1, "late")
    assert client_of(editor).get(queue.url).context["cl"].result_count == 1
