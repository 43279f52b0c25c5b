"""A web server's way in past all middleware: what Django alone can do with the same bytes."""

from __future__ import annotations

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

django.setup()
settings.MIDDLEWARE = []

application = WSGIHandler()
