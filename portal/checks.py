"""What must be in place before a municipality opens its doors."""

from __future__ import annotations

import os
from pathlib import Path
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


@register(deploy=True)
def erasures_are_kept(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """What a restored backup must not bring back stands in a file that outlives the program and its database."""
    path: Path = settings.ERASURES_FILE
    hint = "Set ERASURES_FILE to a file in a folder that web and worker share and that is kept (docs/operations.md)."
    if path.resolve().is_relative_to(settings.BASE_DIR):
        return [Error("ERASURES_FILE lies in the program's own folder.", hint=hint, id="portal.E002")]
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        return [Error("ERASURES_FILE cannot be written.", hint=hint, id="portal.E003")]
    return []
