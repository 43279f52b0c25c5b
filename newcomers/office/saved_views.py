"""Choices of filters that the office comes back to."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db.models import Q, QuerySet
from django.http import QueryDict

from newcomers.models import SavedView
from portal.accounts.models import User
from portal.municipalities.access import has_permission
from portal.municipalities.enums import Permission
from portal.municipalities.models import Municipality


def visible(user: User, municipalities: Iterable[Municipality]) -> QuerySet[SavedView]:
    """One's own, and those that a colleague shares with the office."""
    shared = Q(municipality__in=municipalities)
    return SavedView.objects.filter(shared | Q(user=user, municipality=None)).select_related("municipality", "user")


def cleaned(query: str, parameters: Collection[str]) -> str:
    """The query with these parameters alone: no search, which may be somebody's name, and no page number."""
    given = QueryDict(query.removeprefix("?"))
    kept = QueryDict(mutable=True)
    for name in sorted(set(given) & set(parameters)):
        kept.setlist(name, given.getlist(name))
    return kept.urlencode()[:500]


def may_delete(view: SavedView, user: User) -> bool:
    """Their own; what the office shares also whoever leads it, for those who have left."""
    leads = view.municipality is not None and has_permission(user, Permission.MUNICIPALITY_EDIT, view.municipality)
    return view.user_id == user.pk or leads
