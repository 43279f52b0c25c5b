"""The portal's addresses, and one that answers with bytes kept ready (VAR_DIR/bytes) through the same middleware."""

from __future__ import annotations

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import path

from portal.urls import urlpatterns as portal_urls


@login_not_required
def same_bytes(request: HttpRequest, **of_address: str) -> HttpResponse:
    return HttpResponse((settings.VAR_DIR / "bytes").read_bytes())


urlpatterns = i18n_patterns(path("<slug:municipality_slug>/same-bytes/", same_bytes)) + portal_urls
