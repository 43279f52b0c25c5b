"""Pages that belong to no municipality: the way in, health, and what to do when a form was open too long."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.utils.translation import get_language
from django.views.csrf import csrf_failure as django_csrf_failure

from portal.municipalities.models import Municipality
from portal.page_cache import public_page
from portal.pages.texts import text_in


@public_page
def home(request: HttpRequest) -> HttpResponse:
    """With one municipality, its start page; with several, the choice between them."""
    municipalities = list(Municipality.objects.filter(is_active=True).prefetch_related("translations"))
    if len(municipalities) == 1:
        return redirect(municipalities[0])
    language = get_language() or settings.LANGUAGE_CODE
    places = [
        {"municipality": place, "tagline": getattr(text_in(place, language, place.main_language), "tagline", "")}
        for place in municipalities
    ]
    return render(request, "home.html", {"places": places})


@login_not_required
def closed(request: HttpRequest) -> HttpResponse:
    """Pages of the sign-in library that the portal does without."""
    raise Http404


@login_not_required
def healthz(request: HttpRequest) -> JsonResponse:
    """For load balancers: the process answers and the database does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was open too long comes back with what was typed, where its view can (`keeps_typed`)."""
    try:
        match = resolve(request.path_info)
    except Resolver404:
        return django_csrf_failure(request, reason=reason)
    again = getattr(match.func, "keeps_typed", None)
    if again is None:
        return django_csrf_failure(request, reason=reason)
    answer: HttpResponse = again(request)
    return answer
