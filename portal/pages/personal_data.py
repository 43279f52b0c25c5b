"""Texts and facts: colleagues stand in them as owners and authors, newcomers never."""

from __future__ import annotations

from portal.personal_data import register_personal_data

_OWNER = "names the colleague who keeps it true"
_AUTHOR = "names the colleague who wrote it; texts for everyone"

NOTHING_IN = {
    "pages.ContactPoint": "an office or a club, on a page for everyone",
    "pages.Article": _OWNER,
    "pages.ServiceInfo": _OWNER,
    "pages.Step": _OWNER,
    "pages.ArticleTranslation": _AUTHOR,
    "pages.ServiceInfoTranslation": _AUTHOR,
    "pages.HistoricalArticleTranslation": _AUTHOR,
    "pages.HistoricalServiceInfoTranslation": _AUTHOR,
}

register_personal_data("pages", nothing_in=NOTHING_IN)
