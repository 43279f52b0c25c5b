"""My page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from newcomers.access import own_person, registrations_to_look_at
from newcomers.enums import ConsentPurpose, ShareField
from newcomers.models import Household, Person
from newcomers.views_register import OPEN_TOO_LONG
from portal import clock, registry
from portal.municipalities.middleware import MunicipalityRequest, SignedInRequest

from newcomers import consents, services, services_registering
from newcomers.forms import OwnDetailsForm, language_choices

# --- My page --------------------------------------------------------------------------------------


@require_safe
def my_page(request: SignedInRequest) -> HttpResponse:
    person = own_person(request)
    if person is None:
        if services_registering.pending(request.user.email).filter(municipality=request.municipality).exists():
            return redirect("newcomers:register_mine", request.municipality.slug)
        waits = registrations_to_look_at().filter(municipality=request.municipality, email=request.user.email)
        return render(request, "newcomers/no_household.html", {"registration_waits": waits.exists()})
    if person.household.restricted:
        return render(request, "newcomers/protected.html")
    household = Household.objects.with_persons().get(pk=person.household_id)
    household.municipality = request.municipality
    on = clock.today()
    entries = registry.timeline(household, on, for_staff=False)
    return render(
        request,
        "newcomers/my_page.html",
        {
            "household": household,
            "person": person,
            "windows": [{"label": e.title, "lit": e.state == "done"} for e in entries if e.window],
            "next": [_timeline_item(entry) for entry in entries if entry.state != "done"],
            "done": [_timeline_item(entry) for entry in entries if entry.state == "done"],
            "facts": _facts(household, person),
            "consents": _consents(person),
            "sections": _sections(request, household),
        },
    )


def _timeline_item(entry: registry.TimelineEntry) -> dict[str, Any]:
    return {"date": entry.on, "title": entry.title, "text": entry.detail, "state": entry.state}


def _sections(request: SignedInRequest, household: Household) -> list[SafeString]:
    """What the other rooms have to say to this household."""
    return [
        render_to_string(section.template, section.context, request)
        for section in registry.my_page(request, household, clock.today())
    ]


def _facts(household: Household, person: Person) -> list[dict[str, Any]]:
    place = f"{household.postcode} {household.city}".strip()
    address = ", ".join(part for part in (household.care_of, household.street, place) if part)
    return [
        {"label": _("Adults"), "value": household.name},
        {"label": _("Children, by birth year"), "value": ", ".join(map(str, household.child_birth_years))},
        {"label": _("Address"), "value": address},
        {"label": _("Lives here"), "value": capfirst(household.get_residency_display())},
        {"label": _("Language of letters and mail"), "value": _language_name(household.language)},
        {"label": _("Your e-mail address"), "value": person.email},
        {"label": _("Your phone number"), "value": person.phone},
        {"label": _("Wishes"), "value": household.wishes},
        {"label": _("Letters and welcome package"), "value": _("Yes") if household.wants_post else _("No")},
    ]


def _language_name(code: str) -> str:
    return dict(language_choices(code))[code]


def _consents(person: Person) -> list[dict[str, Any]]:
    given = {
        consent.field: consent.given_at
        for consent in person.consents.filter(purpose=ConsentPurpose.HOST, withdrawn_at=None)
    }
    return [{"field": field.value, "label": field.label, "given_at": given.get(field.value)} for field in ShareField]


def edit(request: SignedInRequest) -> HttpResponse:
    person = _own_person_or_404(request)
    form = OwnDetailsForm(request.POST if request.method == "POST" else None, person=person)
    if form.is_valid():
        services.update_own_details(person, **form.cleaned_data, by=request.user)
        messages.success(request, _("Saved."))
        return redirect("newcomers:my_page", request.municipality.slug)
    return render(request, "newcomers/edit.html", {"form": form})


def edit_again(request: MunicipalityRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect_to_login(request.path)
    form = OwnDetailsForm(person=_own_person_or_404(request))
    form.show_again(request.POST)
    messages.warning(request, OPEN_TOO_LONG)
    return render(request, "newcomers/edit.html", {"form": form}, status=403)


edit.keeps_typed = edit_again  # type: ignore[attr-defined]  # as above


@require_POST
def consent(request: SignedInRequest, field: str) -> HttpResponse:
    person = _own_person_or_404(request)
    if field not in ShareField.values:
        raise Http404
    if request.POST.get("answer") == "yes":
        consents.give_consent(person, field=field)
        messages.success(request, _("Your host may see it from now on."))
    else:
        consents.withdraw_consent(person, field=field)
        messages.success(request, _("Your host no longer sees it."))
    return redirect(reverse("newcomers:my_page", args=[request.municipality.slug]) + "#sharing")


def _own_person_or_404(request: MunicipalityRequest) -> Person:
    person = own_person(request)
    if person is None or person.household.restricted:
        raise Http404
    return person
