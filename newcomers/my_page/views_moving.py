"""Moving on: plans that change, to another address here, on one's own feet, or away."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from newcomers.enums import LIVING_HERE, HouseholdState
from newcomers.models import Household
from newcomers.my_page import farewells, moving, services
from newcomers.my_page.forms import AddressForm, AwayForm, FarewellForm, HouseholdForm, PlansForm
from newcomers.my_page.shared import is_saved, keeps_typed, own_household, present_household, ways_of_moving
from portal import clock
from portal.municipalities.middleware import MunicipalityRequest, SignedInRequest


def _living_here(request: MunicipalityRequest) -> Household:
    household = own_household(request)
    if household.state not in LIVING_HERE:
        raise Http404
    return household


# --- Plans ----------------------------------------------------------------------------------------


def _plans_form(request: MunicipalityRequest, data: Any = None) -> PlansForm:
    return PlansForm(data, household=present_household(request), today=clock.today())


def _plans_page(request: MunicipalityRequest, form: PlansForm, *, status: int = 200) -> HttpResponse:
    return render(
        request, "newcomers/my_plans.html", {"form": form, "ways": ways_of_moving(form.household)}, status=status
    )


def plans(request: SignedInRequest) -> HttpResponse:
    """When they come, and how they live here."""
    form = _plans_form(request, request.POST if request.method == "POST" else None)
    save = partial(moving.change_plans, form.household, by=request.user, on=clock.today())
    if request.method == "POST" and is_saved(
        form, lambda: save(version=form.cleaned_data["version"], plans=form.plans())
    ):
        messages.success(request, _("Saved."))
        return redirect("newcomers:my_page", request.municipality.slug)
    return _plans_page(request, form)


keeps_typed(plans, _plans_form, _plans_page)


def not_coming(request: SignedInRequest) -> HttpResponse:
    """A page that says what follows, with one button."""
    household = own_household(request)
    if household.never_came:  # pressed twice
        return redirect("newcomers:farewell", request.municipality.slug)
    if household.state not in {HouseholdState.CONSIDERING, HouseholdState.PLANNING}:
        raise Http404
    form = HouseholdForm(request.POST if request.method == "POST" else None, household=household)
    save = partial(moving.move_away, household, by=request.user, on=clock.today())
    if request.method == "POST" and is_saved(form, lambda: save(version=form.cleaned_data["version"])):
        return redirect("newcomers:farewell", request.municipality.slug)
    return render(request, "newcomers/my_not_coming.html", {"form": form})


# --- To another address here ----------------------------------------------------------------------


def _address_form(request: MunicipalityRequest, data: Any = None) -> AddressForm:
    return AddressForm(data, household=present_household(request), today=clock.today())


def _address_page(request: MunicipalityRequest, form: AddressForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "household": form.household, "ways": ways_of_moving(form.household)}
    return render(request, "newcomers/my_address.html", context, status=status)


def address(request: SignedInRequest) -> HttpResponse:
    form = _address_form(request, request.POST if request.method == "POST" else None)
    if request.method == "POST" and is_saved(form, lambda: _move_within(request, form)):
        messages.success(request, _("Thank you. Letters and packages go to your new address from now on."))
        return redirect("newcomers:my_page", request.municipality.slug)
    return _address_page(request, form)


def _move_within(request: SignedInRequest, form: AddressForm) -> None:
    services.move_within(
        form.household,
        version=form.cleaned_data["version"],
        address=form.address(),
        on=form.cleaned_data.get("on", form.today),
        by=request.user,
    )


keeps_typed(address, _address_form, _address_page)


# --- On one's own feet ----------------------------------------------------------------------------


def settled(request: SignedInRequest) -> HttpResponse:
    """A page that says what follows, with one button."""
    household = _living_here(request)
    if household.state == HouseholdState.SETTLED:
        return redirect("newcomers:my_page", request.municipality.slug)
    form = HouseholdForm(request.POST if request.method == "POST" else None, household=household)
    save = partial(moving.settle, household, by=request.user, on=clock.today())
    if request.method == "POST" and is_saved(form, lambda: save(version=form.cleaned_data["version"])):
        messages.success(request, _("How good to hear! You can always ask us, as everybody who lives here can."))
        return redirect("newcomers:my_page", request.municipality.slug)
    return render(request, "newcomers/my_settled.html", {"form": form})


# --- Away -----------------------------------------------------------------------------------------


def _away_form(request: MunicipalityRequest, data: Any = None) -> AwayForm:
    return AwayForm(data, household=_living_here(request), today=clock.today())


def _away_page(request: MunicipalityRequest, form: AwayForm, *, status: int = 200) -> HttpResponse:
    return render(
        request, "newcomers/my_away.html", {"form": form, "ways": ways_of_moving(form.household)}, status=status
    )


def away(request: SignedInRequest) -> HttpResponse:
    if own_household(request).state == HouseholdState.MOVED_AWAY:  # pressed twice
        return redirect("newcomers:farewell", request.municipality.slug)
    form = _away_form(request, request.POST if request.method == "POST" else None)
    save = partial(moving.move_away, form.household, by=request.user)
    if request.method == "POST" and is_saved(form, lambda: save(**form.cleaned_data)):
        return redirect("newcomers:farewell", request.municipality.slug)
    return _away_page(request, form)


keeps_typed(away, _away_form, _away_page)


def _gone(request: MunicipalityRequest) -> Household:
    household = own_household(request)
    if household.state != HouseholdState.MOVED_AWAY:
        raise Http404
    return household


def _farewell_form(request: MunicipalityRequest, data: Any = None) -> FarewellForm:
    return FarewellForm(data, household=_gone(request))


def _farewell_page(request: MunicipalityRequest, form: FarewellForm, *, status: int = 200) -> HttpResponse:
    return render(request, "newcomers/my_farewell.html", {"form": form}, status=status)


def farewell(request: SignedInRequest) -> HttpResponse:
    """Two questions, if they like. The answers are kept without anything that leads back to them."""
    form = _farewell_form(request, request.POST if request.method == "POST" else None)
    if form.household.said_farewell:
        return redirect("newcomers:goodbye", request.municipality.slug)
    if request.method == "POST" and form.is_valid():
        farewells.say(household=form.household, on=clock.today(), **form.cleaned_data)
        return redirect("newcomers:goodbye", request.municipality.slug)
    return _farewell_page(request, form)


keeps_typed(farewell, _farewell_form, _farewell_page)


@require_safe
def goodbye(request: SignedInRequest) -> HttpResponse:
    """Thank you, and what happens with the data."""
    return render(request, "newcomers/my_goodbye.html", {"never_came": _gone(request).never_came})
