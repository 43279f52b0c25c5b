"""Who somebody is here: the person, and so the household, that an account belongs to."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from newcomers.enums import HouseholdState
from newcomers.models import Person, Registration
from portal.accounts.models import User
from portal.municipalities.middleware import MunicipalityRequest
from portal.municipalities.models import Municipality


def person_of(user: User | AnonymousUser, municipality: Municipality) -> Person | None:
    """The account's adult in this municipality; where it still lives goes before where it has lived."""
    if not isinstance(user, User):
        return None
    persons = user.persons.filter(household__municipality=municipality, is_adult=True)
    newest_first = list(persons.select_related("household__municipality").order_by("-household__created_at", "pk"))
    living_here = [person for person in newest_first if person.household.state != HouseholdState.MOVED_AWAY]
    return next(iter(living_here or newest_first), None)


def own_person(request: MunicipalityRequest) -> Person | None:
    """The same for a request, looked up once."""
    if not hasattr(request, "_own_person"):
        request._own_person = person_of(request.user, request.municipality)  # type: ignore[attr-defined]  # a cache on this request only
    return cast("Person | None", request._own_person)  # type: ignore[attr-defined]  # set on the line above


def landing(user: User) -> str | None:
    """Newcomers go to My page, where they moved last; only who lives nowhere else goes where they have lived."""
    persons = user.persons.filter(household__municipality__is_active=True).select_related("household__municipality")
    newest_first = persons.order_by("-household__created_at")
    person = newest_first.exclude(household__state=HouseholdState.MOVED_AWAY).first() or newest_first.first()
    return reverse("newcomers:my_page", args=[person.household.municipality.slug]) if person else None


def has_household(request: HttpRequest) -> bool:
    return own_person(cast(MunicipalityRequest, request)) is not None


def has_no_household(request: HttpRequest) -> bool:
    return not has_household(request)


def registrations_to_look_at() -> QuerySet[Registration]:
    """Confirmed, but they touch a household we know already: the office decides (registering.services tells when)."""
    return Registration.objects.filter(household=None, confirmed_at__isnull=False)
