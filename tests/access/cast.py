"""Who walks through the portal in the access tests: everyone in Gol, and their likes in Ål next door."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.test import Client

from newcomers.models import Household
from portal.accounts.models import User
from portal.municipalities.enums import Role
from portal.municipalities.models import Municipality
from tests.factories import (
    HouseholdFactory,
    MunicipalityFactory,
    PersonFactory,
    PostcodeFactory,
    StaffRoleFactory,
    UserFactory,
)
from tests.hosting.factories import HostFactory, accepted
from welcome.hosting.models import Assignment

STAFF = [role for role in Role.values if role != Role.REGION_ADMINISTRATOR]


@dataclass
class Town:
    municipality: Municipality
    household: Household
    assignment: Assignment
    people: dict[str, User] = field(default_factory=dict)


def build_town(trait: str, postcode: str) -> Town:
    """A municipality with one person in each role, a newcomer, and a host who has that newcomer."""
    municipality = MunicipalityFactory(**{trait: True})
    PostcodeFactory(code=postcode, city=municipality.name, municipality=municipality)
    household = HouseholdFactory(municipality=municipality, postcode=postcode, city=municipality.name, adults=0)
    slug = municipality.slug
    people = {name: UserFactory(email=f"{name}@{slug}.example", name=f"{name} {slug}") for name in ["newcomer", "host"]}
    PersonFactory(household=household, user=people["newcomer"], email=people["newcomer"].email, name=f"Nora {slug}")
    host = HostFactory(municipality=municipality, user=people["host"])
    assignment = accepted(host=host, household=household)
    for role in STAFF:
        people[role] = UserFactory(email=f"{role}@{slug}.example")
        StaffRoleFactory(user=people[role], municipality=municipality, role=role)
    return Town(municipality, household, assignment, people)


def client_of(user: User | None) -> Client:
    client = Client()
    if user:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def somebody_of_both(one: Town, other: Town) -> User:
    """Looks after the data in the one town, and works with the households of the other."""
    user = UserFactory(email="both@gol.example", name="Bodil Both")
    StaffRoleFactory(user=user, municipality=one.municipality, role=Role.PRIVACY_OFFICER)
    StaffRoleFactory(user=user, municipality=other.municipality, role=Role.COORDINATOR)
    return user
