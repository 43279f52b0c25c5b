"""Settings of the test suite: the same portal, nothing shared with an installation beside it."""

from __future__ import annotations

import os
import tempfile

os.environ["ENVIRONMENT"] = "test"
os.environ.setdefault("VAR_DIR", tempfile.mkdtemp(prefix="bliher-test-"))

from portal.settings import *  # noqa: F403  # settings are read after the environment is set

CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# No test asks Statistics Norway itself; nothing listens here.
SSB_API_URL = "http://127.0.0.1:9"
