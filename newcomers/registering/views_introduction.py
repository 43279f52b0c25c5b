"""An employer introduces a new employee; both say yes from their own mailbox. Only a button changes anything."""

from __future__ import annotations

from typing import Any

from allauth.core.internal import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from newcomers.forms import LANGUAGE_WISHES, OPEN_TOO_LONG
from newcomers.models import Introduction
from newcomers.registering import introductions
from newcomers.registering.forms import IntroductionForm
from newcomers.registering.views import TOO_MANY, hold, is_registered, language_of, questions, way_on
from portal import clock
from portal.municipalities.middleware import MunicipalityRequest

# Of one network; for one employer; to one employee.
RATES = {"introduce": "10/h/ip,10/h/key", "introduce_to": "3/d/key"}


# --- The employer ---


@login_not_required
@never_cache
def introduce(request: MunicipalityRequest) -> HttpResponse:
    if request.method != "POST":
        return _form_page(request, _form(request))
    form = _form(request, request.POST)
    if not form.is_valid():
        return _form_page(request, form)
    given = form.cleaned_data
    counted = [("introduce", given["contact_email"]), ("introduce_to", given["email"])]
    if not all(
        ratelimit.consume(request, app="newcomers", action=name, config=RATES, key=key) for name, key in counted
    ):
        form.add_error(None, TOO_MANY)
        return _form_page(request, form, status=429)
    introductions.introduce(municipality=request.municipality, given=given, language=language_of(request))
    return redirect("newcomers:introduction_sent", request.municipality.slug)


def introduce_again(request: MunicipalityRequest) -> HttpResponse:
    form = _form(request)
    form.show_again(request.POST)
    messages.warning(request, OPEN_TOO_LONG)
    return _form_page(request, form, status=403)


introduce.keeps_typed = introduce_again  # type: ignore[attr-defined]  # a function carries what it likes


def _form(request: MunicipalityRequest, data: Any = None) -> IntroductionForm:
    return IntroductionForm(data, municipality=request.municipality, on=clock.today())


def _form_page(request: MunicipalityRequest, form: IntroductionForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "days": introductions.DAYS_TO_ANSWER}
    return render(request, "newcomers/introduce.html", context, status=status)


@login_not_required
@require_safe
def sent(request: MunicipalityRequest) -> HttpResponse:
    return render(request, "newcomers/introduction_sent.html", {"days": introductions.DAYS_TO_ANSWER})


@login_not_required
@never_cache
def confirm(request: MunicipalityRequest, token: str) -> HttpResponse:
    introduction = _find(request, token, introductions.EMPLOYER)
    # After a no the row is gone; after a yes it must look the same, or the link tells which it was.
    if introduction is None or introduction.answered_at:
        return _gone(request)
    if request.method == "POST":
        introductions.confirm(introduction=introduction)
        introduction.refresh_from_db(fields=["confirmed_at"])
    language = dict(LANGUAGE_WISHES).get(introduction.language, introduction.language)
    context = {"introduction": introduction, "language": language, "days": introductions.DAYS_TO_ANSWER}
    return render(request, "newcomers/introduction_confirm.html", context)


# --- The employee ---


@login_not_required
@never_cache
def answer(request: MunicipalityRequest, token: str) -> HttpResponse:
    """Who gave which data, and why; then two buttons."""
    introduction = _find(request, token, introductions.EMPLOYEE)
    if introduction is None or introduction.confirmed_at is None:
        return _gone(request)
    said = request.POST.get("answer") if request.method == "POST" else ""
    if said == "no":
        introductions.refuse(introduction=introduction)
        return render(request, "newcomers/introduction_deleted.html")
    if said == "yes":
        draft = introductions.accept(introduction=introduction)
        if draft is None or is_registered(request):
            return redirect("newcomers:my_page", request.municipality.slug)
        hold(request, draft)
        if draft.municipality_id != request.municipality.pk:  # it went on there
            return redirect("newcomers:register", draft.municipality.slug)
        messages.success(
            request, _("Thank you. Now tell us a little. Nothing is sent before you press the last button.")
        )
        return redirect(way_on(request, questions(request, draft)))
    context = {"introduction": introduction, "days": introductions.DAYS_TO_ANSWER}
    return render(request, "newcomers/introduction_answer.html", context)


def _find(request: MunicipalityRequest, token: str, whose: str) -> Introduction | None:
    """Nothing for a link that we did not write, that is too old, or whose introduction is deleted."""
    try:
        pk = introductions.read_token(token, whose)
    except signing.BadSignature:
        return None
    return request.municipality.introductions.select_related("municipality").filter(pk=pk).first()


def _gone(request: MunicipalityRequest) -> HttpResponse:
    return render(request, "newcomers/introduction_gone.html", status=410)
