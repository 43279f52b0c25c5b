"""What a host sees: their own open assignments, and of the newcomers what these share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from newcomers.enums import ConsentPurpose, ShareField
from newcomers.models import Consent, Household
from portal.accounts.models import User
from portal.municipalities.access import has_permission
from portal.municipalities.enums import Permission
from portal.municipalities.middleware import MunicipalityRequest, SignedInRequest
from portal.municipalities.models import DatedTask
from portal.registry import Action
from privacy import access_log
from privacy.enums import HOST, AccessKind
from welcome.hosting.enums import ANSWER
from welcome.hosting.models import Assignment, AssignmentQuerySet, FollowUpStep, Host, language_name
from welcome.hosting.services import step_of


def host_of(request: MunicipalityRequest) -> Host:
    """The host who is signed in; to everybody else the pages do not exist."""
    if not request.user.is_authenticated:
        raise Http404
    return get_object_or_404(request.municipality.hosts.select_related("user"), user=request.user)


def why_not_merge(kept: Household, gone: Household) -> str:
    """Two hosts who both follow the same people: somebody talks with them first."""
    if Assignment.objects.open().filter(household__in=[kept, gone]).count() > 1:
        return _("Both have a host. End one of the two assignments first.")
    return ""


def landing(user: User) -> str | None:
    """Hosts go to their newcomers."""
    host = Host.objects.filter(user=user, municipality__is_active=True).select_related("municipality").first()
    return reverse("hosting:newcomers", args=[host.municipality.slug]) if host else None


def is_host(request: HttpRequest) -> bool:
    """Whether the header shows the way to the host pages; looked up once a request."""
    if not hasattr(request, "_is_host"):
        municipality = request.municipality  # type: ignore[attr-defined]  # asked for under a municipality only
        user = request.user
        found = user.is_authenticated and municipality.hosts.filter(user=user).exists()
        request._is_host = found  # type: ignore[attr-defined]  # a cache on this request only
    return bool(request._is_host)  # type: ignore[attr-defined]  # set on the line above


def actions(user: User, household: Household) -> Iterable[Action]:
    """The office finds a host for a household that has none, or sees whom it has."""
    if not has_permission(user, Permission.HOSTS_MANAGE, household.municipality):
        return
    assignment = household.assignments.open().first()
    if assignment:
        yield Action(_("The host"), reverse("admin:hosting_assignment_change", args=[assignment.pk]))
    else:
        yield Action(_("Give them a host"), f"{reverse('admin:hosting_assignment_add')}?household={household.pk}")


def newcomers_of(host: Host) -> AssignmentQuerySet:
    return AssignmentQuerySet(Assignment).filter(host=host).open().shown().with_next_step()


def note_access(request: SignedInRequest, kind: AccessKind, assignment: Assignment | None = None) -> None:
    """The host has opened one of their own pages; the household sees that on My page."""
    page = request.resolver_match.view_name if request.resolver_match else ""
    if assignment is None:
        own = [request.municipality.pk]
        access_log.note_list(by=request.user, role=HOST, page=page, municipalities=own, kind=kind)
        return
    household = assignment.household
    shown = [access_log.Seen(household.pk, household.municipality_id, None)]
    access_log.note(by=request.user, role=HOST, kind=kind, page=page, seen=shown)


@dataclass(frozen=True)
class Card:
    """One household as its host sees it. The assignment comes from `with_next_step`."""

    assignment: Assignment
    on: date

    @property
    def names(self) -> str:
        return self.assignment.household.first_names

    @property
    def place(self) -> str:
        return self.assignment.household.city

    @property
    def language(self) -> str:
        return language_name(self.assignment.household.language)

    @property
    def asks_for_answer(self) -> bool:
        return not self.assignment.is_followed

    @property
    def task(self) -> DatedTask | None:
        """What to do next: first of all, to answer."""
        tasks: list[DatedTask] = self.assignment.open_follow_ups  # type: ignore[attr-defined]  # prefetched
        answers = [task for task in tasks if task.occasion == ANSWER]
        return next(iter(answers or tasks), None)

    @property
    def step(self) -> FollowUpStep | None:
        return step_of(self.task, self.assignment.plan) if self.task else None

    @property
    def state(self) -> str:
        """As the design's windows have it: late, next, or later."""
        if self.task is None or self.task.due_on > self.on:
            return ""
        return "late" if self.task.due_on < self.on else "next"

    @property
    def windows(self) -> list[dict[str, object]]:
        """One for each step of the plan; lit up to the one that is next."""
        tasks: list[DatedTask] = self.assignment.open_follow_ups  # type: ignore[attr-defined]  # prefetched
        steps = [step for task in tasks if (step := step_of(task, self.assignment.plan))]
        reached = steps[0].order if steps else 0
        return [{"label": str(step), "lit": step.order < reached} for step in self.assignment.plan.steps.all()]

    @property
    def steps_done(self) -> int:
        return sum(bool(window["lit"]) for window in self.windows)


def cards(assignments: Iterable[Assignment], on: date) -> list[Card]:
    """What is due first comes first."""
    found = [Card(assignment, on) for assignment in assignments]
    return sorted(found, key=lambda card: (card.task.due_on if card.task else date.max, card.names))


@dataclass(frozen=True)
class SharedContact:
    name: str
    phone: str
    email: str
    address: str


def shared_contacts(assignment: Assignment) -> list[SharedContact]:
    """Field by field as each person lets their host see it, once the host has said yes."""
    if not assignment.is_followed:
        return []
    household = assignment.household
    open_consents = Consent.objects.filter(purpose=ConsentPurpose.HOST, withdrawn_at=None)
    persons = household.persons.filter(is_adult=True).prefetch_related(
        Prefetch("consents", open_consents, to_attr="open_consents")
    )
    found = []
    for person in persons:
        shared = {consent.field for consent in person.open_consents}
        address = f"{household.street}\n{household.postcode} {household.city}" if household.street else ""
        found.append(
            SharedContact(
                name=person.first_name,
                phone=person.phone if ShareField.PHONE in shared else "",
                email=person.email if ShareField.EMAIL in shared else "",
                address=address if ShareField.ADDRESS in shared else "",
            )
        )
    return [contact for contact in found if contact.phone or contact.email or contact.address]
