"""Registering, page by page."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.internal.stagekit import LOGIN_SESSION_KEY
from allauth.core.internal import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from newcomers.access import own_person
from newcomers.enums import HouseholdState
from newcomers.forms import OPEN_TOO_LONG, look_up
from newcomers.models import Draft, Registration
from newcomers.registering import drafts
from newcomers.registering import services as registering
from newcomers.registering.page import PageForm
from newcomers.registering.pages_people import ADULT_SLUGS
from newcomers.registering.questionnaire import FIRST, PAGES, Questionnaire
from newcomers.registering.signals import SESSION_KEY, finish
from portal import clock
from portal.accounts.models import User
from portal.municipalities.middleware import MunicipalityRequest
from portal.municipalities.models import Municipality

# An hour: of one network (a library, a reception centre), and to one address.
RATES = {"begin": "60/h/ip", "register": "20/h/ip,5/h/key"}
TOO_MANY = gettext_lazy("There have been many registrations from here. Wait an hour, or call the service office.")


# --- Which draft ---


def own_draft(request: MunicipalityRequest) -> Draft | None:
    """What this browser has begun here. Asking for it makes no session."""
    pk = request.session.get(SESSION_KEY, {}).get(request.municipality.slug)
    draft = request.municipality.drafts.filter(pk=pk).select_related("way_in").first() if pk else None
    if draft:
        draft.municipality = request.municipality
    return draft


def hold(request: HttpRequest, draft: Draft) -> None:
    """From now on this browser writes this draft."""
    kept = request.session.get(SESSION_KEY, {})
    request.session[SESSION_KEY] = kept | {draft.municipality.slug: str(draft.pk)}


def let_go(request: HttpRequest, municipality: Municipality) -> None:
    kept = request.session.get(SESSION_KEY, {})
    request.session[SESSION_KEY] = {slug: pk for slug, pk in kept.items() if slug != municipality.slug}


def _account(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def questions(request: MunicipalityRequest, draft: Draft | None) -> Questionnaire:
    draft = draft or Draft(municipality=request.municipality)
    return Questionnaire(draft, on=clock.today(), account=_account(request))


def is_registered(request: MunicipalityRequest) -> bool:
    person = own_person(request)
    return person is not None and person.household.state != HouseholdState.MOVED_AWAY


def language_of(request: MunicipalityRequest) -> str:
    return get_language() or request.municipality.main_language


# --- The pages ---


@login_not_required
@never_cache
def register(request: MunicipalityRequest, page: str = FIRST) -> HttpResponse:
    """One page: shown with what was typed there before, kept as it was typed, and on to the next."""
    _known_page(page)
    if is_registered(request):
        return redirect("newcomers:my_page", request.municipality.slug)
    draft = own_draft(request)
    asked = questions(request, draft)
    if request.method != "POST":
        if draft is None and page != FIRST:
            return redirect("newcomers:register", request.municipality.slug)
        if not asked.has(page):
            return redirect(way_on(request, asked))
        return _page(request, asked, asked.form(page, **_initial(request)))
    if not asked.has(page) and draft is not None:
        return redirect(way_on(request, asked))
    return _receive_page(request, draft, asked.form(page, request.POST))


def _known_page(page: str) -> str:
    if page not in PAGES and page not in ADULT_SLUGS:
        raise Http404
    return page


def register_again(request: MunicipalityRequest) -> HttpResponse:
    """The page was open too long: what was typed comes back, and one press sends it."""
    match = request.resolver_match
    page = _known_page(match.kwargs.get("page", FIRST) if match else FIRST)
    asked = questions(request, own_draft(request))
    form = asked.form(page, **_initial(request))
    form.is_bound = False
    form.show_again(request.POST)
    messages.warning(request, OPEN_TOO_LONG)
    return _page(request, asked, form, status=403)


# portal.views.csrf_failure asks for it.
register.keeps_typed = register_again  # type: ignore[attr-defined]  # a function carries what it likes


def _initial(request: MunicipalityRequest) -> dict[str, Any]:
    account = _account(request)
    return {"name": account.name if account else "", "language": get_language()}


def _page(request: MunicipalityRequest, asked: Questionnaire, form: PageForm, *, status: int = 200) -> HttpResponse:
    number, total = asked.progress(form.slug)
    context = {
        "form": form,
        "before": page_url(request, before) if (before := asked.before(form.slug)) else "",
        "number": number,
        "total": total,
        "is_first": form.slug == FIRST,
        "is_change": "change" in request.GET,
        "way_in": str(request.POST.get("from", request.GET.get("from", "")))[:40],
    }
    return render(request, "newcomers/register_page.html", context, status=status)


def page_url(request: MunicipalityRequest, page: str, *, change: bool = False) -> str:
    slug = request.municipality.slug
    url = reverse("newcomers:register_page", args=[slug, page]) if page != FIRST else (
        reverse("newcomers:register", args=[slug])
    )  # fmt: skip
    return f"{url}?change=1" if change else url


def _receive_page(request: MunicipalityRequest, draft: Draft | None, form: PageForm) -> HttpResponse:
    """Keep the page, right or wrong. Where the browser has lost its draft, a new one begins with this page."""
    is_right, later, is_lost = form.is_valid(), "later" in request.POST, draft is None and form.slug != FIRST
    if draft is None:
        if not (is_right or later or is_lost):
            return _page(request, questions(request, None), form)
        if not ratelimit.consume(request, app="newcomers", action="begin", config=RATES):
            form.add_error(None, TOO_MANY)
            return _page(request, questions(request, None), form, status=429)
        draft = drafts.begin(municipality=request.municipality, way_in=request.POST.get("from", ""))
        hold(request, draft)
    draft = drafts.save_page(draft=draft, slug=form.slug, typed=form.typed())
    draft.municipality = request.municipality
    asked = questions(request, draft)
    if later:
        return redirect("newcomers:register_later", request.municipality.slug)
    if is_lost:
        return redirect(way_on(request, asked))
    return redirect(way_on(request, asked, form.slug)) if is_right else _page(request, asked, form)


def way_on(request: MunicipalityRequest, asked: Questionnaire, page: str = "") -> str:
    """The next page; after a change made from the page of all answers, back there, or to what it made necessary."""
    check_page = reverse("newcomers:register_check", args=[request.municipality.slug])
    is_change = not page or "change" in request.GET
    following = asked.first_open() if is_change else asked.after(page)
    if is_change and page == "adults" and asked.after(page).startswith("adult-"):
        following = asked.after(page)
    return page_url(request, following, change=is_change and bool(page)) if following else check_page


@login_not_required
@require_POST
def remove_adult(request: MunicipalityRequest, page: str) -> HttpResponse:
    draft = own_draft(request)
    if draft is None:
        return redirect("newcomers:register", request.municipality.slug)
    drafts.remove_adult(draft=draft, slug=page)
    return redirect(page_url(request, "adults", change="change" in request.GET))


@login_not_required
@require_POST
def bring(request: MunicipalityRequest, origin: str) -> HttpResponse:
    """The address lies here, not where somebody began: what they typed there, the address too, goes on here."""
    there = get_object_or_404(Municipality, slug=origin, is_active=True)
    pk = request.session.get(SESSION_KEY, {}).get(there.slug)
    draft = Draft.objects.filter(pk=pk, municipality=there).first() if pk else None
    if draft is None or is_registered(request):
        return redirect("newcomers:register", request.municipality.slug)
    moved = drafts.bring(draft=draft, to=request.municipality)
    let_go(request, there)
    address = questions(request, moved).form("address", request.POST)
    moved = drafts.save_page(draft=moved, slug="address", typed=address.typed())
    moved.municipality = request.municipality
    hold(request, moved)
    return redirect(way_on(request, questions(request, moved)))


# --- All answers, and sending them ---


@login_not_required
@never_cache
def check(request: MunicipalityRequest) -> HttpResponse:
    """Everything that was answered, each with its way back; then it is sent."""
    if is_registered(request):
        return redirect("newcomers:my_page", request.municipality.slug)
    draft = own_draft(request)
    if draft is None:
        return redirect("newcomers:register", request.municipality.slug)
    asked = questions(request, draft)
    if missing := asked.first_open():
        return redirect(page_url(request, missing))
    if request.method != "POST":
        return _check_page(request, asked)
    if request.POST.get("seen") != asked.fingerprint():
        messages.warning(request, _("Something was changed after you opened this page. Look through it once more."))
        return _check_page(request, asked, status=409)
    email = asked.result()["adults"][0]["email"]
    is_known = Registration.objects.filter(pk=draft.pk).exists()
    if not is_known and not ratelimit.consume(request, app="newcomers", action="register", config=RATES, key=email):
        messages.error(request, TOO_MANY)
        return _check_page(request, asked, status=429)
    return _send(request, draft, asked)


def check_again(request: MunicipalityRequest) -> HttpResponse:
    """The page was open too long: nothing was typed on it, so it is shown anew."""
    messages.warning(request, OPEN_TOO_LONG)
    return redirect("newcomers:register_check", request.municipality.slug)


check.keeps_typed = check_again  # type: ignore[attr-defined]  # as above


def _check_page(request: MunicipalityRequest, asked: Questionnaire, *, status: int = 200) -> HttpResponse:
    context = {
        "pages": [
            {"summary": summary, "url": page_url(request, summary.slug, change=True)} for summary in asked.summaries()
        ],
        "asks_for_address": asked.has("address"),
        "seen": asked.fingerprint(),
        "days_to_confirm": registering.DAYS_TO_CONFIRM,
    }
    return render(request, "newcomers/register_check.html", context, status=status)


def _send(request: MunicipalityRequest, draft: Draft, asked: Questionnaire) -> HttpResponse:
    """Keep it; then the code by mail, unless they are signed in. Sent twice, the second changes nothing."""
    my_page = reverse("newcomers:my_page", args=[request.municipality.slug])
    with transaction.atomic():
        registration, is_new = registering.register(
            submission=draft.pk,
            municipality=request.municipality,
            answers=asked.result(),
            language=language_of(request),
            source=draft.source,
            way_in=draft.way_in,
        )
        if is_new and not isinstance(request.user, User):
            _send_code(request, registration)
    if isinstance(request.user, User):
        finish(request, request.user, only={registration.pk})
        return redirect(my_page)
    code_is_waiting = LOGIN_SESSION_KEY in request.session
    page = reverse("account_confirm_login_code" if code_is_waiting else "account_login")
    return redirect(f"{page}?{urlencode({'next': my_page})}")


def _send_code(request: HttpRequest, registration: Registration) -> None:
    account = User.objects.for_email(
        registration.email,
        name=registration.answers["adults"][0]["name"],
        language=registration.municipality.nearest_language(registration.answers["language"]),
    )
    LoginCodeVerificationProcess.initiate(request=request, user=account, email=registration.email)


# --- Beside the pages ---


@login_not_required
@require_safe
def postcode(request: MunicipalityRequest) -> HttpResponse:
    """The place of a postcode, as a piece of the form."""
    place = look_up(request.GET.get("postcode", ""), request.municipality)
    return render(request, "newcomers/place.html", {"place": place})
