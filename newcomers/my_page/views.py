"""My page: what happens next, what has happened, and the ways on to all that can be seen and steered."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from newcomers import members
from newcomers.access import own_person, registrations_to_look_at
from newcomers.enums import HouseholdState
from newcomers.forms import address_line, language_choices
from newcomers.models import Household, Person
from newcomers.my_page import services
from newcomers.my_page.shared import own_household, own_person_or_404, ways_of_moving
from newcomers.registering import services as registering
from portal import clock, registry
from portal.municipalities.middleware import SignedInRequest
from portal.pages.enums import Topic
from portal.pages.reading import topic_links


@require_safe
def my_page(request: SignedInRequest) -> HttpResponse:
    person = own_person(request)
    if person is None:
        if registering.pending(request.user.email).filter(municipality=request.municipality).exists():
            return redirect("newcomers:register_mine", request.municipality.slug)
        waits = registrations_to_look_at().filter(municipality=request.municipality, email=request.user.email).exists()
        if not waits and members.invitations(request.user, request.municipality).exists():
            return redirect("newcomers:invited", request.municipality.slug)
        return render(request, "newcomers/no_household.html", {"registration_waits": waits})
    if person.household.restricted:
        return render(request, "newcomers/protected.html", {"number": str(person.household_id)[:8]})
    household, on = own_household(request), clock.today()
    entries = registry.timeline(household, on, for_staff=False)
    steps = _steps(household)
    has_moved_away = household.state == HouseholdState.MOVED_AWAY
    context = {
        "household": household,
        "person": person,
        "has_moved_away": has_moved_away,
        "windows": [{"label": e.title, "lit": e.state == "done"} for e in entries if e.window],
        "next": [_timeline_item(entry) for entry in entries if entry.state != "done"],
        "done": [_timeline_item(entry) for entry in entries if entry.state == "done"],
        "steps_count": len(steps),
        "steps_done": sum(item.done_on is not None for item in steps),
        "next_step": services.next_step(steps),
        "sections": [] if has_moved_away else _sections(request, household, on, page="overview"),
        "ways": _ways_on(household),
    }
    return render(request, "newcomers/my_page.html", context)


def _timeline_item(entry: registry.TimelineEntry) -> dict[str, Any]:
    promised = _("Promised by: %(name)s") % {"name": entry.by} if entry.by and entry.state != "done" else ""
    text = " ".join(part for part in (entry.detail, promised) if part)
    return {"date": entry.on, "title": entry.title, "text": text, "state": entry.state}


def _sections(request: SignedInRequest, household: Household, on: date, *, page: str) -> list[SafeString]:
    """What the rooms have to say to this household."""
    return [
        render_to_string(section.template, section.context, request)
        for section in registry.my_page(request, household, on, page=page)
    ]


def _ways_on(household: Household) -> list[dict[str, str]]:
    """All that can be seen and steered, as far as it fits where the household stands."""
    names, moving = {"people": _("The people in your household")}, ways_of_moving(household)
    if household.state != HouseholdState.MOVED_AWAY:
        names["choices"] = _("What we may share, and write to you about")
    names["data"] = _("What we know about you")
    if household.state != HouseholdState.MOVED_AWAY:
        names["plans"] = _("Our plans have changed")
        names["address"] = moving["address"]
    if household.state == HouseholdState.MOVED_IN:
        names["settled"] = _("We feel at home here")
    if "away" in moving:
        names["away"] = moving["away"]
    if household.state == HouseholdState.MOVED_AWAY and not household.said_farewell:
        names["farewell"] = _("Two questions before you go")
    if household.state in {HouseholdState.CONSIDERING, HouseholdState.PLANNING}:
        names["not_coming"] = _("We are not coming after all")
    slug = household.municipality.slug
    return [{"url": reverse(f"newcomers:{name}", args=[slug]), "label": label} for name, label in names.items()]


# --- First steps ----------------------------------------------------------------------------------


def _steps(household: Household) -> list[services.StepToDo]:
    return services.steps_of(household, get_language() or household.municipality.main_language)


@require_safe
def steps(request: SignedInRequest) -> HttpResponse:
    """What to do first, each with a button to tick it off."""
    household = own_household(request)
    municipality = request.municipality
    links = topic_links(municipality, get_language() or municipality.main_language)
    items = _steps(household)
    context = {
        "items": [
            {"to_do": item, "topic_link": links.get(Topic(item.step.topic)) if item.step.topic else None}
            for item in items
        ],
        "done": sum(item.done_on is not None for item in items),
    }
    return render(request, "newcomers/my_steps.html", context)


@require_POST
def tick(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Done, or not done after all."""
    household = own_person_or_404(request).household
    step = get_object_or_404(request.municipality.steps, pk=pk)
    if request.POST.get("done") == "yes":
        services.tick(household, step, on=clock.today())
        messages.success(request, _("Well done. One thing less to think of."))
    else:
        services.untick(household, step)
    return redirect(reverse("newcomers:steps", args=[request.municipality.slug]) + f"#step-{step.pk}")


# --- What we know ---------------------------------------------------------------------------------


@require_safe
def data(request: SignedInRequest) -> HttpResponse:
    """What is known of them, and what the rooms let them do with it."""
    household, person = own_household(request), own_person_or_404(request)
    sections = _sections(request, household, clock.today(), page="data")
    return render(request, "newcomers/my_data.html", {"facts": _facts(household, person), "sections": sections})


def _facts(household: Household, person: Person) -> list[dict[str, Any]]:
    address = address_line(household.street, household.postcode, household.city, household.care_of)
    language = dict(language_choices(household.language))[household.language]
    return [
        {"label": _("Adults"), "value": household.name},
        {"label": _("Children, by birth year"), "value": ", ".join(map(str, household.child_birth_years))},
        {"label": _("Address"), "value": address},
        {"label": _("Lives here"), "value": capfirst(household.get_residency_display())},
        {"label": _("What brings you here"), "value": capfirst(household.get_part_time_kind_display())},
        {"label": _("What would make you stay longer"), "value": household.stay_longer},
        {"label": _("Language of letters and mail"), "value": language},
        {"label": _("Your birth year"), "value": person.birth_year},
        {"label": _("Your e-mail address"), "value": person.email},
        {"label": _("Your phone number"), "value": person.phone},
        {"label": _("Wishes"), "value": household.wishes},
        {"label": _("Letters and welcome package"), "value": _("Yes") if household.wants_post else _("No")},
    ]
