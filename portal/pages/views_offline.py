"""What is left of the portal without a network: the service worker, and the page it shows then."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.page_cache import public_page


@never_cache
@login_not_required
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """At the root, since a worker serves only what lies below it; never kept, so that a new one is found at once."""
    # What was kept belongs to one set of files: an old page would ask for files that are gone.
    version = getattr(staticfiles_storage, "manifest_hash", "") or "development"
    script = render_to_string("pages/sw.js", {"version": version})
    return HttpResponse(script, content_type="text/javascript; charset=utf-8")


@public_page
def offline(request: HttpRequest) -> HttpResponse:
    """What the reader has on this device (filled in by site.js). In every language, of no municipality."""
    return render(request, "pages/offline.html")
