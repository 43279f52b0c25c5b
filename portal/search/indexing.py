"""Fills the index: an entry for each object and language, and the words that stand in them."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from portal import page_cache
from portal.municipalities.models import Municipality
from portal.search import sources
from portal.search.models import SearchEntry, SearchEntryQuerySet, SearchWord
from portal.search.sources import Document, Source
from portal.search.text import Token, fold, plain, stem, stems, tokens

# Another number makes the next rebuild write every entry anew: raise it when words are compared in another way.
VERSION = 1
LONGEST_TEXT = 20_000
BATCH = 500
WRITTEN = [
    "municipality", "written_once", "title", "text", "title_words", "words", "weight", "url_name", "url_args",
    "publish_at", "shown_until", "digest", "changed_at",
]  # fmt: skip


@dataclass
class Report:
    entries: int = 0
    written: int = 0
    removed: int = 0
    words: int = 0


def read_again(source: Source, object_ids: Collection[UUID]) -> None:
    """Bring the entries of these objects up to date."""
    objects = source.model._base_manager.filter(pk__in=object_ids)
    entries = SearchEntry.objects.filter(kind=source.kind, object_id__in=object_ids)
    with transaction.atomic():
        report = Report()
        _add_words(_write(source, source.documents(objects), entries, report))
    if report.written or report.removed:
        page_cache.changed()


def rebuild(municipalities: Iterable[Municipality], *, dry_run: bool = False) -> Report:
    """Bring the whole index of these municipalities up to date, each in one transaction."""
    report = Report()
    for municipality in municipalities:
        with transaction.atomic():
            _rebuild(municipality, report)
            transaction.set_rollback(dry_run)
    if (report.written or report.removed) and not dry_run:
        page_cache.changed()
    return report


def _rebuild(municipality: Municipality, report: Report) -> None:
    known = sources.every()
    for source in known:
        objects = source.model._base_manager.filter(municipality=municipality)
        entries = SearchEntry.objects.filter(kind=source.kind, municipality=municipality)
        for _entry in _write(source, source.documents(objects), entries, report):
            pass
    gone = SearchEntry.objects.filter(municipality=municipality).exclude(kind__in=[source.kind for source in known])
    report.removed += gone.delete()[0]
    report.words += _rebuild_words(municipality)


# --- Entries ---


def _write(
    source: Source, documents: Iterable[Document], old: SearchEntryQuerySet, report: Report
) -> list[SearchEntry]:
    """Write what differs from the old entries, remove those that no document stands behind; give the written ones."""
    before = {(object_id, language): (pk, digest) for pk, object_id, language, digest in old.values_list(
        "pk", "object_id", "language", "digest")}  # fmt: skip
    written: list[SearchEntry] = []
    for some in _batches(documents):
        entries = [entry for document in some if (entry := _entry(source, document, before)) is not None]
        SearchEntry.objects.bulk_create(
            entries, update_conflicts=True, unique_fields=["kind", "object_id", "language"], update_fields=WRITTEN
        )
        written += entries
        report.entries += len(some)
    report.written += len(written)
    for ids in _batches(pk for pk, _digest in before.values()):
        report.removed += SearchEntry.objects.filter(pk__in=ids).delete()[0]
    return written


def _entry(source: Source, document: Document, before: dict[tuple[UUID, str], Any]) -> SearchEntry | None:
    """The entry to write; none when it stands there already. Takes it out of those that were there before."""
    digest = _digest(source, document)
    _pk, old_digest = before.pop((document.object_id, document.language), (None, None))
    if digest == old_digest:
        return None
    title, text = document.title[:200], plain(document.text[:LONGEST_TEXT])
    return SearchEntry(
        municipality_id=document.municipality_id, kind=source.kind, object_id=document.object_id,
        language=document.language, written_once=source.written_once, weight=source.weight,
        title=title, text=text,
        title_words=_spaced(title, document.language), words=_spaced(f"{title} {text}", document.language),
        url_name=document.url_name, url_args=list(document.url_args), publish_at=document.publish_at,
        shown_until=document.shown_until, digest=digest, changed_at=timezone.now(),
    )  # fmt: skip


def _spaced(text: str, language: str) -> str:
    return f" {' '.join(stems(text, language))} "


def _digest(source: Source, document: Document) -> str:
    content = [VERSION, source.weight, source.written_once, asdict(document)]
    return hashlib.sha256(json.dumps(content, default=str).encode()).hexdigest()


def _batches(rows: Iterable[Any]) -> Iterator[list[Any]]:
    rest = iter(rows)
    while batch := list(islice(rest, BATCH)):
        yield batch


# --- Words ---


def _tokens(entry: SearchEntry) -> Iterator[Token]:
    yield from tokens(entry.title)
    yield from tokens(entry.text)


def _add_words(entries: Iterable[SearchEntry]) -> None:
    """New words of these entries; how often they occur is counted by the rebuild."""
    found = {
        (entry.municipality_id, entry.language, fold(token.word)): token.word
        for entry in entries for token in _tokens(entry)
    }  # fmt: skip
    words = [
        SearchWord(municipality_id=town, language=language, word=word, stem=stem(written, language), written=written)
        for (town, language, word), written in found.items()
    ]
    SearchWord.objects.bulk_create(words, batch_size=BATCH, ignore_conflicts=True)


def _rebuild_words(municipality: Municipality) -> int:
    """Count all words anew, and forget those that stand nowhere any more."""
    texts: Counter[str] = Counter()
    spellings: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    texts_with: Counter[tuple[str, str]] = Counter()
    entries = SearchEntry.objects.filter(municipality=municipality).only("language", "title", "text")
    for entry in entries.iterator(chunk_size=BATCH):
        texts[entry.language] += 1
        here = [token.word for token in _tokens(entry)]
        for written in here:
            spellings[entry.language, fold(written)][written] += 1
        texts_with.update({(entry.language, stem(written, entry.language)) for written in here})
    words = [
        _word(municipality, language, word, written, texts_with, texts)
        for (language, word), written in spellings.items()
    ]
    SearchWord.objects.bulk_create(
        words, batch_size=BATCH, update_conflicts=True, unique_fields=["municipality", "language", "word"],
        update_fields=["stem", "written", "share"],
    )  # fmt: skip
    gone = [pk for pk, language, word in SearchWord.objects.filter(municipality=municipality).values_list(
        "pk", "language", "word") if (language, word) not in spellings]  # fmt: skip
    for ids in _batches(gone):
        SearchWord.objects.filter(pk__in=ids).delete()
    return len(words)


def _word(
    municipality: Municipality, language: str, word: str, spellings: Counter[str], texts_with: Counter[Any],
    texts: Counter[str],
) -> SearchWord:  # fmt: skip
    # In small letters where it is ever written so, else as it mostly is: a name.
    written = max(spellings, key=lambda spelling: (spelling.islower(), spellings[spelling]))
    its_stem = stem(written, language)
    share = texts_with[language, its_stem] / texts[language]
    return SearchWord(
        municipality=municipality, language=language, word=word, stem=its_stem, written=written, share=share
    )
