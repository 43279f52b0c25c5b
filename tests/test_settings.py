"""What an installation in production gets without asking for it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from allauth.core.internal import ratelimit
from django.conf import settings as portal_settings
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

PRODUCTION = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": "x" * 50,
    "ALLOWED_HOSTS": "portal.example",
    "DATABASE_URL": "sqlite://:memory:",
    "REDIS_URL": "redis://localhost:6379/0",
    "EMAIL_HOST": "mail.example",
    "DEFAULT_FROM_EMAIL": "portal@portal.example",
}


def in_production(expression: str, tmp_path: Path, **environment: str) -> str:
    """What an expression over `settings` says in a process of its own."""
    clean = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", f"from portal import settings; print({expression})"],
        env=clean | PRODUCTION | {"VAR_DIR": str(tmp_path)} | environment,
        cwd=portal_settings.BASE_DIR,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()


def test_production_trusts_the_one_proxy_in_front(tmp_path: Path) -> None:
    assert in_production("settings.ALLAUTH_TRUSTED_PROXY_COUNT", tmp_path) == "1"
    assert in_production("settings.ALLAUTH_TRUSTED_PROXY_COUNT", tmp_path, TRUSTED_PROXY_COUNT="2") == "2"


def test_visitors_behind_the_proxy_are_counted_apart(settings: Any) -> None:
    """Otherwise one of them would use up the sign-ins of all."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    def may_try(visitor: str) -> bool:
        request = RequestFactory().post("/", headers={"X-Forwarded-For": visitor}, REMOTE_ADDR="10.0.0.1")
        request.user = AnonymousUser()
        return ratelimit.consume(request, app="tests", action="try", config={"try": "1/h/ip"}) is not None

    assert may_try("192.0.2.1")
    assert not may_try("192.0.2.1")
    assert may_try("192.0.2.2")
    # What the visitor claims stands before what the proxy adds.
    assert not may_try("198.51.100.7, 192.0.2.2")
