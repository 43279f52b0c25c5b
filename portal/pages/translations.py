"""A text in one language: its own state and date, its version, and which version of the source it was made from."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from parler.models import TranslatedFieldsModel

from portal.page_cache import PublicQuerySet
from portal.pages.enums import PublishState


def shown_now() -> Q:
    """The texts that readers may see now, as `TextTranslation.is_shown` says of one."""
    return Q(state=PublishState.PUBLISHED) & (Q(publish_at=None) | Q(publish_at__lte=timezone.now()))


class TextTranslation(TranslatedFieldsModel):
    """The words of a page in one language. Shown when it is published and its hour has come.

    `version` rises with each change of the words. `source_language` and `source_version` tell from which text a
    translation was made: when that one has changed since, the translation is outdated.
    """

    WORDS = ("title", "summary", "body")

    title = models.CharField(_("title"), max_length=120)
    summary = models.CharField(
        _("summary"), max_length=250, help_text=_("One or two sentences; printed in the welcome letter.")
    )
    body = models.TextField(_("text"), help_text=_("Markdown: ## for a heading, - for a list."))
    state = models.CharField(_("state"), max_length=10, choices=PublishState, default=PublishState.PUBLISHED)
    publish_at = models.DateTimeField(
        _("publish at"), null=True, blank=True, help_text=_("Leave empty to publish at once.")
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    source_language = models.CharField(_("translated from"), max_length=5, blank=True, editable=False)
    source_version = models.PositiveIntegerField(null=True, blank=True, editable=False)
    origin_version = models.PositiveIntegerField(
        null=True, blank=True, editable=False, help_text=_("The version of the origin's text it was copied from.")
    )
    changed_at = models.DateTimeField(_("changed"), null=True, editable=False)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+",
        verbose_name=_("changed by"),
    )  # fmt: skip

    objects = PublicQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def is_shown(self) -> bool:
        """Whether readers may see it now."""
        return self.state == PublishState.PUBLISHED and (self.publish_at is None or self.publish_at <= timezone.now())

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Note that the words have changed, whoever changes them and wherever."""
        if not self._state.adding and self.words_changed:
            self.version += 1
            update_fields = kwargs.get("update_fields")
            if update_fields is not None:
                kwargs["update_fields"] = {*update_fields, "version", "changed_at"}
        if self._state.adding or self.words_changed:
            self.changed_at = timezone.now()
        super().save(*args, **kwargs)

    @property
    def words_changed(self) -> bool:
        before = dict(zip(self._get_field_names(), self._original_values, strict=True))
        return any(before[name] != getattr(self, name) for name in self.WORDS)
