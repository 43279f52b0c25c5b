"""The worker: finds every app's tasks.py. What runs by itself stands in portal/schedules.py."""

from __future__ import annotations

import logging
import os
from functools import partial
from typing import Any

from celery import Celery
from celery.contrib.django.task import DjangoTask
from django.db import transaction
from kombu.exceptions import OperationalError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
logger = logging.getLogger(__name__)


class Task(DjangoTask):
    """What is written is written: when the queue is down, whoever pressed the button still gets their page."""

    def delay_on_commit(self, *args: Any, **kwargs: Any) -> None:
        transaction.on_commit(partial(self._hand_to_worker, *args, **kwargs))

    def _hand_to_worker(self, *args: Any, **kwargs: Any) -> None:
        try:
            self.delay(*args, **kwargs)
        except OperationalError:
            logger.warning("The queue cannot be reached; %s waits to be started again.", self.name)


app = Celery("bliher", task_cls=Task)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
