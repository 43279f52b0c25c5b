"""The table: who gets what from every address that is not the office's. Own town and the town next door."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.urls import URLPattern, get_resolver, reverse

from newcomers.models import DeskConfirmation
from portal.enquiries.tokens import make as make_token
from portal.municipalities.enums import Role
from tests.access.cast import STAFF, Town, client_of
from tests.conftest import TODAY
from tests.enquiries.factories import answered
from tests.factories import ArticleFactory, ServiceInfoFactory, StaffRoleFactory, UserFactory
from tests.housing.factories import ListingFactory
from tests.jobs.factories import VacancyFactory

ANYONE = ["anonymous", "stranger", "newcomer", "host", "region_administrator", *STAFF]
LOGIN = 302
OPEN = dict.fromkeys(ANYONE, 200)
# A page for whoever signed in: it shows their own household, or says that they have none.
SIGNED_IN = dict.fromkeys(ANYONE, 200) | {"anonymous": LOGIN}
# Only a POST changes anything; whoever is allowed to ask with GET is told so.
SIGNED_IN_POST = dict.fromkeys(ANYONE, 405) | {"anonymous": LOGIN}
HOST = dict.fromkeys(ANYONE, 404) | {"anonymous": LOGIN, "host": 200}
NEWCOMER = dict.fromkeys(ANYONE, 404) | {"anonymous": LOGIN, "newcomer": 200}
HOST_POST = dict.fromkeys(ANYONE, 405) | {"anonymous": LOGIN}


@dataclass(frozen=True)
class Row:
    """An address, the answer each person of the town gets, and how its arguments come from the town's data."""

    name: str
    answers: dict[str, int]
    args: Callable[[Any], list[Any]] = lambda world: []


def own_adult(world: Any) -> list[Any]:
    """The newcomer of Gol."""
    return [world.gol.household.persons.get(is_adult=True).pk]


def _desk(world: Any) -> Any:
    """The newcomer of Gol was registered at the desk."""
    person = world.gol.household.persons.get(is_adult=True)
    return DeskConfirmation.objects.get_or_create(person=person, defaults={"on": TODAY})[0].pk


TABLE = [
    Row("pages:start", OPEN),
    Row("pages:topic", OPEN, lambda world: ["jobs"]),
    Row("pages:theme", OPEN, lambda world: ["work"]),
    Row("pages:situation", OPEN, lambda world: ["moved"]),
    Row("pages:news", OPEN),
    Row("pages:residents", OPEN),
    Row("pages:article", OPEN, lambda world: [world.article.slug]),
    Row("pages:feed", OPEN),
    Row("pages:guide", OPEN),
    Row("pages:poster", OPEN),
    Row("pages:qr", OPEN),
    Row("pages:privacy", OPEN),
    Row("pages:accessibility", OPEN),
    Row("search:search", OPEN),
    Row("enquiries:ask", OPEN),
    Row("enquiries:receipt", OPEN, lambda world: [world.enquiry.pk]),
    Row("enquiries:judge", OPEN, lambda world: [make_token(world.enquiry)]),
    Row("enquiries:right", dict.fromkeys(ANYONE, 405)),
    # About a page, which is named behind the question mark (tests/enquiries/test_pages.py).
    Row("enquiries:wrong", dict.fromkeys(ANYONE, 404)),
    Row("enquiries:thanks", dict.fromkeys(ANYONE, 404)),
    Row("newcomers:register", OPEN | {"newcomer": 302}),
    # What one browser has begun; whoever has not begun anything is led to the beginning.
    Row("newcomers:register_page", dict.fromkeys(ANYONE, 302), lambda world: ["you"]),
    Row("newcomers:register_check", dict.fromkeys(ANYONE, 302)),
    Row("newcomers:register_later", dict.fromkeys(ANYONE, 302)),
    Row("newcomers:register_leave", dict.fromkeys(ANYONE, 405)),
    Row("newcomers:register_remove", dict.fromkeys(ANYONE, 405), lambda world: ["adult-2"]),
    Row("newcomers:register_bring", dict.fromkeys(ANYONE, 405), lambda world: ["gol"]),
    Row("newcomers:register_return", OPEN | {"newcomer": 302}),
    # Nothing waits for any of them, so they are led on to My page.
    Row("newcomers:register_mine", dict.fromkeys(ANYONE, 302)),
    Row("newcomers:introduce", OPEN),
    Row("newcomers:introduction_sent", OPEN),
    # A link that we did not write (tests/newcomers/registering/test_introductions.py has those we did).
    Row("newcomers:introduction_confirm", dict.fromkeys(ANYONE, 410), lambda world: ["made-up"]),
    Row("newcomers:introduction_answer", dict.fromkeys(ANYONE, 410), lambda world: ["made-up"]),
    Row("newcomers:postcode", OPEN),
    Row("newcomers:confirm_desk", OPEN, lambda world: [_desk(world)]),
    Row("newcomers:my_page", SIGNED_IN),
    Row("newcomers:steps", NEWCOMER),
    Row("newcomers:tick", SIGNED_IN_POST, lambda world: [uuid.uuid4()]),
    Row("newcomers:data", NEWCOMER),
    Row("newcomers:email", NEWCOMER),
    # Where no address waits for its code, to the page before (tests/newcomers/test_my_email.py).
    Row("newcomers:email_code", dict.fromkeys(ANYONE, 404) | {"anonymous": LOGIN, "newcomer": 302}),
    Row("newcomers:people", NEWCOMER),
    Row("newcomers:add_adult", NEWCOMER),
    Row("newcomers:adult", dict.fromkeys(ANYONE, 404) | {"anonymous": LOGIN, "newcomer": 302}, own_adult),
    Row("newcomers:invite", SIGNED_IN_POST, own_adult),
    Row("newcomers:left", NEWCOMER, own_adult),
    # Nobody has named any of them, so they are led on to My page.
    Row("newcomers:invited", dict.fromkeys(ANYONE, 302)),
    Row("newcomers:add_child", SIGNED_IN_POST),
    Row("newcomers:remove_child", SIGNED_IN_POST, lambda world: [2019]),
    Row("newcomers:choices", NEWCOMER),
    Row("newcomers:choose", SIGNED_IN_POST, lambda world: ["news"]),
    Row("newcomers:address", NEWCOMER),
    Row("newcomers:wishes", NEWCOMER),
    Row("newcomers:wish", NEWCOMER, lambda world: ["languages"]),
    Row("newcomers:children", OPEN),
    Row("newcomers:plans", NEWCOMER),
    # For those who have not come yet (tests/newcomers/test_my_moving.py).
    Row("newcomers:not_coming", dict.fromkeys(ANYONE, 404) | {"anonymous": LOGIN}),
    Row("newcomers:settled", NEWCOMER),
    Row("newcomers:away", NEWCOMER),
    # For those who have moved away (tests/newcomers/test_farewell.py).
    Row("newcomers:farewell", dict.fromkeys(ANYONE, 404) | {"anonymous": LOGIN}),
    Row("newcomers:goodbye", dict.fromkeys(ANYONE, 404) | {"anonymous": LOGIN}),
    # The address is the proof: made by us for one person and one purpose (tests/newcomers/test_consents.py).
    Row("newcomers:unsubscribe", dict.fromkeys(ANYONE, 404), lambda world: ["made-up"]),
    Row("newcomers:no_post", OPEN),
    Row("newcomers:edit", dict.fromkeys(ANYONE, 404) | {"anonymous": LOGIN, "newcomer": 200}),
    Row("newcomers:consent", SIGNED_IN_POST, lambda world: ["phone"]),
    Row("privacy:looked", dict.fromkeys(ANYONE, 404) | {"anonymous": LOGIN, "newcomer": 200}),
    Row("privacy:own_json", dict.fromkeys(ANYONE, 404) | {"anonymous": LOGIN, "newcomer": 200}),
    Row("privacy:own_pdf", dict.fromkeys(ANYONE, 404) | {"anonymous": LOGIN, "newcomer": 200}),
    Row("privacy:erase", dict.fromkeys(ANYONE, 404) | {"anonymous": LOGIN, "newcomer": 200}),
    Row("privacy:stay", SIGNED_IN_POST),
    Row("statistics:place", OPEN),
    Row("housing:list", OPEN),
    Row("housing:detail", OPEN, lambda world: [world.listing.pk]),
    Row("jobs:list", OPEN),
    Row("jobs:detail", OPEN, lambda world: [world.vacancy.pk]),
    Row("hosting:newcomers", HOST),
    Row("hosting:newcomer", HOST, lambda world: [world.gol.assignment.pk]),
    Row("hosting:contact", HOST, lambda world: [world.gol.assignment.pk]),
    Row("hosting:accept", HOST_POST, lambda world: [world.gol.assignment.pk]),
    Row("hosting:decline", HOST_POST, lambda world: [world.gol.assignment.pk]),
]
# Addresses without a municipality, each tested where it lives.
ELSEWHERE = {
    "home", "healthz", "components", "mailbox", "mail", "closed", "picture", "worker", "offline", "verify",
    "robots", "sitemap", "sitemap_of_municipality",
    "account", "end_session", "end_other_sessions", "connect", "disconnect", "forget_pending", "insight:reach",
    "insight:reach_csv",
}  # fmt: skip
# Old addresses of the library have no name; they are closed (portal/urls.py).
LIBRARY = ("None", "account_", "mfa_", "socialaccount_", "openid_connect_", "usersessions_")


@dataclass
class World:
    gol: Town
    aal: Town
    listing: Any
    vacancy: Any
    article: Any
    enquiry: Any

    def user(self, who: str) -> Any:
        if who == "anonymous":
            return None
        if who == "stranger":
            return UserFactory(email="stranger@example.example")
        if who == "region_administrator":
            user = UserFactory(email="region@example.example")
            StaffRoleFactory(user=user, region=True)
            return user
        return self.gol.people[who]


@pytest.fixture
def world(gol: Town, aal: Town) -> World:
    ServiceInfoFactory(municipality=gol.municipality, topic="jobs")
    return World(
        gol,
        aal,
        ListingFactory(municipality=gol.municipality),
        VacancyFactory(municipality=gol.municipality),
        ArticleFactory(municipality=gol.municipality),
        answered(gol.municipality),
    )


def address(world: World, row: Row, town: Town) -> str:
    return reverse(row.name, args=[town.municipality.slug, *row.args(world)])


def _names(patterns: list[Any], namespace: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}"
        else:
            yield from _names(
                pattern.url_patterns, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            )


def test_every_address_stands_in_the_table() -> None:
    names = {name for name in _names(get_resolver().url_patterns) if not name.startswith(("admin:", *LIBRARY))}
    assert names - ELSEWHERE == {row.name for row in TABLE}


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_each_role_in_its_own_town(world: World, row: Row) -> None:
    found = {who: client_of(world.user(who)).get(address(world, row, world.gol)).status_code for who in ANYONE}
    assert found == row.answers


OF_ONE_TOWN = {
    "newcomers:adult", "newcomers:invite", "newcomers:left",
    "enquiries:receipt", "enquiries:judge", "newcomers:confirm_desk",
    "housing:detail", "jobs:detail", "hosting:newcomer", "hosting:contact", "hosting:accept", "hosting:decline",
}  # fmt: skip


@pytest.mark.parametrize("row", [row for row in TABLE if row.name in OF_ONE_TOWN], ids=lambda row: row.name)
def test_an_object_of_gol_is_not_found_under_aal(world: World, row: Row) -> None:
    """Not by those of Gol, nor by those of Ål."""
    for who in ["newcomer", "host", Role.COORDINATOR]:
        for people in (world.gol.people, world.aal.people):
            client = client_of(people[who])
            assert client.get(address(world, row, world.aal)).status_code in {404, 405}
            assert client.post(address(world, row, world.aal)).status_code in {404, 405}


@pytest.mark.parametrize("name", ["hosting:newcomer", "hosting:contact", "hosting:accept", "hosting:decline"])
def test_a_host_of_another_town_or_household_finds_nothing(world: World, name: str) -> None:
    url = reverse(name, args=[world.gol.municipality.slug, world.gol.assignment.pk])
    for user in [world.aal.people["host"], world.gol.people["newcomer"], world.gol.people[Role.COORDINATOR]]:
        client = client_of(user)
        answer = client.get(url) if name == "hosting:newcomer" else client.post(url, {"outcome": "reached"})
        assert answer.status_code == 404


def test_my_page_shows_ones_own_household_alone(world: World) -> None:
    url = reverse("newcomers:data", args=["gol"])
    own = client_of(world.gol.people["newcomer"]).get(url).content.decode()
    other = client_of(world.aal.people["newcomer"]).get(url).content.decode()
    assert "Nora gol" in own
    assert "Nora gol" not in other
    assert "Nora aal" not in own


def test_what_never_was_and_what_is_anothers_look_the_same(world: World) -> None:
    client = client_of(world.gol.people["host"])
    never = reverse("hosting:newcomer", args=["gol", uuid.uuid4()])
    others = reverse("hosting:newcomer", args=["gol", world.aal.assignment.pk])
    assert client.get(never).status_code == client.get(others).status_code == 404


@pytest.mark.parametrize("slug", ["nowhere", "flaa"])
def test_a_municipality_that_is_unknown_or_off_is_not_found(world: World, slug: str) -> None:
    world.aal.municipality.is_active, world.aal.municipality.slug = False, "flaa"
    world.aal.municipality.save()
    assert client_of(None).get(f"/nb/{slug}/").status_code == 404


LED_ON = {"newcomers:register_page", "newcomers:register_check", "newcomers:register_later"}


def test_a_view_is_closed_unless_it_says_that_it_is_open(world: World) -> None:
    for row in TABLE:
        answer = client_of(None).get(address(world, row, world.gol))
        if row.answers["anonymous"] == LOGIN and row.name not in LED_ON:
            assert answer["Location"].startswith("/nb/account/login/"), row.name
