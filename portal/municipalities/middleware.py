"""Puts the municipality named in the address on the request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from portal import page_cache
from portal.accounts.models import User
from portal.municipalities.models import Municipality


class MunicipalityRequest(HttpRequest):
    """A request under /<lang>/<municipality>/."""

    municipality: Municipality


class SignedInRequest(MunicipalityRequest):
    """The same, from somebody who signed in."""

    user: User


class MunicipalityMiddleware:
    """`request.municipality` is the one in the path (404 when unknown or switched off), else None.

    The view itself does not take the slug: everything it needs is fetched through the municipality.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.municipality = None  # type: ignore[attr-defined]  # views under a municipality take MunicipalityRequest
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> None:
        slug = kwargs.pop("municipality_slug", None)
        if slug is None:
            return
        municipality = page_cache.remember(
            f"municipality:{slug}", Municipality.objects.filter(slug=slug, is_active=True).first
        )
        if municipality is None:
            raise Http404
        request.municipality = municipality  # type: ignore[attr-defined]  # see above
