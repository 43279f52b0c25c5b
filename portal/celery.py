"""The worker: finds every app's tasks.py. What runs by itself stands in portal/schedules.py."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("bliher")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
