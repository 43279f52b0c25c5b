"""What the pages under My page share: whose they are, and forms that stay open for hours or in two tabs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from newcomers.access import own_person
from newcomers.enums import LIVING_HERE, HouseholdState, Residency
from newcomers.forms import OPEN_TOO_LONG
from newcomers.models import Household, Person
from newcomers.services import ChangedMeanwhile, MoveRefused
from portal.municipalities.middleware import MunicipalityRequest

NOT_POSSIBLE_NOW = _("This has changed since you opened the page. Look again.")

MakeForm = Callable[..., Any]
Show = Callable[..., HttpResponse]


def own_person_or_404(request: MunicipalityRequest) -> Person:
    person = own_person(request)
    if person is None or person.household.restricted:
        raise Http404
    return person


def own_household(request: MunicipalityRequest) -> Household:
    """With its people, in as many queries as it has tables."""
    household = Household.objects.with_persons().get(pk=own_person_or_404(request).household_id)
    household.municipality = request.municipality
    return household


def present_household(request: MunicipalityRequest) -> Household:
    """That of who lives here or is still to come; who has moved away changes nothing more of it."""
    household = own_household(request)
    if household.state == HouseholdState.MOVED_AWAY:
        raise Http404
    return household


def ways_of_moving(household: Household) -> dict[str, str]:
    """What the pages about another address and about leaving are called, for those it is for."""
    if household.state not in LIVING_HERE:
        return {"address": gettext("Our address there")}
    if household.residency == Residency.PART_TIME:
        return {"address": gettext("Our address here is another one"), "away": gettext("We do not come here any more")}
    return {"address": gettext("We live at another address"), "away": gettext("We have moved away")}


def is_saved(form: Any, write: Callable[[], object]) -> bool:
    """Write what a form holds. Refused, the form says why and keeps what was typed."""
    if not form.is_valid():
        return False
    try:
        write()
    except ChangedMeanwhile:
        form.tell_changed()
    except MoveRefused:
        form.add_error(None, NOT_POSSIBLE_NOW)
    except ValidationError as error:
        form.add_error(None, error)
    else:
        return True
    return False


def keeps_typed(view: Any, make_form: MakeForm, show: Show) -> None:
    """Let a page that was open for too long come back with what was typed (portal.views.csrf_failure).

    `make_form(request, **arguments of the address)` gives the page's form, `show(request, form, status)` the page.
    """

    def again(request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.path)
        match = request.resolver_match
        arguments = dict(match.kwargs) if match else {}
        arguments.pop("municipality_slug", None)  # as the middleware takes it
        form = make_form(request, **arguments)
        form.show_again(request.POST)
        messages.warning(request, OPEN_TOO_LONG)
        return show(request, form, status=403)

    view.keeps_typed = again
