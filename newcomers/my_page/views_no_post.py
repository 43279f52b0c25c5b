"""No more post, by the code in a letter and without signing in. The page never says who lives there."""

from __future__ import annotations

from allauth.core.internal import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from newcomers.my_page import objections
from newcomers.my_page.forms import ObjectionForm
from portal.municipalities.middleware import MunicipalityRequest

# Tries of one network: enough for slips of the pen, and a guess in thousands of millions takes for ever.
RATES = {"no_post": "20/h/ip"}


@login_not_required
def no_post(request: MunicipalityRequest) -> HttpResponse:
    """The code; then one button; then what holds from now on, and the way back. Each a page of this address."""
    if request.method != "POST":
        return _code_page(request, ObjectionForm())
    form = ObjectionForm(request.POST)
    if not ratelimit.consume(request, app="newcomers", action="no_post", config=RATES):
        form.add_error(None, _("There have been many tries from here. Wait an hour, or call the service office."))
        return _code_page(request, form, status=429)
    if not form.is_valid():
        return _code_page(request, form)
    household = objections.household_of(form.cleaned_data["code"], request.municipality)
    if household is None:
        form.add_error("code", _("We do not know this code. Look at the letter again: it stands at the bottom."))
        return _code_page(request, form)
    answer = request.POST.get("answer")
    if answer in {"stop", "start"}:
        objections.set_wants_post(household, wanted=answer == "start")
        household.wants_post = answer == "start"
    context = {"code": form.cleaned_data["code"], "wants_post": household.wants_post, "is_changed": bool(answer)}
    return render(request, "newcomers/no_post_choice.html", context)


def _code_page(request: MunicipalityRequest, form: ObjectionForm, *, status: int = 200) -> HttpResponse:
    return render(request, "newcomers/no_post.html", {"form": form}, status=status)
