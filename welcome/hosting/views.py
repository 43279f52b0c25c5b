"""The host's own pages: who are my newcomers, what is next, and how did it go."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal import clock
from portal.municipalities.middleware import SignedInRequest
from portal.pages.reading import ContactCard
from portal.pages.texts import text_in
from privacy.enums import AccessKind
from welcome.hosting import services
from welcome.hosting.access import Card, cards, host_of, newcomers_of, note_access, shared_contacts
from welcome.hosting.enums import Outcome
from welcome.hosting.forms import ConversationForm, DeclineForm
from welcome.hosting.models import Assignment, FollowUpPlan
from welcome.hosting.services import MoveRefused


@require_safe
def newcomers(request: SignedInRequest) -> HttpResponse:
    """All of the host's households, what is due first."""
    host = host_of(request)
    found = cards(newcomers_of(host), clock.today())
    note_access(request, AccessKind.LISTED)
    return render(request, "hosting/newcomers.html", {"host": host, "cards": found})


@require_safe
def newcomer(request: SignedInRequest, assignment_id: UUID) -> HttpResponse:
    assignment = _own(request, assignment_id)
    note_access(request, AccessKind.VIEWED, assignment)
    context = {
        "card": Card(assignment, clock.today()),
        "assignment": assignment,
        "way_back": _way_back(request),
        "contacts": shared_contacts(assignment),
        "points": _points(request, assignment.plan),
        "conversations": assignment.conversations.order_by("-on", "-logged_at"),
    }
    return render(request, "hosting/newcomer.html", context)


@require_POST
def accept(request: SignedInRequest, assignment_id: UUID) -> HttpResponse:
    assignment = _own(request, assignment_id)
    try:
        services.accept(by=request.user, assignment=assignment, on=clock.today())
    except (MoveRefused, ValidationError) as error:
        return _told(request, error)
    note_access(request, AccessKind.CHANGED, assignment)
    messages.success(request, _("Thank you for saying yes! Here is what to do first."))
    return redirect("hosting:newcomer", request.municipality.slug, assignment.pk)


@require_POST
def decline(request: SignedInRequest, assignment_id: UUID) -> HttpResponse:
    assignment = _own(request, assignment_id)
    form = DeclineForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        services.decline(by=request.user, assignment=assignment, on=clock.today(), reason=reason)
    except MoveRefused as error:
        return _told(request, error)
    note_access(request, AccessKind.CHANGED, assignment)
    messages.success(request, _("Thank you for telling us. The service office finds somebody else."))
    return redirect("hosting:newcomers", request.municipality.slug)


def contact(request: SignedInRequest, assignment_id: UUID) -> HttpResponse:
    """Three big buttons. The second tap, on one of them, logs the contact."""
    if request.method == "POST" and (known := _logged_already(request, assignment_id)):
        return known
    assignment = _own(request, assignment_id)
    form = ConversationForm(request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid():
        return _contact_page(request, assignment, form)
    try:
        services.log_conversation(
            by=request.user,
            assignment=assignment,
            outcome=Outcome(form.cleaned_data["outcome"]),
            note=form.cleaned_data["note"],
            on=clock.today(),
            submission=form.cleaned_data["submission"],
        )
    except MoveRefused as error:
        return _told(request, error)
    note_access(request, AccessKind.CHANGED, assignment)
    messages.success(request, _thanks(assignment, form.cleaned_data["outcome"]))
    return redirect("hosting:newcomers", request.municipality.slug)


def _contact_again(request: SignedInRequest) -> HttpResponse:
    """The page was open too long for its safety code: everything typed is still here."""
    match = request.resolver_match
    assignment = _own(request, match.kwargs["assignment_id"]) if match else None
    if assignment is None:
        return redirect("hosting:newcomers", request.municipality.slug)
    form = ConversationForm()
    form.show_again(request.POST)
    messages.warning(request, _("This page was open for a long time. Tap once more, and it is logged."))
    return _contact_page(request, assignment, form)


contact.keeps_typed = _contact_again  # type: ignore[attr-defined]  # read by portal.views.csrf_failure


def _own(request: SignedInRequest, assignment_id: UUID) -> Assignment:
    return get_object_or_404(newcomers_of(host_of(request)), pk=assignment_id)


def _logged_already(request: SignedInRequest, assignment_id: UUID) -> HttpResponse | None:
    """The second of two taps, also when the first was the last step and the household is no longer listed."""
    form = ConversationForm(request.POST)
    logged = form.is_valid() and host_of(request).assignments.filter(
        pk=assignment_id, conversations__submission=form.cleaned_data["submission"]
    )
    return redirect("hosting:newcomers", request.municipality.slug) if logged else None


def _contact_page(request: SignedInRequest, assignment: Assignment, form: ConversationForm) -> HttpResponse:
    if not assignment.is_followed:
        return redirect("hosting:newcomer", request.municipality.slug, assignment.pk)
    card = Card(assignment, clock.today())
    note_access(request, AccessKind.VIEWED, assignment)
    way_back = _way_back(request, card)
    context = {"card": card, "form": form, "outcomes": Outcome.choices, "way_back": way_back}
    return render(request, "hosting/contact.html", context)


def _way_back(request: SignedInRequest, card: Card | None = None) -> list[dict[str, str]]:
    slug = request.municipality.slug
    way = [{"label": _("My newcomers"), "url": reverse("hosting:newcomers", args=[slug])}]
    if card:
        way.append({"label": card.names, "url": reverse("hosting:newcomer", args=[slug, card.assignment.pk])})
    return way


def _told(request: SignedInRequest, error: MoveRefused | ValidationError) -> HttpResponse:
    text = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
    messages.error(request, text)
    return redirect("hosting:newcomers", request.municipality.slug)


def _thanks(assignment: Assignment, outcome: str) -> str:
    task = assignment.tasks.open().filter(owner__isnull=False).order_by("due_on").first()
    day = date_format(task.due_on, "DATE_FORMAT") if task else ""
    if outcome == Outcome.NEEDS_HELP:
        return _("Thank you. The service office has it on its list now.")
    if outcome == Outcome.NOT_REACHED:
        return _("Thank you for trying. Try again by %(day)s.") % {"day": day}
    if not task:
        return _("Thank you! Every step is done, and they stand on their own feet.")
    step = services.step_of(task, assignment.plan)
    return _("Thank you. Next: %(step)s, by %(day)s.") % {"step": step, "day": day}


def _points(request: SignedInRequest, plan: FollowUpPlan) -> dict[str, list[dict[str, object]]]:
    """What a host helps with and what not, and who to ask about it."""
    language = get_language() or request.municipality.main_language
    found: dict[str, list[dict[str, object]]] = {"helps": [], "does_not": []}
    points = plan.points.select_related("contact").prefetch_related("translations", "contact__translations")
    for point in points:
        desk = point.contact and ContactCard.of(point.contact, language, request.municipality.main_language)
        text = text_in(point, language, request.municipality.main_language)
        found["helps" if point.helps else "does_not"].append({"text": text.text if text else "", "desk": desk})
    return found
