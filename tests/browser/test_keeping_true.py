"""Confirming a fact from the mail, and the figures of the site, in a real browser: wide, narrow, from the right."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from portal.accounts.models import User
from portal.municipalities.enums import Role
from portal.municipalities.models import Municipality
from portal.pages.enums import LinkProblem, Topic
from portal.pages.models import Link, ServiceInfo
from portal.pages.verification import make_token
from tests.browser.conftest import Calendar
from tests.browser.test_pages import faults_of, sign_in
from tests.browser.visitor import Visitor
from tests.conftest import TODAY
from tests.factories import ContactPointFactory, MunicipalityFactory, ServiceInfoFactory, StaffRoleFactory, UserFactory


@pytest.fixture
def kari(transactional_db: None, calendar: Calendar) -> User:
    gol = MunicipalityFactory(gol=True)
    kari = UserFactory(name="Kari Eksempel", language="nb")
    StaffRoleFactory(user=kari, municipality=gol, role=Role.COORDINATOR)
    ServiceInfoFactory(municipality=gol, topic=Topic.JOBS, owner=kari, overdue=True)
    texts = {"nb": {"name": "Biblioteket", "opening_hours": "10-16"}}
    ContactPointFactory(municipality=gol, owner=kari, unverified=True, address="Tunvegen 3", texts=texts)
    ContactPointFactory.create_batch(6, municipality=gol, owner=kari)
    ContactPointFactory(municipality=gol, website="https://borte.example/en/lang/adresse/som/tar/plass/paa/siden")
    Link.objects.create(
        municipality=gol, url="https://borte.example/en/lang/adresse/som/tar/plass/paa/siden",
        problem=LinkProblem.GONE, status=404, broken_since=date(2026, 11, 1),
    )  # fmt: skip
    return kari


@pytest.mark.parametrize("scripts", [True, False])
def test_two_presses_confirm_two_facts(kari: User, visit: Callable[..., Visitor], scripts: bool) -> None:
    owner = visit(390, scripts=scripts)
    owner.open(f"/nb/verify/{make_token(kari, TODAY)}/")
    for left in (1, 0):
        owner.go(owner.page.locator("main form button").first.click)
        assert owner.page.locator("main form button").count() == left
    assert ServiceInfo.objects.get().verified_on == TODAY
    owner.check()


def test_the_pages_are_without_fault(kari: User, visit: Callable[..., Visitor]) -> None:
    reader, staff = visit(), visit()
    sign_in(staff, kari)
    token = make_token(kari, TODAY)
    faults = [
        *faults_of(reader, f"/nb/verify/{token}/", narrow=320),
        *faults_of(reader, f"/ar/verify/{token}/", narrow=320),
        *faults_of(reader, f"/nb/verify/{make_token(kari, date(2026, 1, 1))}/", narrow=320, status=410),
        *faults_of(reader, "/nb/verify/none/", narrow=320, status=404),
        *faults_of(staff, "/admin/figures/", narrow=390),
        *faults_of(staff, "/admin/pages/link/", narrow=390),
        *faults_of(staff, f"/admin/pages/link/{Link.objects.get().pk}/change/", narrow=390),
    ]
    assert not faults, "\n".join(faults)
    assert Municipality.objects.count() == 1
