"""Who answers. Nothing is without an owner as long as somebody of the municipality can have it."""

from __future__ import annotations

from django.db.models import Case, IntegerField, QuerySet, When

from portal.accounts.models import User
from portal.municipalities.enums import ROLE_PERMISSIONS, Permission, Role
from portal.municipalities.models import Municipality, StaffRole
from portal.pages.models import ServiceInfo

# Who is asked first when nobody is named; those who may answer and are not named here come last.
ORDER = (Role.COORDINATOR, Role.SERVICE_OFFICER, Role.EDITOR)


def _roles() -> QuerySet[StaffRole]:
    may = [role for role, permissions in ROLE_PERMISSIONS.items() if Permission.ENQUIRIES_ANSWER in permissions]
    return StaffRole.objects.filter(role__in=may, user__is_active=True)


def answerers(municipality: Municipality) -> QuerySet[User]:
    """Everybody who can answer there."""
    return User.objects.filter(pk__in=_roles().filter(municipality=municipality).values("user"))


def owner_for(municipality: Municipality, *, named: User | None = None) -> User | None:
    """The one who is named, else who takes the municipality's questions, else the first who can; None if nobody can."""
    for user_id in (named and named.pk, municipality.questions_to_id):
        found = answerers(municipality).filter(pk=user_id).first() if user_id else None
        if found:
            return found
    rank = Case(*(When(role=role, then=place) for place, role in enumerate(ORDER)), default=len(ORDER),
                output_field=IntegerField())  # fmt: skip
    roles = _roles().filter(municipality=municipality).select_related("user").order_by(rank, "user__email")
    first = roles.first()
    return first.user if first else None


def owner_of_topic(municipality: Municipality, topic: str) -> User | None:
    """Who keeps the page of this topic."""
    info = ServiceInfo.objects.filter(municipality=municipality, topic=topic).select_related("owner").first()
    return info.owner if info else None
