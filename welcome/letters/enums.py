from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Occasion(models.TextChoices):
    """What a letter or a package is given for. A household gets each once, ever."""

    WELCOME = "welcome", _("welcome")
