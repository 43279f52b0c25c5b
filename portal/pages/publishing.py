"""When texts appear by themselves."""

from __future__ import annotations

from datetime import datetime

from portal.pages.enums import PublishState
from portal.pages.models import ArticleTranslation, ServiceInfoTranslation


def next_publication(now: datetime) -> datetime | None:
    """The next hour at which a published text is due to appear, in any municipality."""
    infos, articles = (
        model.objects.filter(state=PublishState.PUBLISHED, publish_at__gt=now).order_by().values_list("publish_at")
        for model in (ServiceInfoTranslation, ArticleTranslation)
    )
    first = infos.union(articles).order_by("publish_at").first()
    return first[0] if first else None
