"""The web addresses that texts point to: gathered, asked once a day, and where the broken ones stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urldefrag
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone
from markdown_it import MarkdownIt

from portal.municipalities.models import Municipality
from portal.pages.enums import PublishState
from portal.pages.models import Article, ContactPoint, Link, ServiceInfo, Step
from portal.pages.web import Answer, look

AT_ONCE = 6
LONGEST = 500

_markdown = MarkdownIt("commonmark", {"html": False})

# A link of a municipality, by its id.
Key = tuple[UUID, str]
# The places (rows of pages, steps and contact points) in which each address of a municipality stands.
Places = dict[UUID, dict[str, list[Any]]]


# --- Gathering ---


def links_in(markdown: str) -> Iterator[str]:
    """The addresses of the web that a text points to, as a browser would ask for them."""
    for block in _markdown.parse(markdown):
        for token in block.children or []:
            if token.type == "link_open" and (address := _address(str(token.attrs["href"]))):
                yield address


def _address(url: str) -> str:
    """The address without the place on the page; empty when it is not for us to check."""
    url = urldefrag(_markdown.normalizeLink(url.strip())).url
    own = url == settings.SITE_URL or url.startswith(f"{settings.SITE_URL}/")
    is_web = url.lower().startswith(("http://", "https://"))
    return url if is_web and not own and len(url) <= LONGEST else ""


def links_of(row: Any) -> set[str]:
    """The addresses in a page, a step or a contact point. Reads `row.translations.all()` of pages."""
    if isinstance(row, Step):
        return {_address(row.url)} - {""}
    if isinstance(row, ContactPoint):
        return {_address(row.website)} - {""}
    bodies = [text.body for text in row.translations.all() if text.state == PublishState.PUBLISHED]
    return {address for body in bodies for address in links_in(body)}


def places(municipalities: Collection[Any]) -> Places:
    """Where each address stands. Eight queries, however many texts there are."""
    found: Places = defaultdict(lambda: defaultdict(list))
    with_links: list[tuple[Any, Q]] = [
        (ServiceInfo, Q(translations__body__contains="://")),
        (Article, Q(translations__body__contains="://")),
        (Step, ~Q(url="")),
        (ContactPoint, ~Q(website="")),
    ]
    for model, condition in with_links:
        rows = model.objects.filter(condition, municipality__in=municipalities).distinct()
        for row in rows.prefetch_related("translations"):
            for address in links_of(row):
                found[row.municipality_id][address].append(row)
    return found


def broken_links_of(obj: Any) -> list[Link]:
    """The links in this page, step or contact point that lead nowhere, for its page in the office."""
    found = links_of(obj)
    return list(broken().filter(municipality=obj.municipality_id, url__in=found)) if found else []


def broken() -> QuerySet[Link]:
    return Link.objects.filter(broken_since__isnull=False)


# --- Checking ---


@dataclass
class LinkReport:
    """links: in the texts now. added, dropped: since last time. checked: addresses that were asked, each once however
    many municipalities link to it. failed: of these, not well. broken: not well on two days, one after the other."""

    links: int
    added: int
    dropped: int
    checked: int
    failed: int = 0
    broken: int = 0


def check_links(
    *, municipality: Municipality | None = None, limit: int | None = None, now: datetime, dry_run: bool = False
) -> LinkReport:
    """Gather the links of all municipalities that are switched on, or of one, and ask each that was not asked today.

    `limit`: ask at most so many addresses, the longest unasked first. A dry run counts, asks nobody, changes nothing.
    """
    towns = [municipality] if municipality else list(Municipality.objects.filter(is_active=True))
    wanted = {(town, url) for town, urls in places(towns).items() for url in urls}
    known = {(link.municipality_id, link.url): link for link in Link.objects.filter(municipality__in=towns)}
    due = _due(wanted, known, now)[:limit]
    report = LinkReport(len(wanted), len(wanted - known.keys()), len(known.keys() - wanted), len(due))
    if not dry_run:
        Link.objects.filter(pk__in=[link.pk for key, link in known.items() if key not in wanted]).delete()
        # Another run may have added the same ones meanwhile.
        added = [Link(municipality_id=town, url=url) for town, url in wanted - known.keys()]
        Link.objects.bulk_create(added, ignore_conflicts=True)
        report.failed = _check(due, now)
    report.broken = broken().filter(municipality__in=towns).count()
    return report


def _due(wanted: Collection[Key], known: Mapping[Key, Link], now: datetime) -> list[str]:
    """Addresses that nobody asked today, the longest unasked first."""
    never = datetime.min.replace(tzinfo=UTC)
    asked: dict[str, datetime] = {}
    for key in wanted:
        checked_at = known[key].checked_at if key in known else None
        if checked_at is None or timezone.localdate(checked_at) < timezone.localdate(now):
            asked[key[1]] = min(asked.get(key[1], now), checked_at or never)
    return sorted(asked, key=lambda url: (asked[url], url))


def check_again(ids: Collection[str], *, now: datetime) -> int:
    """Ask these links at once, also when they were asked today. Returns how many addresses were not well."""
    return _check(list(Link.objects.filter(pk__in=ids).order_by().values_list("url", flat=True).distinct()), now)


def _check(urls: Sequence[str], now: datetime) -> int:
    """Ask a few at a time, and note each answer as it comes."""
    failed = 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for url, answer in zip(urls, pool.map(look, urls), strict=True):
            _note(url, answer, now)
            failed += bool(answer.problem)
    return failed


def _note(url: str, answer: Answer, now: datetime) -> None:
    for link in Link.objects.filter(url=url):
        link.broken_since = _broken_since(link, answer, now)
        link.checked_at, link.status, link.problem = now, answer.status, answer.problem
        link.save(update_fields=["broken_since", "checked_at", "status", "problem"])


def _broken_since(link: Link, answer: Answer, now: datetime) -> date | None:
    """A website may be ill for a day: only what fails on two days in a row is broken, from the first of them on."""
    if not answer.problem:
        return None
    if link.broken_since or not link.problem or not link.checked_at:
        return link.broken_since
    failed_on = timezone.localdate(link.checked_at)
    return failed_on if failed_on < timezone.localdate(now) else None
