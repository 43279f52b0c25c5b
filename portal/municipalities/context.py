"""What every page knows."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import translation

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


def _mailbox_url() -> str:
    try:
        return reverse("mailbox")
    except NoReverseMatch:  # production has none
        return ""
