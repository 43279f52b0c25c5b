from __future__ import annotations

from typing import Any

from django import template
from django.http import HttpRequest

from portal.accounts.adapter import pending_of

register = template.Library()


@register.simple_tag
def pending_connection(request: HttpRequest) -> dict[str, Any] | None:
    """Who was let in by ID-porten or Entra ID in this browser just now, and is known by no account yet."""
    return pending_of(request)
