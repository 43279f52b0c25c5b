"""Whole pages kept for visitors who are nobody in particular, and thrown away the moment anything they show changes.

Everything kept belongs to one version of the public content. A change of any watched model starts a new version,
so nothing is shown that an editor has changed. A version also ends by itself when a text is due, or a day ends, and
belongs to one release of the portal: another has other templates, words and files.
"""

from __future__ import annotations

import gzip
import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache, wraps
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Model, QuerySet
from django.db.models.signals import m2m_changed, post_delete, post_save
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language

Value = TypeVar("Value")
View = Callable[..., HttpResponse]

VERSION_KEY = "content-version"
# Addresses with a query are many; each is kept for a few minutes only.
WITH_QUERY_SECONDS = 600
# A version ends at midnight at the latest: nobody asks for its pages after a day, and they must not fill the cache.
LONGEST_SECONDS = 24 * 60 * 60
LONGEST_ADDRESS = 500
MAKES_PAGES = {".py", ".html", ".xml", ".typ", ".mo", ".css", ".js", ".svg"}

_next_changes: dict[str, Callable[[datetime], datetime | None]] = {}


# --- Versions ---


def watch(*models: type[Model]) -> None:
    """Start a new version whenever a row of these models is saved or deleted, or joined to others.

    `update` and `bulk_create` send no signal: they are noticed where the model's manager is a PublicQuerySet.
    """
    for model in models:
        uid = f"page_cache.{model._meta.label}"
        post_save.connect(_changed, sender=model, dispatch_uid=uid)
        post_delete.connect(_changed, sender=model, dispatch_uid=uid)
        for field in model._meta.many_to_many:
            m2m_changed.connect(_changed, sender=getattr(model, field.name).through, dispatch_uid=f"{uid}.{field.name}")


class PublicQuerySet(QuerySet[Any]):
    """The rows of a watched model: also what is changed in one stroke, without a signal, starts a new version."""

    def update(self, **values: Any) -> int:
        count = super().update(**values)
        changed()
        return count

    def bulk_create(self, *args: Any, **kwargs: Any) -> Any:
        created = super().bulk_create(*args, **kwargs)
        changed()
        return created


def changes_by_itself(name: str, next_change: Callable[[datetime], datetime | None]) -> None:
    """`next_change(now)` tells when something appears or goes without anybody saving anything, if ever."""
    _next_changes[name] = next_change


def changed() -> None:
    """End the version for whoever reads within this transaction; start another when all can see what changed."""
    cache.delete(VERSION_KEY)
    if not any(waiting[1] is _renew for waiting in connection.run_on_commit):
        transaction.on_commit(_renew)


def version() -> str:
    """The name of the content as it is now, as this release shows it."""
    found = cache.get(VERSION_KEY)
    name = found[0] if found is not None and timezone.now() < found[1] else _join_version(found)
    return f"{release()}-{name}"


@lru_cache(maxsize=1)
def release() -> str:
    """A name for the files that pages are made from, read once in each process."""
    apps = {app.partition(".")[0] for app in settings.INSTALLED_APPS}
    digest = hashlib.sha256((settings.BASE_DIR / "package-lock.json").read_bytes())
    for folder in sorted({"templates", "locale", "static", *apps}):
        for path in sorted((settings.BASE_DIR / folder).rglob("*")):
            if path.suffix in MAKES_PAGES:
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _changed(**kwargs: Any) -> None:
    if not kwargs.get("raw"):
        changed()


def _renew() -> None:
    cache.set(VERSION_KEY, _new_version(), None)


def _join_version(ended: tuple[str, datetime] | None) -> str:
    """A reader starts a version only where there is none: a change made meanwhile knows more than the reader does."""
    started = _new_version()
    if ended is not None:
        cache.delete(VERSION_KEY)
    if cache.add(VERSION_KEY, started, None):
        return started[0]
    return str((cache.get(VERSION_KEY) or started)[0])


def _new_version() -> tuple[str, datetime]:
    """Its name, and when it ends by itself."""
    now = timezone.now()
    midnight = timezone.make_aware(datetime.combine(timezone.localdate(now) + timedelta(days=1), time()))
    moments = [midnight, *(moment for find in _next_changes.values() if (moment := find(now)))]
    return uuid.uuid4().hex, min(moments)


# --- What is kept ---


def remember(key: str, find: Callable[[], Value], *, seconds: int = WITH_QUERY_SECONDS) -> Value:
    """What `find` gives, read once in each version of the content, or after so many seconds. None is not kept."""
    full_key = f"{key}:{version()}"
    found: Value | None = cache.get(full_key)
    if found is None:
        found = find()
        if found is not None:
            cache.set(full_key, found, seconds)
    return found


@dataclass(frozen=True)
class KeptPage:
    content: bytes
    compressed: bytes
    content_type: str
    etag: str

    @classmethod
    def of(cls, response: HttpResponse) -> KeptPage:
        content = response.content
        etag = f'W/"{hashlib.sha256(content).hexdigest()[:32]}"'
        return cls(content, gzip.compress(content, 6, mtime=0), response["Content-Type"], etag)

    def response(self, request: HttpRequest) -> HttpResponse:
        takes_gzip = "gzip" in request.headers.get("Accept-Encoding", "")
        response = HttpResponse(self.compressed if takes_gzip else self.content, content_type=self.content_type)
        if takes_gzip:
            response["Content-Encoding"] = "gzip"
        response["ETag"] = self.etag
        # "public" tells the service worker that it may keep the page; "no-cache" makes everybody ask first.
        response["Cache-Control"] = "public, no-cache"
        patch_vary_headers(response, ["Cookie", "Accept-Encoding"])
        return get_conditional_response(request, etag=self.etag, response=response) or response


def public_page(view: View) -> View:
    """A page for everyone that holds no form: kept for those without a session, fresh for all others."""

    @login_not_required
    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not _may_be_kept(request):
            return view(request, *args, **kwargs)
        # The version is read before the page is made: a change meanwhile leaves it under a name nobody asks for.
        key = _key(request)
        kept: KeptPage | None = cache.get(key)
        if kept is None:
            response = view(request, *args, **kwargs)
            if response.status_code != 200 or response.streaming or request.META.get("CSRF_COOKIE_NEEDS_UPDATE"):
                return response
            kept = KeptPage.of(response)
            cache.set(key, kept, WITH_QUERY_SECONDS if request.GET else LONGEST_SECONDS)
        return kept.response(request)

    return inner


def _may_be_kept(request: HttpRequest) -> bool:
    return (
        not settings.DEBUG  # a developer sees every change of a template
        and request.method in {"GET", "HEAD"}
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
        and len(request.get_full_path()) <= LONGEST_ADDRESS
    )


def _key(request: HttpRequest) -> str:
    address = hashlib.sha256(f"{get_language()} {request.get_full_path()}".encode()).hexdigest()
    return f"page:{version()}:{address}"
