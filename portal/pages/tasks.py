from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from portal import clock
from portal.pages import links, verification


@shared_task(name="pages.ask_to_verify")
def ask_to_verify() -> None:
    verification.ask(on=clock.today())


@shared_task(name="pages.check_links")
def check_links() -> None:
    links.check_links(now=timezone.now())


@shared_task(name="pages.check_links_again")
def check_links_again(ids: list[str]) -> None:
    links.check_again(ids, now=timezone.now())
