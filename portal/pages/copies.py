"""Pages of another municipality as drafts of one's own, which remember where they came from."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.municipalities.models import Municipality
from portal.pages.enums import PublishState
from portal.pages.gaps import is_outdated
from portal.pages.history import Change, save_text
from portal.pages.models import Article, ServiceInfo, Step


@dataclass
class CopyReport:
    """What was copied, what was there already and left alone, and what readers could not have seen either."""

    copied: list[str] = field(default_factory=list)
    left_alone: list[str] = field(default_factory=list)
    unpublished: list[str] = field(default_factory=list)
    texts: int = 0

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def readable_pages(municipality: Municipality) -> list[tuple[str, QuerySet[Any]]]:
    """What can be copied from a municipality, by kind."""
    kinds: list[tuple[str, Any]] = [("topics", ServiceInfo), ("articles", Article), ("steps", Step)]
    return [
        (kind, model.objects.filter(municipality=municipality).prefetch_related("translations"))
        for kind, model in kinds
    ]


def copy_pages(
    *,
    source: Municipality,
    target: Municipality,
    by: User | None,
    only: Collection[Any] | None = None,
    dry_run: bool = False,
) -> CopyReport:
    """Copy published texts as drafts; `only` holds the ids of the pages wanted, all when None.

    A page is copied whole or not at all. What the target has already is left alone, so it may run twice.
    Contact points and pictures belong to their place, and are not copied.
    """
    if source == target:
        raise ValidationError(_("A municipality cannot copy its own pages."))
    report = CopyReport()
    there = _already_there(target)
    for kind, pages in readable_pages(source):
        for page in pages if only is None else pages.filter(pk__in=only):
            name = f"{kind}: {page}"
            texts = _readable(page, target)
            if _mark(page) in there:
                report.left_alone.append(name)
            elif not texts:
                report.unpublished.append(name)
            else:
                report.copied.append(name)
                report.texts += len(texts)
                if not dry_run:
                    _copy(page, texts, target, by)
    return report


def _mark(page: Any) -> tuple[Any, ...]:
    """What makes a page the same page in another municipality."""
    if isinstance(page, ServiceInfo):
        return ("topic", page.topic)
    return ("article", page.slug) if isinstance(page, Article) else ("step", page.situation, page.topic, page.url)


def _already_there(target: Municipality) -> set[tuple[Any, ...]]:
    topics = target.serviceinfos.values_list("topic", flat=True)
    slugs = target.articles.values_list("slug", flat=True)
    steps = target.steps.values_list("situation", "topic", "url")
    return (
        {("topic", topic) for topic in topics}
        | {("article", slug) for slug in slugs}
        | {("step", *step) for step in steps}
    )


def _readable(page: Any, target: Municipality) -> list[Any]:
    """Its texts that everyone can read, in the languages the target offers."""
    return [
        text
        for text in page.translations.all()
        if getattr(text, "is_shown", True) and text.language_code in target.languages
    ]


_OWN = {"id", "municipality", "created_at", "owner", "verified_on", "picture", "origin"}


@transaction.atomic
def _copy(page: Any, texts: list[Any], target: Municipality, by: User | None) -> None:
    values = {f.name: getattr(page, f.name) for f in page._meta.concrete_fields if f.name not in _OWN}
    copy = type(page).objects.create(**values, municipality=target, owner=by, origin=page)
    rows = {text.language_code: text for text in page.translations.all()}
    for text in texts:
        _copy_text(text, copy, rows, by)


def _copy_text(text: Any, copy: Any, rows: dict[str, Any], by: User | None) -> None:
    if isinstance(copy, Step):
        type(text).objects.create(
            master=copy, language_code=text.language_code, title=text.title, text=text.text, link_text=text.link_text
        )
        return
    new = type(text)(
        master=copy,
        language_code=text.language_code,
        state=PublishState.DRAFT,
        origin_version=text.version,
        source_language=text.source_language,
        # The copy begins at version 1; a translation that was behind its source stays behind it.
        source_version=None if text.source_version is None else int(not is_outdated(text, rows)),
        **{name: getattr(text, name) for name in text.WORDS},
    )
    save_text(new, by, Change.COPIED)


# --- Afterwards ---


def origin_texts(page: Any) -> dict[str, Any]:
    """The texts of the page it was copied from that everyone can read, by language; prefetch `origin__translations`."""
    if page.origin is None:
        return {}
    return {text.language_code: text for text in page.origin.translations.all() if text.is_shown}


def changed_at_origin(page: Any) -> list[str]:
    """The languages in which the page it was copied from says something else by now."""
    theirs = origin_texts(page)
    return [text.language_code for text in page.translations.all() if origin_is_newer(text, theirs)]


def origin_is_newer(text: Any, theirs: dict[str, Any]) -> bool:
    new = theirs.get(text.language_code)
    return new is not None and text.origin_version is not None and new.version > text.origin_version


def take_new(text: Any, new: Any, by: User | None) -> None:
    """Give our text the words of its origin, as a draft: somebody reads them before everyone does."""
    for name in text.WORDS:
        setattr(text, name, getattr(new, name))
    text.state = PublishState.DRAFT
    text.origin_version = new.version
    save_text(text, by, Change.COPIED)


def keep_ours(text: Any, new: Any, by: User | None) -> None:
    """Note that the origin's change was seen, and our words stay."""
    text.origin_version = new.version
    save_text(text, by, Change.CHECKED)
