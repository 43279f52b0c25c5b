"""A household's own pages about its data. No address names a household: it is always the reader's own."""

from __future__ import annotations

import json
from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from newcomers.access import own_person
from newcomers.models import Person
from portal import clock
from portal.municipalities.middleware import SignedInRequest
from privacy import access_log, erasure, export
from privacy.enums import THEMSELVES, AccessKind
from privacy.models import ErasureRequest
from privacy.my_page import who_has_looked

DAYS_OF_LISTS = 365


def _own_person(request: SignedInRequest) -> Person:
    person = own_person(request)
    if person is None or person.household.restricted:
        raise Http404
    return person


@require_safe
def looked(request: SignedInRequest) -> HttpResponse:
    household = _own_person(request).household
    since = timezone.now() - timedelta(days=DAYS_OF_LISTS)
    context = {"lines": who_has_looked(household), "lists": access_log.lists_since(household, since)}
    return render(request, "privacy/looked.html", context)


@require_safe
def own_json(request: SignedInRequest) -> HttpResponse:
    person = _own_person(request)
    content = json.dumps(export.as_json(export.subject_of(person)), ensure_ascii=False, indent=2)
    return _file(request, person, content.encode(), "json")


@require_safe
def own_pdf(request: SignedInRequest) -> HttpResponse:
    person = _own_person(request)
    language = get_language() or request.municipality.main_language
    return _file(request, person, export.as_pdf(export.subject_of(person), language, clock.today()), "pdf")


def _file(request: SignedInRequest, person: Person, content: bytes, kind: str) -> HttpResponse:
    shown = [access_log.Seen(person.household_id, request.municipality.pk, None)]
    access_log.note(by=request.user, role=THEMSELVES, kind=AccessKind.EXPORTED, page=f"privacy:own_{kind}", seen=shown)
    return export.response(content, request.municipality, kind)


@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: SignedInRequest) -> HttpResponse:
    """What is erased, what must be kept and why; then one button."""
    person = _own_person(request)
    on = clock.today()
    if request.method == "POST":
        asked = erasure.ask(household=person.household, by=request.user, on=on)
        day = {"day": date_format(asked.due_on, "DATE_FORMAT")}
        messages.success(request, _("We erase everything by %(day)s. You can take it back until then.") % day)
        return redirect("newcomers:data", request.municipality.slug)
    others = person.household.persons.filter(user__isnull=False).exclude(pk=person.pk).exists()
    context = {
        "erasure": ErasureRequest.objects.waiting().filter(household=person.household).first(),
        "due_on": erasure.due_on(on),
        "others": others,
        "held": erasure.is_held(person.household),
    }
    return render(request, "privacy/erase.html", context)


@require_POST
def stay(request: SignedInRequest) -> HttpResponse:
    household = _own_person(request).household
    if erasure.withdraw(household=household, by=request.user, on=clock.today()):
        messages.success(request, _("Nothing is erased. It is good that you stay."))
    return redirect("newcomers:data", request.municipality.slug)
