"""The people of a household: who they are, who signs in, who came and who moved out."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from allauth.core.internal import ratelimit
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from newcomers import members
from newcomers.access import own_person
from newcomers.enums import HouseholdState
from newcomers.models import Household, Person
from newcomers.my_page import services
from newcomers.my_page.forms import AdultForm, ChildForm, OwnDetailsForm
from newcomers.my_page.shared import is_saved, keeps_typed, own_household, own_person_or_404, ways_of_moving
from portal import clock
from portal.municipalities.middleware import MunicipalityRequest, SignedInRequest

# Whom a household may have written to: enough for a large family, too few to bother strangers with.
RATES = {"invite": "10/d/key"}


def _saved(request: MunicipalityRequest) -> HttpResponse:
    messages.success(request, _("Saved."))
    return redirect("newcomers:people", request.municipality.slug)


# --- The page -------------------------------------------------------------------------------------


@require_safe
def people(request: SignedInRequest) -> HttpResponse:
    return _people_page(request, ChildForm(on=clock.today()))


def _people_page(request: SignedInRequest, form: ChildForm, *, status: int = 200) -> HttpResponse:
    household = own_household(request)
    own = own_person_or_404(request)
    adults = Person.objects.filter(household=household, is_adult=True).order_by("position", "pk")
    rows = [{"person": adult, "is_own": adult.pk == own.pk, "signs_in": adult.user_id} for adult in adults]
    children = [
        {"birth_year": child.birth_year, "age": child.age_on(clock.today())}
        for child in sorted(household.persons.all(), key=lambda p: p.birth_year or 0)
        if not child.is_adult
    ]
    context = {"rows": rows, "children": children, "form": form, "may_leave": len(rows) > 1}
    context["ways"] = ways_of_moving(household)
    return render(request, "newcomers/my_people.html", context, status=status)


# --- Oneself --------------------------------------------------------------------------------------


def _own_form(request: MunicipalityRequest, data: Any = None) -> OwnDetailsForm:
    return OwnDetailsForm(data, person=own_person_or_404(request), on=clock.today())


def _own_page(request: MunicipalityRequest, form: OwnDetailsForm, *, status: int = 200) -> HttpResponse:
    return render(request, "newcomers/edit.html", {"form": form, "ways": ways_of_moving(form.household)}, status=status)


def edit(request: SignedInRequest) -> HttpResponse:
    person = own_person_or_404(request)
    if request.method != "POST":
        return _own_page(request, _own_form(request))
    form = _own_form(request, request.POST)
    save = partial(services.update_own_details, person, by=request.user)
    if is_saved(form, lambda: save(**form.cleaned_data)):
        messages.success(request, _("Saved."))
        return redirect("newcomers:my_page", request.municipality.slug)
    return _own_page(request, form)


keeps_typed(edit, _own_form, _own_page)


# --- Other adults ---------------------------------------------------------------------------------


def _adult_of(request: MunicipalityRequest, pk: UUID | None) -> Person | None:
    """An adult of the own household who does not sign in; nobody for a new one, 404 for all others."""
    if pk is None:
        return None
    adults = own_person_or_404(request).household.persons.select_related("user", "household__municipality")
    person = get_object_or_404(adults, pk=pk, is_adult=True)
    return person


def _adult_form(request: MunicipalityRequest, pk: UUID | None = None, data: Any = None) -> AdultForm:
    return AdultForm(
        data,
        household=own_household(request),
        person=_adult_of(request, pk),
        own=own_person_or_404(request),
        on=clock.today(),
    )


def _adult_page(request: MunicipalityRequest, form: AdultForm, *, status: int = 200) -> HttpResponse:
    return render(request, "newcomers/my_adult.html", {"form": form, "adult": form.person}, status=status)


def adult(request: SignedInRequest, pk: UUID | None = None) -> HttpResponse:
    """Add an adult, or correct one."""
    form = _adult_form(request, pk, request.POST if request.method == "POST" else None)
    if form.person and (form.person == form.own or form.person.user_id):
        return redirect("newcomers:edit" if form.person == form.own else "newcomers:people", request.municipality.slug)
    if request.method == "POST" and form.is_valid():
        is_new_address = form.cleaned_data["email"] and form.cleaned_data["email"] != form.initial.get("email")
        if is_new_address and not _may_invite(request, form.household):
            form.add_error("email", _too_many())
    if request.method == "POST" and is_saved(form, lambda: _save_adult(request, form)):
        return _saved(request)
    return _adult_page(request, form)


def _save_adult(request: SignedInRequest, form: AdultForm) -> None:
    if form.person:
        members.correct_adult(form.person, **form.cleaned_data, by=request.user, on=clock.today())
    else:
        members.add_adult(form.household, **form.cleaned_data, by=request.user, on=clock.today())


keeps_typed(adult, _adult_form, _adult_page)


def _may_invite(request: SignedInRequest, household: Household) -> bool:
    key = str(household.pk)
    return ratelimit.consume(request, app="newcomers", action="invite", config=RATES, key=key) is not None


def _too_many() -> str:
    return _("You have had us write to many addresses today. Try again tomorrow, or call the service office.")


@require_POST
def invite(request: SignedInRequest, pk: UUID) -> HttpResponse:
    person = _adult_of(request, pk)
    assert person is not None  # only without a pk
    if not person.email or person.user_id:
        return redirect("newcomers:people", request.municipality.slug)
    if _may_invite(request, person.household):
        members.invite(person, occasion=str(clock.today()))
        messages.success(request, _("We write to %(email)s how to sign in.") % {"email": person.email})
    else:
        messages.error(request, _too_many())
    return redirect("newcomers:people", request.municipality.slug)


@never_cache
def invited(request: SignedInRequest) -> HttpResponse:
    """Somebody has named this account's address as that of an adult they live with. Two buttons, one by one."""
    waiting = members.invitations(request.user, request.municipality)
    if request.method == "POST" and (person := _chosen(waiting.all(), request.POST.get("person", ""))):
        _answer_invitation(request, person)
    found = waiting.first()
    if found is None:
        return redirect("newcomers:my_page", request.municipality.slug)
    own = own_person(request)
    context = {
        "person": found,
        # The address may be misspelt and reach somebody else: first names, and no street.
        "others": ", ".join(adult.first_name for adult in found.household.adults if adult.pk != found.pk),
        "has_household": own is not None and own.household.state != HouseholdState.MOVED_AWAY,
    }
    return render(request, "newcomers/my_invited.html", context)


def _chosen(waiting: QuerySet[Person], pk: str) -> Person | None:
    return next((person for person in waiting if str(person.pk) == pk), None)


def _answer_invitation(request: SignedInRequest, person: Person) -> None:
    if request.POST.get("answer") == "no":
        members.decline_invitation(person, by=request.user)
        messages.success(request, _("Your address no longer stands there."))
    elif request.POST.get("answer") == "yes" and members.accept_invitation(person, by=request.user):
        messages.success(request, _("Welcome! This is your page now."))


def left(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """An adult has moved out: a page that says what follows, with one button. Who signs in is asked first."""
    own, person = own_person_or_404(request), _adult_of(request, pk)
    assert person is not None  # only without a pk
    is_own = person == own
    if request.method != "POST":
        return render(request, "newcomers/my_left.html", {"adult": person, "is_own": is_own})
    if person.user_id and not is_own:
        members.ask_whether_moved_out(person, on=clock.today())
        messages.success(request, _("We have asked them. They say themselves that they have moved out."))
        return redirect("newcomers:people", request.municipality.slug)
    try:
        members.moved_out(person, by=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect("newcomers:people", request.municipality.slug)
    if is_own:
        messages.success(request, _("You no longer belong to this household here."))
        return redirect("newcomers:my_page", request.municipality.slug)
    return _saved(request)


# --- Children -------------------------------------------------------------------------------------


@require_POST
def add_child(request: SignedInRequest) -> HttpResponse:
    household = own_household(request)
    form = ChildForm(request.POST, on=clock.today())
    if is_saved(form, lambda: members.add_child(household, birth_year=form.cleaned_data["birth_year"])):
        return _saved(request)
    return _people_page(request, form)


@require_POST
def remove_child(request: SignedInRequest, birth_year: int) -> HttpResponse:
    if members.remove_child(own_household(request), birth_year=birth_year):
        return _saved(request)
    return redirect("newcomers:people", request.municipality.slug)
