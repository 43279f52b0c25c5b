"""The portal's addresses, and one that answers with bytes kept ready (BENCH_BYTES) through the same middleware."""

from __future__ import annotations

import os
from pathlib import Path

from django.conf.urls.i18n import i18n_patterns
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import path

from portal.urls import urlpatterns as portal_urls


@login_not_required
def same_bytes(request: HttpRequest) -> HttpResponse:
    return HttpResponse(Path(os.environ["BENCH_BYTES"]).read_bytes())


urlpatterns = i18n_patterns(path("<slug:municipality_slug>/same-bytes/", same_bytes)) + portal_urls
