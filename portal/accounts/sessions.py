"""Where somebody is signed in: which browser and since when. Never from which network address, which nobody needs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from portal.accounts.models import User

# allauth wants an address in its row; this one is nobody's.
NO_ADDRESS = "0.0.0.0"  # noqa: S104  # nothing is bound to it
# The words in a browser's name for itself, and what people call it. The first that fits: many pose as others.
BROWSERS = {"Edg": "Edge", "OPR": "Opera", "SamsungBrowser": "Samsung Internet", "Firefox": "Firefox",
            "FxiOS": "Firefox", "Chrome": "Chrome", "CriOS": "Chrome", "Safari": "Safari"}  # fmt: skip
SYSTEMS = {"iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Windows": "Windows", "Macintosh": "Mac",
           "CrOS": "Chromebook", "Linux": "Linux"}  # fmt: skip


def keep_little(sender: Any, instance: UserSession, **kwargs: Any) -> None:
    """Before each save: no network address, and of the browser its name alone ("Firefox, Windows")."""
    instance.ip = NO_ADDRESS
    instance.user_agent = browser_name(instance.user_agent)


def browser_name(user_agent: str) -> str:
    """Such as "Firefox, Windows"; empty when it says nothing we know."""
    found = [next((name for word, name in words.items() if word in user_agent), "") for words in (BROWSERS, SYSTEMS)]
    return ", ".join(name for name in found if name)


def limit(request: HttpRequest, user: User) -> None:
    """Let the session of somebody who works here end after their working day, whether they use it or not."""
    if user.is_staff:
        request.session.set_expiry(timezone.now() + timedelta(hours=settings.STAFF_SESSION_HOURS))


def open_sessions(user: User) -> QuerySet[UserSession]:
    """The newest first."""
    alive = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=timezone.now())
    sessions: QuerySet[UserSession] = UserSession.objects.filter(Exists(alive), user=user)
    return sessions.order_by("-created_at")


@transaction.atomic
def end(*, sessions: QuerySet[UserSession], by: User) -> int:
    """Sign out of these, of which only their own count: the next click there asks for a new sign-in."""
    keys = list(sessions.filter(user=by).values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(session_key__in=keys).delete()
    return len(keys)


def forget_ended(*, dry_run: bool = False) -> dict[str, int]:
    """Remove sessions that have run out, and what was noted of any that is gone."""
    now = timezone.now()
    alive = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=now)
    ended, notes = Session.objects.filter(expire_date__lte=now), UserSession.objects.filter(~Exists(alive))
    report = {"sessions": ended.count(), "notes": notes.count()}
    if not dry_run:
        notes.delete()
        ended.delete()
    return report
