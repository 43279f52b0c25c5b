"""Is this right? What is said of a page, by anyone, about nothing but the page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from portal import clock
from portal.enquiries import remarks, spam
from portal.enquiries.forms import WrongForm
from portal.enquiries.origin import fact_at, title_of
from portal.enquiries.remarks import Fact
from portal.enquiries.views import OPEN_TOO_LONG
from portal.municipalities.middleware import MunicipalityRequest


# Without a token: the button stands on pages kept for everyone. It speaks for nobody, and the browser says whence.
@csrf_exempt
@login_not_required
@require_POST
def right(request: MunicipalityRequest) -> HttpResponse:
    if not spam.is_from_here(request):
        raise PermissionDenied
    fact = _fact_or_404(request, request.POST.get("page", ""))
    if spam.too_many(request, "right"):
        return render(request, "enquiries/too_many.html", _page_facts(request, fact), status=429)
    remarks.vote(fact=fact, right=True, on=clock.today())
    return _thank(request, fact)


@login_not_required
def wrong(request: MunicipalityRequest) -> HttpResponse:
    if request.method != "POST":
        page = request.GET.get("page", "")
        return _wrong_page(request, _fact_or_404(request, page), WrongForm(initial={"page": page}))
    fact = _fact_or_404(request, request.POST.get("page", ""))
    form = WrongForm(request.POST)
    if form.is_trapped:
        return _thank(request, fact)
    if not form.is_valid():
        return _wrong_page(request, fact, form)
    if spam.too_many(request, "wrong"):
        form.add_error(None, _("There have been many remarks from here. Wait an hour, or call the service office."))
        return _wrong_page(request, fact, form, status=429)
    remarks.remark(
        submission=form.cleaned_data["submission"], municipality=request.municipality, fact=fact,
        text=form.cleaned_data["text"], language=_language(request), on=clock.today(),
    )  # fmt: skip
    return _thank(request, fact)


def wrong_again(request: MunicipalityRequest) -> HttpResponse:
    fact = _fact_or_404(request, request.POST.get("page", ""))
    form = WrongForm()
    form.show_again(request.POST)
    messages.warning(request, OPEN_TOO_LONG)
    return _wrong_page(request, fact, form, status=403)


wrong.keeps_typed = wrong_again  # type: ignore[attr-defined]  # portal.views.csrf_failure asks for it


@login_not_required
@require_safe
def thanks(request: MunicipalityRequest) -> HttpResponse:
    fact = _fact_or_404(request, request.GET.get("page", ""))
    return render(request, "enquiries/thanks.html", _page_facts(request, fact))


def _thank(request: MunicipalityRequest, fact: Fact) -> HttpResponse:
    query = urlencode({"page": fact.get_absolute_url()})
    return redirect(f"{reverse('enquiries:thanks', args=[request.municipality.slug])}?{query}")


def _fact_or_404(request: MunicipalityRequest, page: str) -> Fact:
    fact = fact_at(request.municipality, page)
    if fact is None:
        raise Http404
    return fact


def _wrong_page(request: MunicipalityRequest, fact: Fact, form: WrongForm, *, status: int = 200) -> HttpResponse:
    return render(request, "enquiries/wrong.html", {"form": form} | _page_facts(request, fact), status=status)


def _page_facts(request: MunicipalityRequest, fact: Fact) -> dict[str, Any]:
    return {"url": fact.get_absolute_url(), "page_title": title_of(fact, _language(request))}


def _language(request: MunicipalityRequest) -> str:
    return get_language() or request.municipality.main_language
