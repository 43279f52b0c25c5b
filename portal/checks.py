"""What must be in place before a municipality opens its doors."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register


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
