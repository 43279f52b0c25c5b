from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from portal.municipalities.models import Municipality
from portal.search.finding import Found, find
from portal.search.indexing import rebuild
from tests.conftest import TODAY
from tests.factories import ArticleFactory, MunicipalityFactory


@pytest.fixture(autouse=True)
def _the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.clock.today", lambda: TODAY)


@pytest.fixture
def gol(db: None) -> Municipality:
    town: Municipality = MunicipalityFactory(gol=True, languages=["nb", "nn", "en", "pl", "uk", "ar", "de"])
    return town


def text(title: str, body: str = "Mer om dette.", **fields: Any) -> dict[str, Any]:
    return {"title": title, "summary": f"{title}.", "body": body, **fields}


def article(town: Municipality, **texts: Any) -> Any:
    """A page with these titles, or texts, by language."""
    written = {code: text(each) if isinstance(each, str) else each for code, each in texts.items()}
    return ArticleFactory(municipality=town, texts=written)


def index() -> None:
    rebuild(Municipality.objects.filter(is_active=True))


def search(town: Municipality, query: str, language: str = "nb", page: int = 1) -> Found:
    with translation.override(language):
        return find(town, language, query, page=page, on=TODAY)


def titles(town: Municipality, query: str, language: str = "nb") -> list[str]:
    """What is found, without the marks."""
    return [hit.title.replace("<mark>", "").replace("</mark>", "") for hit in search(town, query, language).hits]
