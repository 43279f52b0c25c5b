"""Roles are data: one list of permissions, one table of roles."""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class WrittenForm(models.TextChoices):
    """A municipality's decision on written Norwegian (språkvedtak)."""

    BOKMAAL = "nb", _("Bokmål")
    NYNORSK = "nn", _("Nynorsk")
    NEUTRAL = "neutral", _("Neutral")


class Permission(StrEnum):
    HOUSEHOLD_VIEW = "household.view"
    HOUSEHOLD_CHANGE = "household.change"
    HOUSEHOLD_RESTRICT = "household.restrict"
    MOVERS_IMPORT = "movers.import"
    LETTERS_MANAGE = "letters.manage"
    PACKAGES_VIEW = "packages.view"
    PACKAGES_MANAGE = "packages.manage"
    HOSTS_MANAGE = "hosts.manage"
    TASKS_VIEW = "tasks.view"
    CONTENT_EDIT = "content.edit"
    ENQUIRIES_ANSWER = "enquiries.answer"
    HOUSING_EDIT = "housing.edit"
    JOBS_EDIT = "jobs.edit"
    FIGURES_VIEW = "figures.view"
    MESSAGES_VIEW = "messages.view"
    MUNICIPALITY_EDIT = "municipality.edit"
    MUNICIPALITY_SWITCH = "municipality.switch"
    ROLES_MANAGE = "roles.manage"
    SCHEDULES_MANAGE = "schedules.manage"
    PRIVACY_MANAGE = "privacy.manage"
    ACCESS_LOG_VIEW = "access_log.view"


class Role(models.TextChoices):
    REGION_ADMINISTRATOR = "region_administrator", _("Region administrator")
    COORDINATOR = "coordinator", _("Coordinator")
    SERVICE_OFFICER = "service_officer", _("Service officer")
    EDITOR = "editor", _("Editor")
    HOUSING_OFFICER = "housing_officer", _("Housing officer")
    ANALYST = "analyst", _("Analyst")
    PRIVACY_OFFICER = "privacy_officer", _("Privacy officer")


_SERVICE_OFFICER = frozenset(
    {
        Permission.HOUSEHOLD_VIEW,
        Permission.HOUSEHOLD_CHANGE,
        Permission.MOVERS_IMPORT,
        Permission.LETTERS_MANAGE,
        Permission.PACKAGES_VIEW,
        Permission.PACKAGES_MANAGE,
        Permission.HOSTS_MANAGE,
        Permission.TASKS_VIEW,
        Permission.CONTENT_EDIT,
        Permission.ENQUIRIES_ANSWER,
        Permission.HOUSING_EDIT,
        Permission.JOBS_EDIT,
        Permission.FIGURES_VIEW,
        Permission.MESSAGES_VIEW,
    }
)

ROLE_PERMISSIONS: dict[str, frozenset[Permission]] = {
    # Sees every municipality of the region, but no household: they have no task for one.
    Role.REGION_ADMINISTRATOR: frozenset(
        {
            Permission.MUNICIPALITY_SWITCH,
            Permission.MUNICIPALITY_EDIT,
            Permission.ROLES_MANAGE,
            Permission.SCHEDULES_MANAGE,
            Permission.FIGURES_VIEW,
        }
    ),
    Role.COORDINATOR: _SERVICE_OFFICER
    | {
        Permission.HOUSEHOLD_RESTRICT,
        Permission.MUNICIPALITY_EDIT,
        Permission.ROLES_MANAGE,
        Permission.PRIVACY_MANAGE,
        Permission.ACCESS_LOG_VIEW,
    },
    Role.SERVICE_OFFICER: _SERVICE_OFFICER,
    Role.EDITOR: frozenset(
        {Permission.CONTENT_EDIT, Permission.ENQUIRIES_ANSWER, Permission.JOBS_EDIT, Permission.HOUSING_EDIT}
    ),
    Role.HOUSING_OFFICER: frozenset({Permission.HOUSING_EDIT}),
    Role.ANALYST: frozenset({Permission.FIGURES_VIEW}),
    # Looks after the data for the municipality. Advice and control (the data protection officer) is somebody else.
    Role.PRIVACY_OFFICER: frozenset(
        {
            Permission.HOUSEHOLD_VIEW,
            Permission.HOUSEHOLD_RESTRICT,
            Permission.PRIVACY_MANAGE,
            Permission.ACCESS_LOG_VIEW,
            Permission.FIGURES_VIEW,
        }
    ),
}
