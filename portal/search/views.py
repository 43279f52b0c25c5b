"""The search page: one box over everything a municipality's site says."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from portal import clock, page_cache
from portal.municipalities.context import LOCAL_NAMES
from portal.municipalities.middleware import MunicipalityRequest
from portal.search import counting, sources
from portal.search.databases import MOST_RANKED
from portal.search.finding import LONGEST_QUERY, PER_PAGE, Found, clean, find


@login_not_required
@require_safe
def search(request: MunicipalityRequest) -> HttpResponse:
    """Each search is counted, also when its page is kept; nothing of it is kept with the reader or in their browser."""
    response = _results(request)
    query, _cut = clean(request.GET.get("q", ""))
    if query and _page_number(request) == 1 and request.method == "GET":
        found = _found(request, query)
        counting.count(request.municipality, on=clock.today(), without_result=not found.total)
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "private, no-cache"
    return response


@page_cache.public_page
def _results(request: MunicipalityRequest) -> HttpResponse:
    query, cut = clean(request.GET.get("q", ""))
    found = _found(request, query) if query else Found()
    return render(
        request,
        "search/search.html",
        {
            "query": query,
            "cut": LONGEST_QUERY if cut else 0,
            "most": MOST_RANKED if found.total > MOST_RANKED else 0,
            "found": found,
            "hits": [_shown(hit, _language(request)) for hit in found.hits],
            "own_language": LOCAL_NAMES.get(_language(request), ""),
            "other_language": LOCAL_NAMES.get(found.other_language, ""),
            "page": _page(found),
        },
    )


def _found(request: MunicipalityRequest, query: str) -> Found:
    """Looked for once, until something on the site changes."""
    number, language, municipality = _page_number(request), _language(request), request.municipality
    key = hashlib.sha256(f"{municipality.pk} {language} {number} {query}".encode()).hexdigest()

    def look() -> Found:
        found = find(municipality, language, query, page=number, on=clock.today())
        if not found.total:
            counting.note_missed(municipality, query, language, on=clock.today())
        return found

    return page_cache.remember(f"search:{key}", look)


def _language(request: MunicipalityRequest) -> str:
    return get_language() or request.municipality.main_language


def _page_number(request: MunicipalityRequest) -> int:
    typed = request.GET.get("page", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 1


def _page(found: Found) -> Page[int]:
    """What components/pagination.html needs."""
    return Paginator(range(min(found.total, MOST_RANKED)), PER_PAGE).get_page(found.number)


def _shown(hit: Any, language: str) -> dict[str, Any]:
    return {
        "title": hit.title,
        "snippet": hit.snippet,
        "url": hit.url,
        "kind": sources.get(hit.kind).label,
        "language": hit.language,
        "language_name": LOCAL_NAMES.get(hit.language, hit.language) if hit.language != language else "",
    }
