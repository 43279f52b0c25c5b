"""Hosts and assignments for tests; assignments come into being as in the portal, through the services."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import factory
from factory.django import DjangoModelFactory

from newcomers.models import Household
from portal.municipalities.models import DatedTask, Municipality
from tests.factories import ContactPointFactory, HouseholdFactory, MunicipalityFactory, UserFactory
from welcome.hosting import services
from welcome.hosting.enums import FOLLOW_UP, Outcome
from welcome.hosting.models import Assignment, Conversation, FollowUpPlan, FollowUpStep, Host, PlanPoint

STEPS = [("first_hello", 3), ("one_week", 7), ("one_month", 30)]


class HostFactory(DjangoModelFactory[Host]):
    class Meta:
        model = Host

    municipality = factory.SubFactory(MunicipalityFactory, gol=True)
    user = factory.SubFactory(UserFactory, name=factory.Sequence(lambda n: f"Vert{n} Vertsen"))
    languages = factory.LazyFunction(lambda: ["nb", "pl"])
    area = "Gol sentrum"
    capacity = 2
    about = "Likes to walk."


class PlanFactory(DjangoModelFactory[FollowUpPlan]):
    """The default plan of Gol: hello, one week, one month; a host shows the place and finds no homes."""

    class Meta:
        model = FollowUpPlan
        django_get_or_create = ("municipality", "name")
        skip_postgeneration_save = True

    municipality = factory.SubFactory(MunicipalityFactory, gol=True)
    name = "Plan"
    is_default = True

    @factory.post_generation
    def parts(self: Any, create: bool, extracted: Any, **kwargs: Any) -> None:
        if self.steps.exists():
            return
        for order, (code, days) in enumerate(STEPS, start=1):
            step = FollowUpStep.objects.create(plan=self, code=code, order=order, days_after_acceptance=days)
            _write(step, title=code.replace("_", " "), guide="Ask how it goes.\nListen.")
        desk = ContactPointFactory(municipality=self.municipality, code=f"housing-{self.municipality.code}")
        _write(PlanPoint.objects.create(plan=self, order=1, helps=True), text="Show the place")
        _write(PlanPoint.objects.create(plan=self, order=2, contact=desk), text="Find a home")


def _write(row: Any, **fields: str) -> None:
    for language in ("nb", "nn", "en"):
        row.translations.create(language_code=language, **fields)


def proposed(*, host: Host | None = None, on: date = date(2026, 11, 1), **household: Any) -> Assignment:
    """A host was asked. `household=` or what HouseholdFactory takes."""
    host = host or HostFactory()
    found: Household = household.pop("household", None) or HouseholdFactory(municipality=host.municipality, **household)
    PlanFactory(municipality=host.municipality)
    return services.assign_host(by=None, household=found, host=host, on=on)


def accepted(*, on: date = date(2026, 11, 1), **given: Any) -> Assignment:
    assignment = proposed(on=on, **given)
    services.accept(by=assignment.host.user, assignment=assignment, on=on)
    return assignment


def talked(
    assignment: Assignment, *, on: date, outcome: Outcome = Outcome.REACHED, note: str = "", **given: Any
) -> Conversation:
    return services.log_conversation(
        by=assignment.host.user,
        assignment=assignment,
        outcome=outcome,
        note=note,
        on=on,
        submission=given.get("submission") or uuid.uuid4(),
    )


def next_step(assignment: Assignment) -> DatedTask:
    """The one open follow-up; fails when there is none, or more than one."""
    return assignment.tasks.open().get(kind=FOLLOW_UP)


def other_town() -> Municipality:
    return MunicipalityFactory(hemsedal=True)
