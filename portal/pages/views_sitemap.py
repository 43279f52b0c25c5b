"""What search engines ask for: which pages there are, in which languages, and where they should not look."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from portal.municipalities.middleware import MunicipalityRequest
from portal.municipalities.models import Municipality, default_languages
from portal.page_cache import public_page
from portal.pages.addresses import all_addresses

MOST_ADDRESSES = 50_000  # in one file, says sitemaps.org
XML = "application/xml; charset=utf-8"


@public_page
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """One site map for each municipality that is switched on."""
    slugs = Municipality.objects.filter(is_active=True).order_by("slug").values_list("slug", flat=True)
    maps = [f"{settings.SITE_URL}{reverse('sitemap_of_municipality', args=[slug])}" for slug in slugs]
    return render(request, "pages/sitemap_index.xml", {"maps": maps}, content_type=XML)


@public_page
@require_safe
def of_municipality(request: MunicipalityRequest) -> HttpResponse:
    """Every public page in every language that the municipality offers; each names the others."""
    municipality = request.municipality
    languages = municipality.languages or default_languages()
    pages = []
    for address in all_addresses(municipality)[: MOST_ADDRESSES // len(languages)]:
        # All languages have the same path after their own code: asking once is seven times as fast.
        path = reverse(address.url_name, args=[municipality.slug, *address.args]).split("/", 2)[2]
        links = [{"language": code, "url": f"{settings.SITE_URL}/{code}/{path}"} for code in languages]
        pages.append({"links": links, "changed_at": address.changed_at, "default": links[0]["url"]})
    return render(request, "pages/sitemap.xml", {"pages": pages}, content_type=XML)


@public_page
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Everything may be found but the office, accounts, answers to searches, and what is meant for paper."""
    own = [f"/{code}/account/" for code, _name in settings.LANGUAGES]
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in ("/admin/", *own, "/*/search/?*q=", "/*/qr/", "/*/poster.pdf")),
        "",
        f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
