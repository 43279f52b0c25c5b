"""What every page of a municipality knows about its look, and where else the same page stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from portal import page_cache
from portal.municipalities.context import in_language
from portal.municipalities.models import Municipality
from portal.pages.models import SiteLook
from portal.pages.pictures import PictureSources, sources, with_files
from portal.pages.themes import DEFAULT_THEME


@dataclass(frozen=True)
class Look:
    theme: str = DEFAULT_THEME
    picture: PictureSources | None = None
    logo: PictureSources | None = None

    @property
    def stylesheet(self) -> str:
        return f"theme/{self.theme}.css"


def site(request: HttpRequest) -> dict[str, Any]:
    municipality: Municipality | None = getattr(request, "municipality", None)
    if municipality is None:
        return {"look": Look()}
    language = get_language() or municipality.main_language
    # The same page in each language the municipality offers, for search engines.
    alternates = {code: settings.SITE_URL + in_language(request.path, code) for code in municipality.languages}
    return {
        "look": page_cache.remember(f"look:{municipality.pk}:{language}", lambda: _look(municipality, language)),
        "site_url": settings.SITE_URL,
        "canonical_url": settings.SITE_URL + request.path,
        "alternates": alternates,
        "default_alternate": alternates.get(municipality.main_language),
    }


def _look(municipality: Municipality, language: str) -> Look:
    rows = SiteLook.objects.filter(municipality=municipality).select_related("picture", "logo")
    of_pictures = [f"{name}__translations" for name in ("picture", "logo")]
    row = rows.prefetch_related(*of_pictures, with_files("picture__"), with_files("logo__")).first()
    if row is None:
        return Look()
    fallback = municipality.main_language
    return Look(row.theme, sources(row.picture, language, fallback), sources(row.logo, language, fallback))
