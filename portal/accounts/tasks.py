from __future__ import annotations

from celery import shared_task

from portal.accounts import sessions


@shared_task(name="accounts.clear_sessions")
def clear_sessions() -> None:
    sessions.forget_ended()
