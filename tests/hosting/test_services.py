"""From the question to the host until the household stands on its own feet."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from newcomers.enums import HouseholdState
from newcomers.models import Household
from newcomers.services import restrict
from portal.municipalities.models import DatedTask
from portal.outbox.models import Message
from tests.factories import HouseholdFactory, MunicipalityFactory
from tests.hosting.factories import HostFactory, PlanFactory, accepted, next_step, other_town, proposed, talked
from welcome.hosting import services
from welcome.hosting.enums import FOLLOW_UP, HOST_HELP, AssignmentState, Outcome
from welcome.hosting.models import Assignment, AssignmentMove, Conversation, Host
from welcome.hosting.services import MoveRefused

DAY = date(2026, 11, 1)


def _open(host: Host) -> int:
    return Host.objects.get(pk=host.pk).open_assignments


# --- Asking ---


@pytest.mark.django_db
def test_host_is_asked_and_has_three_days() -> None:
    assignment = proposed(on=DAY)
    task = next_step(assignment)
    assert assignment.state == AssignmentState.PROPOSED
    assert (task.occasion, task.due_on, task.owner) == ("answer", date(2026, 11, 4), assignment.host.user)
    assert Message.objects.get(kind="hosting_offer").recipient == assignment.host.user.email


@pytest.mark.django_db
def test_household_has_one_open_assignment() -> None:
    first = proposed()
    with pytest.raises(ValidationError, match="has a host already"):
        services.assign_host(by=None, household=first.household, host=HostFactory(), on=DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.create(
            municipality=first.municipality,
            household=first.household,
            host=first.host,
            plan=first.plan,
            proposed_on=DAY,
        )


@pytest.mark.django_db
def test_refused_assignment_takes_no_place() -> None:
    first, other = proposed(), HostFactory()
    with pytest.raises(ValidationError):
        services.assign_host(by=None, household=first.household, host=other, on=DAY)
    assert _open(other) == 0


@pytest.mark.django_db
def test_last_place_is_given_once_to_two_officers() -> None:
    """Both officers loaded the host while there was room."""
    host = HostFactory(capacity=1)
    PlanFactory()
    seen_by_one, seen_by_other = Host.objects.get(pk=host.pk), Host.objects.get(pk=host.pk)
    services.assign_host(by=None, household=HouseholdFactory(), host=seen_by_one, on=DAY)
    assert seen_by_other.has_room
    with pytest.raises(ValidationError, match="no room"):
        services.assign_host(by=None, household=HouseholdFactory(), host=seen_by_other, on=DAY)
    assert _open(host) == 1


@pytest.mark.django_db
def test_database_keeps_the_capacity() -> None:
    host = HostFactory(capacity=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Host.objects.filter(pk=host.pk).update(open_assignments=F("open_assignments") + 2)
    proposed(host=host)
    with pytest.raises(IntegrityError), transaction.atomic():
        Host.objects.filter(pk=host.pk).update(capacity=0)


@pytest.mark.django_db
@pytest.mark.parametrize("leave", ["decline", "end", "complete", "hand_over", "erase"])
def test_place_is_free_again(leave: str) -> None:
    assignment = proposed() if leave == "decline" else accepted()
    host = assignment.host
    assert _open(host) == 1
    if leave == "decline":
        services.decline(by=host.user, assignment=assignment, on=DAY)
    elif leave == "end":
        services.end(by=host.user, assignment=assignment, reason="Ill", on=DAY)
    elif leave == "complete":
        services.complete(by=host.user, assignment=assignment, on=DAY)
    elif leave == "hand_over":
        services.hand_over(by=host.user, assignment=assignment, host=HostFactory(), reason="", on=DAY)
    else:
        assignment.household.delete()
    assert _open(host) == 0


@pytest.mark.django_db
def test_host_on_a_pause_is_not_asked() -> None:
    host = HostFactory(is_active=False)
    PlanFactory()
    with pytest.raises(ValidationError, match="no room"):
        services.assign_host(by=None, household=HouseholdFactory(), host=host, on=DAY)


@pytest.mark.django_db
def test_host_of_another_town_is_refused() -> None:
    PlanFactory()
    with pytest.raises(ValidationError, match="another municipality"):
        services.assign_host(by=None, household=HouseholdFactory(), host=HostFactory(municipality=other_town()), on=DAY)


@pytest.mark.django_db
def test_protected_household_is_refused_also_from_an_old_page() -> None:
    household, host = HouseholdFactory(), HostFactory()
    PlanFactory()
    Household.objects.filter(pk=household.pk).update(restricted=True, street="", postcode="", city="", address_key="")
    with pytest.raises(ValidationError, match="cannot have a host"):
        services.assign_host(by=None, household=household, host=host, on=DAY)


@pytest.mark.django_db
def test_without_a_plan_the_office_is_told() -> None:
    with pytest.raises(ValidationError, match="no follow-up plan"):
        services.assign_host(by=None, household=HouseholdFactory(), host=HostFactory(), on=DAY)


@pytest.mark.django_db
def test_one_person_can_host_in_two_towns_but_once_in_each() -> None:
    gol = MunicipalityFactory(gol=True)
    given = {"by": None, "email": "Vert@Example.example", "name": "Vert"}
    first = services.add_host(host=Host(municipality=gol), **given)
    second = services.add_host(host=Host(municipality=other_town()), **given)
    assert first.user == second.user
    with pytest.raises(ValidationError, match="host here already"):
        services.add_host(host=Host(municipality=gol), **given)


# --- Saying yes or no ---


@pytest.mark.django_db
def test_yes_promises_the_first_step() -> None:
    assignment = accepted(on=DAY)
    task = next_step(assignment)
    assert (task.occasion, task.due_on) == ("first_hello", date(2026, 11, 4))
    assert DatedTask.objects.get(occasion="answer").outcome == "accepted"


@pytest.mark.django_db
def test_no_leaves_nothing_open() -> None:
    assignment = proposed()
    services.decline(by=assignment.host.user, assignment=assignment, on=DAY, reason="Abroad")
    assert not assignment.tasks.open().exists()
    assert (assignment.state, assignment.ended_on, assignment.end_reason) == ("declined", DAY, "Abroad")


@pytest.mark.django_db
def test_yes_and_no_at_once_gives_one_answer() -> None:
    """From two devices that both still show the question."""
    assignment = proposed()
    phone, laptop = Assignment.objects.get(pk=assignment.pk), Assignment.objects.get(pk=assignment.pk)
    services.accept(by=assignment.host.user, assignment=phone, on=DAY)
    with pytest.raises(MoveRefused):
        services.decline(by=assignment.host.user, assignment=laptop, on=DAY)
    assignment.refresh_from_db()
    assert assignment.state == AssignmentState.ACCEPTED
    assert next_step(assignment).occasion == "first_hello"


@pytest.mark.django_db
def test_what_is_over_stays_over() -> None:
    assignment = accepted()
    services.end(by=None, assignment=assignment, reason="Moved", on=DAY)
    for state in AssignmentState:
        with pytest.raises(MoveRefused):
            services.move(assignment, to=state, by=None, on=DAY)


@pytest.mark.django_db
def test_every_move_is_logged() -> None:
    assignment = accepted()
    talked(assignment, on=DAY)
    services.end(by=None, assignment=assignment, reason="Moved", on=DAY)
    moves = set(AssignmentMove.objects.values_list("from_state", "to_state"))
    assert moves == {("proposed", "accepted"), ("accepted", "active"), ("active", "ended")}


# --- Keeping in touch ---


@pytest.mark.django_db
def test_first_talk_makes_it_active_and_promises_the_next_step() -> None:
    assignment = accepted(on=DAY)
    talked(assignment, on=date(2026, 11, 3))
    assert assignment.state == AssignmentState.ACTIVE
    done = DatedTask.objects.get(occasion="first_hello")
    assert (done.outcome, done.done_on) == ("reached", date(2026, 11, 3))
    assert (next_step(assignment).occasion, next_step(assignment).due_on) == ("one_week", date(2026, 11, 8))


@pytest.mark.django_db
def test_no_answer_is_tried_again() -> None:
    assignment = accepted(on=DAY)
    talked(assignment, on=date(2026, 11, 4), outcome=Outcome.NOT_REACHED)
    assert assignment.state == AssignmentState.ACCEPTED
    assert (next_step(assignment).occasion, next_step(assignment).due_on) == ("first_hello:2", date(2026, 11, 7))
    talked(assignment, on=date(2026, 11, 7), outcome=Outcome.NOT_REACHED)
    talked(assignment, on=date(2026, 11, 10))
    assert next_step(assignment).occasion == "one_week"


@pytest.mark.django_db
def test_need_for_help_is_the_offices_at_once() -> None:
    assignment = accepted(on=DAY)
    talked(assignment, on=date(2026, 11, 3), outcome=Outcome.NEEDS_HELP)
    promise = DatedTask.objects.get(kind=HOST_HELP)
    assert (promise.owner, promise.due_on, promise.escalated_on) == (None, date(2026, 11, 3), date(2026, 11, 3))
    assert next_step(assignment).occasion == "one_week"


@pytest.mark.django_db
def test_help_stays_promised_when_the_assignment_ends() -> None:
    assignment = accepted(on=DAY)
    talked(assignment, on=DAY, outcome=Outcome.NEEDS_HELP)
    services.end(by=None, assignment=assignment, reason="Moved", on=DAY)
    assert assignment.tasks.open().get().kind == HOST_HELP


@pytest.mark.django_db
def test_double_tap_counts_once() -> None:
    assignment = accepted(on=DAY)
    submission = uuid.uuid4()
    first = talked(assignment, on=DAY, submission=submission)
    again = talked(Assignment.objects.get(pk=assignment.pk), on=DAY, submission=submission)
    assert first == again
    assert Conversation.objects.count() == 1
    assert next_step(assignment).occasion == "one_week"


@pytest.mark.django_db
def test_talk_long_before_a_step_leaves_the_step_promised() -> None:
    assignment = accepted(on=DAY)
    talked(assignment, on=date(2026, 11, 3))
    talked(assignment, on=date(2026, 11, 7))
    assert next_step(assignment).occasion == "one_month"
    talked(assignment, on=date(2026, 11, 12))
    assert next_step(assignment).occasion == "one_month"


@pytest.mark.django_db
def test_host_behind_the_plan_gets_the_next_step_tomorrow_not_yesterday() -> None:
    assignment = accepted(on=DAY)
    talked(assignment, on=date(2026, 11, 20))
    assert next_step(assignment).due_on == date(2026, 11, 21)


@pytest.mark.django_db
def test_last_step_settles_the_household() -> None:
    assignment = accepted(on=DAY)
    for day in (date(2026, 11, 3), date(2026, 11, 8), date(2026, 12, 1)):
        talked(assignment, on=day)
    assignment.household.refresh_from_db()
    assert assignment.state == AssignmentState.COMPLETED
    assert assignment.household.state == HouseholdState.SETTLED
    assert not assignment.tasks.open().exists()


@pytest.mark.django_db
def test_who_still_needs_help_at_the_last_step_is_not_left_alone() -> None:
    assignment = accepted(on=DAY)
    talked(assignment, on=date(2026, 11, 3))
    talked(assignment, on=date(2026, 11, 8))
    talked(assignment, on=date(2026, 12, 1), outcome=Outcome.NEEDS_HELP)
    assert next_step(assignment).occasion == "one_month:2"


@pytest.mark.django_db
def test_nothing_is_logged_before_the_host_said_yes() -> None:
    with pytest.raises(MoveRefused):
        talked(proposed(), on=DAY)


@pytest.mark.django_db
def test_note_with_an_identity_number_is_not_kept() -> None:
    with pytest.raises(ValidationError):
        talked(accepted(), on=DAY, note="Nummer 01010750160")
    assert not Conversation.objects.exists()


# --- Handing over ---


@pytest.mark.django_db
def test_handing_over_keeps_the_promise_and_its_day() -> None:
    assignment = accepted(on=DAY)
    talked(assignment, on=date(2026, 11, 3))
    other = HostFactory()
    new = services.hand_over(by=None, assignment=assignment, host=other, reason="Ill", on=date(2026, 11, 5))
    assert (assignment.state, assignment.end_reason) == (AssignmentState.HANDED_OVER, "Ill")
    services.accept(by=other.user, assignment=new, on=date(2026, 11, 6))
    task = next_step(new)
    assert (task.occasion, task.due_on, task.owner) == ("one_week", date(2026, 11, 8), other.user)
    talked(new, on=date(2026, 11, 8))
    assert next_step(new).due_on == date(2026, 12, 1)


@pytest.mark.django_db
def test_handing_over_to_a_full_host_changes_nothing() -> None:
    assignment = accepted(on=DAY)
    full = HostFactory(capacity=1)
    proposed(host=full)
    with pytest.raises(ValidationError, match="no room"):
        services.hand_over(by=None, assignment=assignment, host=full, reason="", on=DAY)
    assignment.refresh_from_db()
    assert assignment.state == AssignmentState.ACCEPTED
    assert (next_step(assignment).owner, _open(assignment.host)) == (assignment.host.user, 1)


@pytest.mark.django_db
def test_handing_over_to_the_same_host_or_another_town_is_refused() -> None:
    assignment = accepted()
    for host in (assignment.host, HostFactory(municipality=other_town())):
        with pytest.raises(ValidationError):
            services.hand_over(by=None, assignment=assignment, host=host, reason="", on=DAY)


@pytest.mark.django_db
def test_ended_for_those_who_moved_away_or_were_protected() -> None:
    gone, protected, here = accepted(), accepted(), accepted()
    Household.objects.filter(pk=gone.household.pk).update(state=HouseholdState.MOVED_AWAY)
    Household.objects.filter(pk=protected.household.pk).update(restricted=True, street="", postcode="", address_key="")
    services.end_lapsed(DAY)
    assert list(Assignment.objects.open()) == [here]
    assert (_open(gone.host), _open(protected.host), _open(here.host)) == (0, 0, 1)
    assert DatedTask.objects.open().count() == 1


# --- Whatever happens ---


class TestAnyWay(TestCase):
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.sampled_from(["yes", "no", "talk", "try", "help", "over", "end", "office"]), max_size=14))
    def test_who_is_followed_has_one_open_next_step(self, events: list[str]) -> None:
        """Whatever hosts and officers do, in any order, with a day between."""
        assignment = proposed(on=DAY)
        for number, event in enumerate(events):
            assignment = _happens(assignment, event, date.fromordinal(DAY.toordinal() + 3 * number))
        assignment.refresh_from_db()
        open_tasks = DatedTask.objects.open().filter(kind=FOLLOW_UP)
        if assignment.is_followed:
            assert open_tasks.count() == 1
            assert open_tasks.get().subject_id == assignment.pk
        elif not assignment.is_open:
            assert not open_tasks.exists()
        assert sum(Host.objects.values_list("open_assignments", flat=True)) == Assignment.objects.open().count()


def _happens(assignment: Assignment, event: str, on: date) -> Assignment:
    host = assignment.host
    try:
        if event == "yes":
            services.accept(by=host.user, assignment=assignment, on=on)
        elif event == "no":
            services.decline(by=host.user, assignment=assignment, on=on)
        elif event == "end":
            services.end(by=None, assignment=assignment, reason="", on=on)
        elif event == "over":
            return services.hand_over(by=None, assignment=assignment, host=HostFactory(), reason="", on=on)
        elif event == "office":
            task = assignment.tasks.open().filter(kind=FOLLOW_UP).first()
            if task:
                services.finish_for_host(by=host.user, task=task, on=on)
        else:
            outcome = {"talk": Outcome.REACHED, "try": Outcome.NOT_REACHED, "help": Outcome.NEEDS_HELP}[event]
            talked(assignment, on=on, outcome=outcome)
    except (MoveRefused, ValidationError):
        pass
    assignment.refresh_from_db()
    return assignment


@pytest.mark.django_db
def test_a_protected_household_has_no_host_from_that_moment() -> None:
    assignment = accepted()
    restrict(assignment.household, by=None)
    assignment.refresh_from_db()
    assignment.host.refresh_from_db()
    assert assignment.state == AssignmentState.ENDED
    assert assignment.host.open_assignments == 0
    assert not assignment.tasks.open().exists()


@pytest.mark.django_db
def test_it_is_protected_also_when_the_host_ends_it_at_that_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    assignment = accepted()

    def quicker(*args: object, **kwargs: object) -> None:
        raise MoveRefused

    monkeypatch.setattr(services, "move", quicker)
    restrict(assignment.household, by=None)
    assert Household.objects.get(pk=assignment.household.pk).restricted
