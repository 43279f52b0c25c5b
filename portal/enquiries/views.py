"""Asking the municipality, and telling it whether the answer helped."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal import clock
from portal.enquiries import services, spam, tokens
from portal.enquiries.forms import AskForm, JudgeForm
from portal.enquiries.models import Enquiry
from portal.enquiries.origin import Origin, origin_of
from portal.municipalities.middleware import MunicipalityRequest

OPEN_TOO_LONG = gettext_lazy("The page was open for too long. Nothing is lost: please send it again.")


# --- Asking ---


@login_not_required
def ask(request: MunicipalityRequest) -> HttpResponse:
    if request.method != "POST":
        return _ask_page(request, _ask_form(request))
    form = _ask_form(request, request.POST)
    if form.is_trapped:
        return render(request, "enquiries/thanks_for_asking.html")
    if not form.is_valid():
        return _ask_page(request, form)
    if spam.too_many(request, "ask", email=form.cleaned_data["email"]):
        form.add_error(None, _("There have been many questions from here. Wait an hour, or call the service office."))
        return _ask_page(request, form, status=429)
    given = form.cleaned_data
    names = ("question", "name", "email", "language", "topic", "search")
    enquiry = services.ask(
        submission=given["submission"],
        municipality=request.municipality,
        asked={name: given[name] for name in names} | {"page": _origin(request, given["page"]).path},
        on=clock.today(),
    )
    return redirect("enquiries:receipt", request.municipality.slug, enquiry.pk)


def ask_again(request: MunicipalityRequest) -> HttpResponse:
    """The page was open too long: what was typed comes back, and one press sends it."""
    form = _ask_form(request)
    form.show_again(request.POST)
    messages.warning(request, OPEN_TOO_LONG)
    return _ask_page(request, form, status=403)


# portal.views.csrf_failure asks for it.
ask.keeps_typed = ask_again  # type: ignore[attr-defined]  # a function carries what it likes


def _origin(request: MunicipalityRequest, page: str) -> Origin:
    return origin_of(request, request.municipality, page, _language(request))


def _language(request: MunicipalityRequest) -> str:
    return get_language() or request.municipality.main_language


def _ask_form(request: MunicipalityRequest, data: Any = None) -> AskForm:
    page = _origin(request, request.GET.get("page", ""))
    initial = {
        "page": page.path,
        "topic": request.GET.get("topic") or page.topic,
        "search": request.GET.get("search", ""),
        "language": request.municipality.nearest_language(_language(request)),
    }
    return AskForm(data, municipality=request.municipality, initial=initial)


def _ask_page(request: MunicipalityRequest, form: AskForm, *, status: int = 200) -> HttpResponse:
    came_from = _origin(request, str(form["page"].value() or ""))
    return render(request, "enquiries/ask.html", {"form": form, "came_from": came_from}, status=status)


@login_not_required
@require_safe
def receipt(request: MunicipalityRequest, pk: UUID) -> HttpResponse:
    """The number and the promise; nothing of what was asked, or by whom."""
    enquiry = get_object_or_404(request.municipality.enquirys.defer("question", "answer"), pk=pk)
    return render(request, "enquiries/receipt.html", {"enquiry": enquiry})


# --- Did this answer you? ---


@login_not_required
def judge(request: MunicipalityRequest, token: str) -> HttpResponse:
    """Two buttons. Only pressing one changes anything, and only once."""
    try:
        enquiry, answer = _answer_of(request, token)
    except tokens.Expired:
        return render(request, "enquiries/judge_expired.html", status=410)
    if enquiry.judged >= answer:
        return render(request, "enquiries/judged_already.html", {"enquiry": enquiry}, status=410)
    form = JudgeForm(request.POST if request.method == "POST" else None)
    verdict = request.POST.get("helped")
    if verdict not in {"yes", "no"} or not form.is_valid():
        return render(request, "enquiries/judge.html", {"enquiry": enquiry, "form": form})
    try:
        services.judge(
            enquiry=enquiry, answer=answer, helped=verdict == "yes", missing=form.cleaned_data["missing"],
            on=clock.today(),
        )  # fmt: skip
    except services.MoveRefused:  # pressed twice
        return render(request, "enquiries/judged_already.html", {"enquiry": enquiry}, status=410)
    return render(request, "enquiries/judged.html", {"enquiry": enquiry})


def judge_again(request: MunicipalityRequest) -> HttpResponse:
    match = request.resolver_match
    assert match is not None
    try:
        enquiry, _answer = _answer_of(request, match.kwargs["token"])
    except tokens.Expired:
        return render(request, "enquiries/judge_expired.html", status=410)
    form = JudgeForm()
    form.show_again(request.POST)
    messages.warning(request, OPEN_TOO_LONG)
    return render(request, "enquiries/judge.html", {"enquiry": enquiry, "form": form}, status=403)


judge.keeps_typed = judge_again  # type: ignore[attr-defined]  # as above


def _answer_of(request: MunicipalityRequest, token: str) -> tuple[Enquiry, int]:
    """404 for a link that we did not write, or not for this municipality."""
    try:
        pk, answer = tokens.read(token)
    except tokens.Expired:
        raise
    except tokens.Altered:
        raise Http404 from None
    return get_object_or_404(request.municipality.enquirys.all(), pk=pk), answer
