"""The table of protection: a household that becomes protected stands on no page, paper, list or mail of anybody.

Made from all addresses and all admins, so that a page which is added later is looked at without being named here; an
address with arguments that nobody knows how to fill fails the test.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.db.models import Model
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, reverse
from django.utils import timezone
from pypdf import PdfReader

from newcomers.models import Household, Person
from newcomers.services import restrict
from portal import registry
from portal.accounts.models import User
from portal.municipalities.enums import Role
from portal.outbox.models import Message
from privacy.middleware import ways_to_household
from tests.access.cast import STAFF, Town, client_of
from tests.access.rows import ROWS
from tests.access.test_views import TABLE, World, address
from tests.access.test_views import world as world  # a fixture
from tests.conftest import TODAY
from tests.factories import HouseholdFactory, PersonFactory, StaffRoleFactory, UserFactory
from tests.hosting.factories import accepted
from tests.privacy import hers

STREET, NAME, EMAIL, PHONE = "Gøymestaden 77", "Solveig Gløymd", "solveig@gloymd.example", "40012399"
MARKS = [STREET, NAME, NAME.split()[0], NAME.split()[1], EMAIL, PHONE]
READERS = ["newcomer", "host", Role.COORDINATOR, Role.PRIVACY_OFFICER, Role.SERVICE_OFFICER]


@pytest.fixture
def solveig(world: World) -> Household:
    """Everything we can know of somebody, in the town where everybody looks; then she gets a protected address."""
    gol, town = world.gol, world.gol.municipality
    for row_of in ROWS.values():
        row_of(gol)
    household = HouseholdFactory(municipality=town, adults=0, street=STREET, wishes=f"{NAME} vil ha båtplass")
    user = UserFactory(email=EMAIL, name=NAME, last_login=timezone.now())
    person = PersonFactory(household=household, name=NAME, email=EMAIL, phone=PHONE, user=user)
    assignment = accepted(host=gol.assignment.host, household=household)
    assignment.tasks.update(due_on=TODAY - timedelta(days=3))
    hers.typed_and_told(person, user)
    hers.lists_and_pairs(household)
    hers.printed_and_sent(household, user, assignment)
    assert hers.tables_without(person) == hers.NOT_HERS, "give her a row of it: protection is tried on every table"
    return household


def text_of(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if content.startswith(b"%PDF"):
        return "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    return content.decode(errors="replace")


def admin_names() -> Iterator[tuple[str, type[Model], URLPattern]]:
    for model, model_admin in admin.site._registry.items():
        for pattern in model_admin.get_urls():
            if isinstance(pattern, URLPattern) and pattern.name:
                yield pattern.name, model, pattern


def rows_about(model: type[Model], about: Household) -> list[Any]:
    """The rows of an admin that lead to her."""
    rows: set[Any] = set()
    for way in ways_to_household(model):
        rows.update(model._base_manager.filter(**{way or "pk": about.pk}).values_list("pk", flat=True))
    return list(rows)


def office_pages(gol: Town, about: Household) -> Iterator[str]:
    """Every page of the office: lists and own pages, and those of the town's row and of hers."""
    yield from [reverse("admin:index"), reverse("admin:figures")]
    for name, model, pattern in admin_names():
        keys = set(pattern.pattern.converters) or set(pattern.pattern.regex.groupindex)
        if name.endswith("_delete_translation"):  # parler's, of a text: its arguments have no names
            continue
        if not keys:
            yield reverse(f"admin:{name}")
            continue
        rows = [ROWS[model](gol).pk] if model in ROWS else []
        rows += rows_about(model, about)
        for pk in rows:
            filled = {key: ("nb" if "language" in key else 1 if "version" in key else pk) for key in keys}
            try:
                yield reverse(f"admin:{name}", kwargs=filled)
            except NoReverseMatch:  # pragma: no cover  # a new kind of argument: say here how it is filled
                pytest.fail(f"admin:{name} needs {keys}: fill them in tests/privacy/test_restricted.py")


def searches() -> Iterator[str]:
    for model, model_admin in admin.site._registry.items():
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        for mark in ("Gløymd", "Gøymestaden", "solveig"):
            if model_admin.search_fields:
                yield f"{reverse(base)}?q={mark}"
        for name in model_admin.autocomplete_fields:
            yield (
                f"{reverse('admin:autocomplete')}?term=Gl%C3%B8ymd&app_label={model._meta.app_label}"
                f"&model_name={model._meta.model_name}&field_name={name}"
            )


def shown_on(client: Client, pages: Iterator[str]) -> dict[str, list[str]]:
    """Which marks of hers stand on which page."""
    found = {}
    for page in pages:
        response = client.get(page)
        assert response.status_code < 500, page
        # What was typed into the search box comes back in it.
        text = text_of(response).replace('value="Gløymd"', "").replace('value="solveig"', "")
        marks = [mark for mark in MARKS if mark in text.replace('value="Gøymestaden"', "")]
        if marks:
            found[page] = marks
    return found


def test_before_she_is_protected_the_pages_show_her(world: World, solveig: Household) -> None:
    """Else the tests below could not fail."""
    office = client_of(world.gol.people[Role.COORDINATOR])
    pages = set(shown_on(office, office_pages(world.gol, solveig)))
    lists = ["newcomers_household", "hosting_assignment", "letters_letter", "privacy_erasurerequest"]
    assert {reverse(f"admin:{name}_changelist") for name in lists} <= pages
    assert shown_on(office, searches())
    host = client_of(world.gol.people["host"])
    assert shown_on(host, iter([reverse("hosting:newcomers", args=["gol"])]))


@pytest.mark.parametrize("role", [r for r in STAFF if r not in {Role.EDITOR, Role.HOUSING_OFFICER}])
def test_nobody_in_the_office_finds_her(world: World, solveig: Household, role: str) -> None:
    restrict(solveig, by=world.gol.people[Role.COORDINATOR])
    client = client_of(world.gol.people[role])
    assert shown_on(client, office_pages(world.gol, solveig)) == {}
    assert shown_on(client, searches()) == {}


def test_nor_does_the_region(world: World, solveig: Household) -> None:
    restrict(solveig, by=None)
    user = UserFactory()
    StaffRoleFactory(user=user, region=True)
    assert shown_on(client_of(user), office_pages(world.gol, solveig)) == {}


@pytest.mark.parametrize("who", ["anonymous", *READERS])
def test_no_page_of_the_site_names_her(world: World, solveig: Household, who: str) -> None:
    """Every address there is (tests/access/test_views.py has them all), and the search for her name."""
    restrict(solveig, by=None)
    pages = [address(world, row, world.gol) for row in TABLE]
    pages += [f"/nb/gol/search/?q={mark}" for mark in ("Gl%C3%B8ymd", "G%C3%B8ymestaden")]
    found = shown_on(client_of(world.user(who)), iter(pages))
    found = {page: marks for page, marks in found.items() if "search/?q" not in page or "Solveig" in marks}
    assert found == {}


def test_her_own_pages_hold_nothing_that_can_be_read_over_her_shoulder(world: World, solveig: Household) -> None:
    restrict(solveig, by=None)
    own = client_of(User.objects.get(email=EMAIL))
    pages = (address(world, row, world.gol) for row in TABLE if row.name.startswith(("newcomers:my", "privacy:")))
    assert {page for page, marks in shown_on(own, pages).items() if {STREET, PHONE} & set(marks)} == set()


def test_no_mail_names_her_and_none_waits_for_her(world: World, solveig: Household) -> None:
    """Neither what was waiting, nor what the jobs of the following nights write."""
    Message.objects.filter(text__contains=NAME.split()[0]).update(state="queued")
    restrict(solveig, by=None)
    told = Message.objects.filter(kind__startswith="erasure")
    for command in ("remind", "moveins", "retention"):
        call_command(command, "--json", "--date", "2026-11-23", stdout=_Nowhere())
    left = [m for m in Message.objects.exclude(pk__in=told) if any(mark in m.subject + m.text for mark in MARKS)]
    assert [message.kind for message in left] == []
    assert not Message.objects.filter(recipient=EMAIL).exists()


class _Nowhere:
    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None:
        pass

    def isatty(self) -> bool:
        return False


def test_no_figure_counts_her(world: World) -> None:
    """The same numbers with and without her, where there are enough others for a number to be said."""
    gol = world.gol
    HouseholdFactory.create_batch(6, municipality=gol.municipality)

    def figures() -> list[Any]:
        user = gol.people[Role.ANALYST]
        return [(f.title, f.value) for f in registry.figures(user, [gol.municipality], TODAY)]

    before = figures()
    HouseholdFactory(municipality=gol.municipality, restricted_household=True)
    assert figures() == before
    HouseholdFactory(municipality=gol.municipality)
    assert figures() != before, "else no figure here counts households"


def test_her_address_is_gone_and_her_name_is_kept_for_her_alone(world: World, solveig: Household) -> None:
    restrict(solveig, by=None)
    assert Person.objects.get(household=solveig).name == NAME
    assert Household.objects.get(pk=solveig.pk).street == ""
