"""What must be in place before a municipality opens its doors."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from portal.accounts import connectors


@register(deploy=True)
def accessibility_statement(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if settings.ACCESSIBILITY_STATEMENT_URL:
        return []
    return [
        Warning(
            "ACCESSIBILITY_STATEMENT_URL is not set.",
            hint="The law asks for a statement made in uustatus.no, linked from every page. Set its address.",
            id="portal.W001",
        )
    ]


@register(deploy=True)
def second_factor(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if settings.STAFF_SECOND_FACTOR:
        return []
    return [Warning("Staff sign in without a second factor.", hint="Set STAFF_SECOND_FACTOR=1.", id="portal.W002")]


@register(deploy=True)
def connectors_are_whole(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = [
        Error(f"{name} is half set up: {', '.join(missing)} is missing.", hint="Set all or none.", id="portal.E001")
        for name, missing in connectors.half_configured().items()
    ]
    on = {app["provider_id"] for app in settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]}
    if off := sorted(set(settings.SECOND_FACTOR_FROM) - on):
        hint = "Set its variables, or take it out of SECOND_FACTOR_FROM."
        found.append(Warning(f"SECOND_FACTOR_FROM names {', '.join(off)}, which is off.", hint=hint, id="portal.W003"))
    return found
