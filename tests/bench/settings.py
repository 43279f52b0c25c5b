"""Settings of the benchmark: the portal as it is, its files as in production, and views more to compare with."""

from __future__ import annotations

import os

os.environ["ENVIRONMENT"] = "test"

from portal.settings import *  # noqa: F403  # settings are read after the environment is set
from portal.settings import MIDDLEWARE, STORAGES, VAR_DIR

ROOT_URLCONF = "tests.bench.urls"
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
STATIC_ROOT = VAR_DIR / "static"
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = False
MIDDLEWARE = ["tests.bench.counting.count_queries", *MIDDLEWARE]
