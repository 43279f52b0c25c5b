"""Who may do what, where. A role's permissions stand in enums.py; here they are looked up."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.urls import reverse

from portal.accounts.models import User
from portal.municipalities.enums import ROLE_PERMISSIONS, Permission, Role
from portal.municipalities.models import Municipality, StaffRole


def roles_of(user: User | AnonymousUser) -> list[StaffRole]:
    """The account's roles, read once a request."""
    if not isinstance(user, User) or not user.is_active:
        return []
    if not hasattr(user, "_roles"):
        user._roles = list(user.staff_roles.all())  # type: ignore[attr-defined]  # a cache on this instance only
    return user._roles  # type: ignore[attr-defined,no-any-return]  # set on the line above


def has_permission(
    user: User | AnonymousUser, permission: Permission | None, municipality: Municipality | None = None
) -> bool:
    """Whether some role gives the permission, in this municipality when one is named."""
    return any(
        permission in ROLE_PERMISSIONS[role.role]
        and (municipality is None or role.municipality_id in {None, municipality.pk})
        for role in roles_of(user)
    )


def municipalities_where(user: User | AnonymousUser, permission: Permission | None) -> QuerySet[Municipality]:
    """The municipalities in which the account has the permission."""
    granting = [role for role in roles_of(user) if permission in ROLE_PERMISSIONS[role.role]]
    if any(role.municipality_id is None for role in granting):
        return Municipality.objects.all()
    return Municipality.objects.filter(pk__in={role.municipality_id for role in granting})


def landing(user: User) -> str | None:
    """Staff begin the day in the office."""
    return reverse("admin:index") if roles_of(user) else None


def is_region_administrator(user: User | AnonymousUser) -> bool:
    return any(role.role == Role.REGION_ADMINISTRATOR for role in roles_of(user))
