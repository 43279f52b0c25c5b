"""Every address that search engines are told of, in every language: one h1, headings in order, a title of its own,
words for each picture, and nothing from elsewhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from html.parser import HTMLParser
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import translation

from portal import registry
from portal.municipalities.models import Municipality
from tests.conftest import TODAY

LANGUAGES = ["nb", "nn", "en", "uk", "pl", "de", "ar"]
NO_PAGES = {"pages:guide", "pages:poster", "pages:feed"}


class Outline(HTMLParser):
    """What a screen reader would jump by."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.title = ""
        self.language = self.direction = ""
        self.without_alt: list[str] = []
        self.ids: list[str] = []
        self.elsewhere: list[str] = []
        self._in_title = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        found = dict(attrs)
        self._in_title = tag == "title"
        if tag == "html":
            self.language, self.direction = found["lang"], found["dir"]
        if tag in {"h1", "h2", "h3", "h4", "h5", "h6"}:
            self.headings.append(int(tag[1]))
        if tag == "img" and "alt" not in found:
            self.without_alt.append(str(found.get("src")))
        if "id" in found:
            self.ids.append(found["id"])
        if tag in {"img", "script", "source"} and str(found.get("src", "")).startswith("http"):
            self.elsewhere.append(str(found["src"]))

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data

    def handle_endtag(self, tag: str) -> None:
        self._in_title = False

    def faults(self) -> Iterator[str]:
        if self.headings.count(1) != 1 or self.headings[0] != 1:
            yield f"begins with {self.headings[:3]}, {self.headings.count(1)} h1"
        if skipped := [(a, b) for a, b in zip(self.headings, self.headings[1:], strict=False) if b > a + 1]:
            yield f"skips heading levels: {skipped}"
        if self.without_alt:
            yield f"pictures without alt: {self.without_alt}"
        if len(self.ids) != len(set(self.ids)):
            yield f"an id twice: {sorted({each for each in self.ids if self.ids.count(each) > 1})}"
        if self.elsewhere:
            yield f"from elsewhere: {self.elsewhere}"


@pytest.fixture
def gol(db: None) -> Municipality:
    call_command("demo", content_only=True, no_index=True, date=TODAY, stdout=StringIO())
    return Municipality.objects.get(slug="gol")


def test_every_page_can_be_read_by_its_outline(client: Client, gol: Municipality) -> None:
    faults = [fault for language in LANGUAGES for fault in faults_in(client, gol, language)]
    assert not faults, "\n".join(faults)


def faults_in(client: Client, gol: Municipality, language: str) -> Iterator[str]:
    titles: dict[str, list[str]] = defaultdict(list)
    with translation.override(language):
        paths = [
            reverse(address.url_name, args=[gol.slug, *address.args])
            for address in registry.addresses(gol, TODAY)
            if address.url_name not in NO_PAGES
        ]
    assert len(paths) > 35
    for path in paths:
        answer = client.get(path)
        assert answer.status_code == 200, path
        outline = Outline(answer.content.decode())
        titles[outline.title].append(path)
        yield from (f"{path}: {fault}" for fault in outline.faults())
        if (outline.language, outline.direction) != (language, "rtl" if language == "ar" else "ltr"):
            yield f"{path}: {outline.language} {outline.direction}"
    yield from (f"one title for {paths}: {title}" for title, paths in titles.items() if len(paths) > 1)
