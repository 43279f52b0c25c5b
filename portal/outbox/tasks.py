from __future__ import annotations

from celery import shared_task

from portal.outbox import services


@shared_task(name="outbox.send_message")
def send_message(message_id: str) -> None:
    services.send(message_id)


@shared_task(name="outbox.send_left_behind")
def send_left_behind() -> None:
    services.send_left_behind()
