"""Settings of the benchmark: the portal as it is, with one view more to compare with."""

from __future__ import annotations

import os

os.environ["ENVIRONMENT"] = "test"

from portal.settings import *  # noqa: F403  # settings are read after the environment is set

ROOT_URLCONF = "tests.bench.urls"
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
