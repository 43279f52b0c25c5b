"""What happens between a host and a household. Each step is a promise somebody has."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from newcomers import services as newcomers
from newcomers.enums import HouseholdState
from newcomers.models import Household
from newcomers.office.services import note_contact
from portal import clock
from portal.accounts.models import User
from portal.identity_numbers import no_identity_number
from portal.municipalities import reminders
from portal.municipalities.models import DatedTask
from welcome.hosting import messages
from welcome.hosting.enums import (
    ANSWER,
    FOLLOW_UP,
    FOLLOWED_STATES,
    HOST_HELP,
    OPEN_STATES,
    TRANSITIONS,
    AssignmentState,
    Outcome,
)
from welcome.hosting.models import Assignment, AssignmentMove, Conversation, FollowUpPlan, FollowUpStep, Host

DAYS_TO_ANSWER = 3
DAYS_TO_TRY_AGAIN = 3
# A contact this long before a step is due counts as the step; an earlier one is a talk in between.
DAYS_EARLY = 7
DONE_BY_OFFICE = "done_by_office"


class MoveRefused(Exception):
    """The assignment is no longer in a state that allows this: somebody else was quicker."""


# --- Finding a host ---


@transaction.atomic
def add_host(*, by: User | None, host: Host, email: str, name: str) -> Host:
    """Make somebody a host, with an account if there is none."""
    host.user = User.objects.for_email(email, name=name, language=host.municipality.main_language)
    if host.municipality.hosts.filter(user=host.user).exists():
        raise ValidationError({"email": _("This person is a host here already.")})
    host.save()
    return host


@transaction.atomic
def assign_host(*, by: User | None, household: Household, host: Host, on: date) -> Assignment:
    """Ask a host to follow a household. They have some days to answer."""
    _check_household(household)
    _check_same_municipality(household, host)
    plan = FollowUpPlan.objects.filter(municipality=household.municipality_id, is_default=True).first()
    if plan is None:
        raise ValidationError(_("There is no follow-up plan yet. Make one, and use it for new households."))
    return _propose(household=household, host=host, plan=plan, on=on)


def _check_household(household: Household) -> None:
    # Asked of the database: the household may have been protected since the page was opened.
    if not Household.objects.shown().filter(pk=household.pk).exists():
        raise ValidationError({"household": _("This household cannot have a host.")})
    if household.state == HouseholdState.MOVED_AWAY:
        raise ValidationError({"household": _("This household has moved away.")})


def _check_same_municipality(household: Household, host: Host) -> None:
    if host.municipality_id != household.municipality_id:
        raise ValidationError({"host": _("This host lives in another municipality.")})


def _propose(
    *, household: Household, host: Host, plan: FollowUpPlan, on: date, steps_from: date | None = None
) -> Assignment:
    _take_place(host)
    try:
        with transaction.atomic():
            assignment = Assignment.objects.create(
                municipality=household.municipality,
                household=household,
                host=host,
                plan=plan,
                proposed_on=on,
                steps_from=steps_from,
            )
    except IntegrityError:
        raise ValidationError({"household": _("This household has a host already.")}) from None
    _promise(assignment, ANSWER, on + timedelta(days=DAYS_TO_ANSWER))
    messages.tell_host(assignment)
    return assignment


def _take_place(host: Host) -> None:
    free = Host.objects.filter(pk=host.pk, is_active=True, open_assignments__lt=F("capacity"))
    if not free.update(open_assignments=F("open_assignments") + 1):
        raise ValidationError({"host": _("This host has no room for one more now. Choose another.")})


def free_place(host_id: UUID) -> None:
    Host.objects.filter(pk=host_id, open_assignments__gt=0).update(open_assignments=F("open_assignments") - 1)


# --- Moving ---


def move(assignment: Assignment, *, to: AssignmentState, by: User | None, on: date, **facts: object) -> None:
    """The one door between states. Of two at once, one gets through and the other is told."""
    old = assignment.state
    if (old, to) not in TRANSITIONS:
        raise MoveRefused(_("This has changed since you opened the page. Look again."))
    leaves = to not in OPEN_STATES
    if leaves:
        facts["ended_on"] = on
    if not Assignment.objects.filter(pk=assignment.pk, state=old).update(state=to, **facts):
        raise MoveRefused(_("This has changed since you opened the page. Look again."))
    AssignmentMove.objects.create(assignment=assignment, from_state=old, to_state=to, on=on, by=by)
    if leaves:
        free_place(assignment.host_id)
    assignment.state = to
    for name, value in facts.items():
        setattr(assignment, name, value)


@transaction.atomic
def accept(*, by: User | None, assignment: Assignment, on: date) -> None:
    steps_from = assignment.steps_from or on
    move(assignment, to=AssignmentState.ACCEPTED, by=by, on=on, accepted_on=on, steps_from=steps_from)
    answer = assignment.tasks.open().filter(kind=FOLLOW_UP, occasion=ANSWER).first()
    if answer:
        reminders.close(answer, on=on, outcome="accepted")
    # After a hand-over the next step is promised already, and came along.
    if not assignment.tasks.open().filter(kind=FOLLOW_UP).exists():
        _promise_step(assignment, _step_after(assignment, None), on)


@transaction.atomic
def decline(*, by: User | None, assignment: Assignment, on: date, reason: str = "") -> None:
    no_identity_number(reason)
    move(assignment, to=AssignmentState.DECLINED, by=by, on=on, end_reason=reason)
    _close_follow_ups(assignment, on, AssignmentState.DECLINED)


@transaction.atomic
def end(*, by: User | None, assignment: Assignment, reason: str, on: date) -> None:
    no_identity_number(reason)
    move(assignment, to=AssignmentState.ENDED, by=by, on=on, end_reason=reason)
    _close_follow_ups(assignment, on, AssignmentState.ENDED)


@transaction.atomic
def complete(*, by: User | None, assignment: Assignment, on: date) -> None:
    """The household stands on its own feet, and the host withdraws."""
    move(assignment, to=AssignmentState.COMPLETED, by=by, on=on)
    _close_follow_ups(assignment, on, AssignmentState.COMPLETED)
    messages.thank_host(assignment)
    household = Household.objects.get(pk=assignment.household_id)
    # Settled already, or moved away just now: that is for the office to say.
    if household.state == HouseholdState.MOVED_IN:
        with suppress(newcomers.MoveRefused):
            newcomers.move(household, to=HouseholdState.SETTLED, by=by, on=on)


@transaction.atomic
def hand_over(*, by: User | None, assignment: Assignment, host: Host, reason: str, on: date) -> Assignment:
    """Ask another host to take over. The promised next step goes along, with its day."""
    no_identity_number(reason)
    if host.pk == assignment.host_id:
        raise ValidationError({"host": _("Choose another host than the one they have.")})
    _check_same_municipality(assignment.household, host)
    move(assignment, to=AssignmentState.HANDED_OVER, by=by, on=on, end_reason=reason)
    answer = assignment.tasks.open().filter(kind=FOLLOW_UP, occasion=ANSWER).first()
    if answer:
        reminders.close(answer, on=on, outcome=AssignmentState.HANDED_OVER)
    new = _propose(
        household=assignment.household,
        host=host,
        plan=assignment.plan,
        on=on,
        steps_from=assignment.steps_from,
    )
    open_tasks = assignment.tasks.open()
    open_tasks.filter(kind=FOLLOW_UP).update(owner=host.user, reminded_on=None, escalated_on=None)
    open_tasks.update(subject_id=new.pk)
    return new


def end_for_protected(household: Household) -> None:
    """A household that is protected has no host from this moment on."""
    for assignment in Assignment.objects.open().filter(household=household):
        with suppress(MoveRefused):  # the host or the office was quicker
            _end_lapsed(assignment, clock.today())


def follow_state(household: Household, to: str, by: User | None, on: date) -> None:
    """A household that has settled needs its host no more; one that moved away has none (portal.registry)."""
    if to not in {HouseholdState.SETTLED, HouseholdState.MOVED_AWAY}:
        return
    for assignment in Assignment.objects.open().filter(household=household).select_related("host__user"):
        with suppress(MoveRefused):  # the host or the office was quicker
            if to == HouseholdState.SETTLED and assignment.is_followed:
                complete(by=by, assignment=assignment, on=on)
            else:
                _end_lapsed(assignment, on)


def end_lapsed(on: date) -> None:
    """Withdraw from households that are settled; end what goes on with those who were protected or moved away."""
    gone = Q(household__restricted=True) | Q(household__state=HouseholdState.MOVED_AWAY)
    for assignment in Assignment.objects.open().filter(gone).iterator(chunk_size=200):
        with suppress(MoveRefused):
            _end_lapsed(assignment, on)
    settled = Assignment.objects.filter(state__in=FOLLOWED_STATES, household__state=HouseholdState.SETTLED)
    for assignment in settled.iterator(chunk_size=200):
        with suppress(MoveRefused):
            complete(by=None, assignment=assignment, on=on)


@transaction.atomic
def _end_lapsed(assignment: Assignment, on: date) -> None:
    move(assignment, to=AssignmentState.ENDED, by=None, on=on)
    assignment.tasks.open().update(done_on=on, outcome=reminders.NOT_CURRENT)


# --- Keeping in touch ---


@transaction.atomic
def log_conversation(
    *, by: User, assignment: Assignment, outcome: Outcome, note: str = "", on: date, submission: UUID
) -> Conversation:
    """Note a contact. Sent twice, it counts once."""
    known = Conversation.objects.filter(submission=submission, assignment=assignment).first()
    if known:
        return known
    if not assignment.is_followed:
        raise MoveRefused(_("This has changed since you opened the page. Look again."))
    task = _kept_by_contact(assignment, on)
    conversation, created = Conversation.objects.get_or_create(
        submission=submission,
        assignment=assignment,
        defaults={"on": on, "outcome": outcome, "note": note.strip(), "by": by, "task": task},
    )
    if not created:  # the same form from two taps at once
        return conversation
    if outcome == Outcome.NEEDS_HELP:
        _promise_help(assignment, conversation)
    if outcome != Outcome.NOT_REACHED:
        note_contact(assignment.household, on)
    if outcome != Outcome.NOT_REACHED and assignment.state == AssignmentState.ACCEPTED:
        move(assignment, to=AssignmentState.ACTIVE, by=by, on=on)
    if task:
        _go_on(assignment, task, outcome=outcome, by=by, on=on)
    return conversation


def _kept_by_contact(assignment: Assignment, on: date) -> DatedTask | None:
    task: DatedTask | None = assignment.tasks.open().filter(kind=FOLLOW_UP).first()
    first_contact = assignment.state == AssignmentState.ACCEPTED
    if task and (first_contact or task.due_on <= on + timedelta(days=DAYS_EARLY)):
        return task
    return None


def _go_on(assignment: Assignment, task: DatedTask, *, outcome: str, by: User | None, on: date) -> None:
    """Close the promise and make the next: try again, the next step of the plan, or nothing is left."""
    if not reminders.close(task, on=on, outcome=outcome):
        return
    step = step_of(task, assignment.plan)
    if outcome == Outcome.NOT_REACHED:
        _try_again(assignment, task, on)
    elif next_step := _step_after(assignment, step):
        _promise_step(assignment, next_step, on)
    elif outcome == Outcome.NEEDS_HELP:
        _try_again(assignment, task, on)
    else:
        complete(by=by, assignment=assignment, on=on)


@transaction.atomic
def finish_for_host(*, by: User, task: DatedTask, on: date) -> None:
    """The office got in touch instead of the host."""
    assignment = Assignment.objects.select_related("plan", "host").get(pk=task.subject_id)
    if task.occasion == ANSWER:
        raise ValidationError(_("Only the host can answer. End the assignment, or give it to another host."))
    _go_on(assignment, task, outcome=DONE_BY_OFFICE, by=by, on=on)


# --- Promises ---


def step_of(task: DatedTask, plan: FollowUpPlan) -> FollowUpStep | None:
    """The step a promise is about; "one_month:2" is the second try."""
    code = task.occasion.partition(":")[0]
    return next((step for step in plan.steps.all() if step.code == code), None)


def _step_after(assignment: Assignment, step: FollowUpStep | None) -> FollowUpStep | None:
    later = [s for s in assignment.plan.steps.all() if step is None or s.order > step.order]
    return min(later, key=lambda s: s.order, default=None)


def _promise_step(assignment: Assignment, step: FollowUpStep | None, on: date) -> None:
    """On the plan's day; if the host is behind the plan, tomorrow."""
    if step is None:
        raise ValidationError(_("The follow-up plan has no steps. Add one first."))
    days = timedelta(days=step.days_after_acceptance)
    planned = (assignment.steps_from or on) + days
    _promise(assignment, step.code, max(planned, on + min(days, timedelta(days=1))))


def _try_again(assignment: Assignment, task: DatedTask, on: date) -> None:
    code, _colon, number = task.occasion.partition(":")
    due_on = max(task.due_on, on + timedelta(days=DAYS_TO_TRY_AGAIN))
    _promise(assignment, f"{code}:{int(number or 1) + 1}", due_on)


def _promise(assignment: Assignment, occasion: str, due_on: date) -> None:
    reminders.promise(
        kind=FOLLOW_UP,
        subject=assignment,
        occasion=occasion,
        municipality=assignment.municipality,
        owner=assignment.host.user,
        due_on=due_on,
    )


def _promise_help(assignment: Assignment, conversation: Conversation) -> None:
    """The office's own, and on its list at once."""
    reminders.promise(
        kind=HOST_HELP,
        subject=assignment,
        occasion=f"help:{conversation.pk.hex}",
        municipality=assignment.municipality,
        owner=None,
        due_on=conversation.on,
        escalated_on=conversation.on,
    )


def _close_follow_ups(assignment: Assignment, on: date, outcome: str) -> None:
    """What the newcomers asked of the office stays promised."""
    assignment.tasks.open().filter(kind=FOLLOW_UP).update(done_on=on, outcome=outcome)
