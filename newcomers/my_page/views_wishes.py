"""The pages on which newcomers tell more of themselves and their wishes, and what comes of it on My page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from newcomers import occupations, wishes
from newcomers.access import own_person
from newcomers.enums import HouseholdState
from newcomers.models import Household, Person
from newcomers.my_page.forms_wishes import PAGE, PAGES, WishForms, WishPage
from newcomers.my_page.shared import is_saved, keeps_typed, own_person_or_404, present_household
from portal.municipalities.middleware import MunicipalityRequest, SignedInRequest
from portal.registry import Section

# In an address: go back to the summary, from which this page was opened, rather than on to the next one.
BACK = "back"


@require_safe
def summary(request: SignedInRequest) -> HttpResponse:
    """All that is told and could be told, each with its way there."""
    person, household = own_person_or_404(request), present_household(request)
    rows = _rows(person, household)
    return render(
        request,
        "newcomers/wishes.html",
        {"rows": rows, "first": _address(PAGES[0], household), "any_told": any(row["lines"] for row in rows)},
    )


def page(request: SignedInRequest, page: str) -> HttpResponse:
    forms = _forms(request, request.POST if request.method == "POST" else None, page=page)
    if request.method == "POST" and is_saved(
        forms,
        lambda: wishes.tell(household=forms.household, version=forms.version_number, by=request.user, **forms.told()),
    ):
        if _after(request, forms.page) is None:
            messages.success(request, _("Saved."))
        return redirect(_way_on(request, forms.page))
    return _show(request, forms)


def _forms(request: MunicipalityRequest, data: Any = None, *, page: str) -> WishForms:
    person = own_person_or_404(request)
    if page not in PAGE:
        raise Http404
    return WishForms(data, page=PAGE[page], person=person, household=present_household(request))


def _show(request: MunicipalityRequest, forms: WishForms, status: int = 200) -> HttpResponse:
    context = {
        "forms": forms,
        "page": forms.page,
        "number": PAGES.index(forms.page) + 1,
        "of": len(PAGES),
        "skip": _way_on(request, forms.page),
        "before": _before(request, forms),
        "occupations": _occupation_titles() if forms.page.slug == "occupation" else [],
    }
    return render(request, "newcomers/wishes_page.html", context, status=status)


keeps_typed(page, _forms, _show)


def _after(request: HttpRequest, page: WishPage) -> WishPage | None:
    """The page that follows; none where the summary does."""
    number = PAGES.index(page) + 1
    return None if BACK in request.GET or number == len(PAGES) else PAGES[number]


def _before(request: HttpRequest, forms: WishForms) -> str:
    """The page before; the summary where they came from it, and before the first."""
    number = PAGES.index(forms.page)
    if BACK in request.GET or number == 0:
        return reverse("newcomers:wishes", args=[forms.household.municipality.slug])
    return _address(PAGES[number - 1], forms.household)


def _way_on(request: MunicipalityRequest, page: WishPage) -> str:
    slug, following = request.municipality.slug, _after(request, page)
    if following is None:
        return reverse("newcomers:wishes", args=[slug])
    return reverse("newcomers:wish", args=[slug, following.slug])


def _occupation_titles() -> list[str]:
    language = get_language() or "nb"
    return sorted(occupation.title(language) for occupation in occupations.occupations().values())


def _address(page: WishPage, household: Household) -> str:
    return reverse("newcomers:wish", args=[household.municipality.slug, page.slug])


# --- What is told ---------------------------------------------------------------------------------


def _rows(person: Person, household: Household) -> list[dict[str, Any]]:
    """For each page: what was told there, line by line, and the address to change it."""
    adults, together = wishes.may_tell_of(person, household), wishes.told_by(household)
    return [
        {
            "title": page.short,
            "lines": _of_adults(page, adults) if page.of_persons else _of_household(page, together),
            "url": f"{_address(page, household)}?{BACK}=1",
        }
        for page in PAGES
    ]


def _of_adults(page: WishPage, adults: list[Person]) -> list[str]:
    lines = []
    for adult in adults:
        parts = [_of_person(adult, name) for name in page.form.base_fields]
        told = ", ".join(part for part in parts if part)
        if told:
            lines.append(f"{adult.first_name}: {told}" if len(adults) > 1 else told)
    return lines


def _of_person(adult: Person, name: str) -> str:
    if name == "occupation":
        return wishes.occupation_in_words(adult)
    return wishes.in_words(name, getattr(adult, name, ""))


def _of_household(page: WishPage, told: dict[str, Any]) -> list[str]:
    return [words for name in page.form.base_fields if (words := wishes.in_words(name, told[name]))]


def my_page(request: HttpRequest, household: Household, on: date) -> Iterable[Section]:
    """First of all while nothing is told, so that it is what people see right after they have registered."""
    person = own_person(cast(MunicipalityRequest, request))
    if person is None or household.state == HouseholdState.MOVED_AWAY:
        return
    rows = _rows(person, household)
    told, untold = [row for row in rows if row["lines"]], [row for row in rows if not row["lines"]]
    context: dict[str, object] = {
        "told": told,
        "untold": untold,
        "first": _address(PAGES[0], household),
        "summary": reverse("newcomers:wishes", args=[household.municipality.slug]),
    }
    yield Section(order=40 if told else 5, template="newcomers/wishes_section.html", context=context)
