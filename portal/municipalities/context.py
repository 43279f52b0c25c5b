"""What every page knows."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from django.utils import translation
from django.utils.functional import SimpleLazyObject

from portal import registry
from portal.municipalities.models import Municipality

LOCAL_NAMES = {
    "nb": "Bokmål", "nn": "Nynorsk", "en": "English", "uk": "Українська", "pl": "Polski", "de": "Deutsch",
    "ar": "العربية",
}  # fmt: skip

IN_A_LANGUAGE = re.compile(rf"^/(?:{'|'.join(code for code, _name in settings.LANGUAGES)})(?=/)")


def in_language(path: str, code: str) -> str:
    """The same page in another language: addresses for people begin with theirs, all others stay as they are."""
    return IN_A_LANGUAGE.sub(f"/{code}", path)


def portal(request: HttpRequest) -> dict[str, Any]:
    municipality: Municipality | None = getattr(request, "municipality", None)
    language = translation.get_language() or settings.LANGUAGE_CODE
    return {
        "municipality": municipality,
        "bound_for": SimpleLazyObject(lambda: municipality or _bound_for(request)),
        "languages": _language_switch(request, municipality, language),
        "html_language": language,
        "text_direction": "rtl" if translation.get_language_bidi() else "ltr",
        "is_demo": municipality.is_demo if municipality else Municipality.objects.filter(is_demo=True).exists(),
        "demo_mailbox_url": _mailbox_url(),
        "accessibility_statement_url": settings.ACCESSIBILITY_STATEMENT_URL,
        "nav": registry.navigation(request) if municipality else [],
    }


def _language_switch(request: HttpRequest, municipality: Municipality | None, current: str) -> list[dict[str, Any]]:
    offered = municipality.languages if municipality else [code for code, _name in settings.LANGUAGES]
    return [
        {
            "code": code,
            "name_local": LOCAL_NAMES[code],
            "current": code == current,
            "url": in_language(request.get_full_path(), code),
        }
        for code in offered
    ]


def _bound_for(request: HttpRequest) -> Municipality | None:
    """Where somebody is going who is asked for a code on the way: those pages are of no municipality."""
    path = urlsplit(request.POST.get("next", request.GET.get("next", ""))).path
    try:
        slug = resolve(path).kwargs.get("municipality_slug")
    except Resolver404:
        return None
    return Municipality.objects.filter(slug=slug, is_active=True).first() if slug else None


def _mailbox_url() -> str:
    try:
        return reverse("mailbox")
    except NoReverseMatch:  # production has none
        return ""
