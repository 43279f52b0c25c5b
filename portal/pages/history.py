"""Every version of a text: who made it, what differs, and the way back."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.core.paginator import Page, Paginator
from django.db import models
from django.db.models import F, QuerySet, Value
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.municipalities.models import Municipality
from portal.pages.enums import PublishState
from portal.pages.models import ArticleTranslation, ServiceInfoTranslation

TEXTS: dict[str, Any] = {"serviceinfo": ServiceInfoTranslation, "article": ArticleTranslation}
# Beyond so many words a changed passage is shown line by line: word by word would take minutes, and tell nobody more.
MOST_WORDS = 2_000


class Change(models.TextChoices):
    """What somebody did to a text; kept with the version as the reason of the change."""

    WRITTEN = "written", _("written")
    REWORDED = "reworded", _("words changed")
    PUBLISHED = "published", _("published")
    WITHDRAWN = "withdrawn", _("made a draft")
    RESTORED = "restored", _("earlier version restored")
    COPIED = "copied", _("copied from another municipality")
    CHECKED = "checked", _("found up to date")
    DELETED = "deleted", _("deleted")


_BY_TYPE = {"+": Change.WRITTEN, "~": Change.REWORDED, "-": Change.DELETED}


def change_of(reason: str | None, history_type: str) -> Change:
    return Change(reason) if reason in Change.values else _BY_TYPE[history_type]


# --- Saving ---


def sign(text: Any, by: User | None, change: Change | None = None) -> None:
    """Note on an unsaved text who changes it and what that is, for its next version."""
    text.changed_by = by
    text._change_reason = change or _change_in(text)


def save_text(text: Any, by: User | None, change: Change | None = None) -> None:
    """Save a text as its next version, signed."""
    sign(text, by, change)
    text.save()


def _change_in(text: Any) -> Change:
    if text._state.adding:
        return Change.WRITTEN
    before = dict(zip(text._get_field_names(), text._original_values, strict=True))
    if before["state"] != text.state:
        return Change.PUBLISHED if text.state == PublishState.PUBLISHED else Change.WITHDRAWN
    return Change.REWORDED


def restore(text: Any, earlier: Any, by: User | None) -> None:
    """Give a text the words of an earlier version, as a new version. Whether it is published stays as it is."""
    for name in text.WORDS:
        setattr(text, name, getattr(earlier, name))
    save_text(text, by, Change.RESTORED)


# --- What differs ---


@dataclass(frozen=True)
class Piece:
    kind: Literal["same", "removed", "added"]
    text: str


def difference(old: str, new: str) -> list[Piece]:
    """From the old text to the new one: first line by line, within changed lines word by word.

    What is same and removed makes up the old text, what is same and added the new one.
    """
    return list(_joined(_by_lines(old.splitlines(keepends=True), new.splitlines(keepends=True))))


def _by_lines(old: list[str], new: list[str]) -> Iterator[Piece]:
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new).get_opcodes():
        before, after = "".join(old[a:b]), "".join(new[c:d])
        if tag == "replace":
            yield from _by_words(_words(before), _words(after))
        else:
            yield from _pieces(tag, before, after)


def _by_words(old: list[str], new: list[str]) -> Iterator[Piece]:
    if max(len(old), len(new)) > MOST_WORDS:
        yield from _pieces("replace", "".join(old), "".join(new))
        return
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        yield from _pieces(tag, "".join(old[a:b]), "".join(new[c:d]))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+|\s+|[^\w\s]", text)


def _pieces(tag: str, old: str, new: str) -> Iterator[Piece]:
    if tag == "equal":
        yield Piece("same", old)
        return
    if old:
        yield Piece("removed", old)
    if new:
        yield Piece("added", new)


def _joined(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Neighbours of one kind as one; a space between two changes belongs to them."""
    last: Piece | None = None
    for piece in pieces:
        if last and last.kind == piece.kind:
            last = Piece(last.kind, last.text + piece.text)
            continue
        if last:
            yield last
        last = piece
    if last:
        yield last


# --- Who changed what ---


@dataclass(frozen=True)
class Entry:
    """One version of one text, as the list of all changes shows it."""

    kind: str
    page_id: Any
    language: str
    version: int
    title: str
    on: datetime
    by: str
    change: Change


def changes(municipalities: QuerySet[Municipality], page: str | int, per_page: int = 50) -> Page[Any]:
    """All changes of all texts of these municipalities, the newest first. Its object_list holds entries."""
    rows = [_rows(kind, model, municipalities) for kind, model in TEXTS.items()]
    found = Paginator(rows[0].union(*rows[1:], all=True).order_by("-on", "-history_id"), per_page).get_page(page)
    listed = list(found.object_list)
    users = User.objects.in_bulk({row["history_user_id"] for row in listed if row["history_user_id"]})
    found.object_list = [_entry(row, users) for row in listed]
    return found


def _rows(kind: str, model: Any, municipalities: QuerySet[Municipality]) -> QuerySet[Any, Any]:
    # The history's own order would order each half before they are put together.
    history: QuerySet[Any, Any] = (
        model.history.filter(master__municipality__in=municipalities)
        .order_by()
        .annotate(kind=Value(kind, output_field=models.CharField()), on=F("history_date"))
        .values(
            "kind", "on", "history_id", "master_id", "language_code", "version", "title", "history_type",
            "history_change_reason", "history_user_id",
        )
    )  # fmt: skip
    return history


def _entry(row: dict[str, Any], users: dict[Any, User]) -> Entry:
    user = users.get(row["history_user_id"])
    return Entry(
        kind=row["kind"],
        page_id=row["master_id"],
        language=row["language_code"],
        version=row["version"],
        title=row["title"],
        on=row["on"],
        by=str(user) if user else "",
        change=change_of(row["history_change_reason"], row["history_type"]),
    )
