"""What search finds of the homes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import OuterRef, QuerySet
from django.utils import translation
from django.utils.translation import pgettext_lazy

from housing.models import Listing
from portal.search import following
from portal.search.sources import Document, Source


def register() -> None:
    # Not the "Home" of the office's own pages, which leads to their start.
    home = pgettext_lazy("somewhere to live", "Home")
    following.register(Source("home", home, Listing, _homes, shown=_shown, written_once=True))


def _homes(listings: QuerySet[Any]) -> Iterator[Document]:
    """Without the person to ask, whom nobody needs to find by name."""
    for listing in listings.filter(is_published=True, taken_on=None).select_related("postcode"):
        with translation.override(listing.language):
            kind = str(listing.get_kind_display())
        yield Document(
            municipality_id=listing.municipality_id, object_id=listing.pk, language=listing.language,
            title=listing.title, text=f"{kind} · {listing.address}\n\n{listing.description}",
            url_name="housing:detail", url_args=(str(listing.pk),), shown_until=listing.confirm_by,
        )  # fmt: skip


def _shown(on: date) -> QuerySet[Any]:
    return Listing.objects.shown(on).filter(pk=OuterRef("object_id"), language=OuterRef("language"))
