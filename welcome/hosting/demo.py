"""Follow-up plans, hosts, and households followed in every state, as if the hosts had been at work for a while."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

from newcomers.enums import HouseholdState
from newcomers.models import Household
from portal.accounts.models import User
from portal.demo import read
from portal.municipalities.models import Municipality
from welcome.hosting import services
from welcome.hosting.enums import OPEN_STATES, Outcome
from welcome.hosting.models import Assignment, FollowUpPlan, FollowUpStep, Host, PlanPoint

PLAN_NAME = {"nb": "Fra hei til på egne bein", "nn": "Frå hei til på eigne bein", "en": "From hello to settled"}


def load_content(*, on: date) -> dict[str, int]:
    content = read("follow_up_plan")
    for place in read("municipalities"):
        municipality = Municipality.objects.get(code=place["code"])
        plan, created = FollowUpPlan.objects.get_or_create(
            municipality=municipality, is_default=True, defaults={"name": PLAN_NAME[municipality.main_language]}
        )
        if created:
            _load_steps(plan, content["steps"])
            _load_points(plan, content["host_helps_with"], helps=True)
            _load_points(plan, content["host_does_not"], helps=False)
    return {"follow_up_plans": FollowUpPlan.objects.count()}


def _load_steps(plan: FollowUpPlan, rows: list[dict[str, Any]]) -> None:
    for order, row in enumerate(rows, start=1):
        step = FollowUpStep.objects.create(
            plan=plan, code=row["code"], order=order, days_after_acceptance=row["days_after_acceptance"]
        )
        for language, text in row["texts"].items():
            step.translations.create(language_code=language, title=text["title"], guide="\n".join(text["guide"]))


def _load_points(plan: FollowUpPlan, rows: list[dict[str, Any]], *, helps: bool) -> None:
    contacts = {contact.code: contact for contact in plan.municipality.contactpoints.all()}
    for order, row in enumerate(rows, start=1):
        point = PlanPoint.objects.create(plan=plan, order=order, helps=helps, contact=contacts.get(row["contact"]))
        for language, text in row["texts"].items():
            point.translations.create(language_code=language, text=text["text"])


def load_people(*, on: date) -> dict[str, int]:
    for row in read("people")["hosts"]:
        municipality = Municipality.objects.get(code=row["municipality"])
        user = User.objects.for_email(row["email"], name=row["name"], language=municipality.main_language)
        facts = {name: row[name] for name in ("languages", "area", "capacity", "about")}
        Host.objects.get_or_create(user=user, municipality=municipality, defaults=facts)
    for municipality in Municipality.objects.filter(is_demo=True):
        if not municipality.assignments.exists():
            _follow_households(municipality, on)
    return {"hosts": Host.objects.count(), "assignments": Assignment.objects.count()}


# What has happened so far: days since the host was asked, and then what, on which day before today.
Story = tuple[int, list[tuple[int, str]]]
STORIES: list[Story] = [
    (12, [(11, "yes")]),  # the first hello is late
    (38, [(36, "yes"), (33, "talk"), (29, "talk")]),  # one month is due
    (1, []),  # asked yesterday
    (9, [(8, "yes"), (6, "help")]),
    (22, [(21, "yes"), (18, "talk"), (14, "talk")]),  # on its way
    (5, [(4, "no")]),
    (16, [(15, "yes"), (13, "try"), (3, "over")]),
    (110, [(108, "yes"), (105, "talk"), (101, "talk"), (78, "talk"), (18, "talk"), (10, "settled")]),
]


def _follow_households(municipality: Municipality, on: date) -> None:
    for asked_ago, events in STORIES:
        asked_on = on - timedelta(days=asked_ago)
        household = _household_without_host(municipality, asked_on)
        host = _best_host(municipality, household) if household else None
        if household and host:
            assignment = services.assign_host(by=None, household=household, host=host, on=asked_on)
            for days_ago, event in events:
                assignment = _happens(assignment, event, on - timedelta(days=days_ago))


def _household_without_host(municipality: Municipality, on: date) -> Household | None:
    """One that lived here by then; somebody is always left for the office to find a host for."""
    free = municipality.households.shown().filter(state=HouseholdState.MOVED_IN, assignments=None)
    if free.count() < 2:
        return None
    return free.filter(moved_in_on__lte=on).order_by("-moved_in_on", "pk").first()


def _best_host(municipality: Municipality, household: Household, *, but: Host | None = None) -> Host | None:
    hosts = [host for host in municipality.hosts.select_related("user") if host.has_room and host != but]
    return min(
        hosts,
        key=lambda host: (household.language not in host.languages, host.open_assignments, host.user.email),
        default=None,
    )


def _happens(assignment: Assignment, event: str, on: date) -> Assignment:
    host = assignment.host
    if event == "yes":
        services.accept(by=host.user, assignment=assignment, on=on)
    elif event == "no":
        services.decline(by=host.user, assignment=assignment, on=on)
    elif event == "settled":
        services.complete(by=None, assignment=assignment, on=on)
    elif event == "over":
        other = _best_host(assignment.municipality, assignment.household, but=host)
        if other:
            new = services.hand_over(by=None, assignment=assignment, host=other, reason="", on=on)
            services.accept(by=other.user, assignment=new, on=on)
            return new
    elif assignment.state in OPEN_STATES:
        outcome = {"talk": Outcome.REACHED, "try": Outcome.NOT_REACHED, "help": Outcome.NEEDS_HELP}[event]
        services.log_conversation(by=host.user, assignment=assignment, outcome=outcome, on=on, submission=uuid.uuid4())
    return assignment
