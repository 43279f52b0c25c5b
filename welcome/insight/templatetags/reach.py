from __future__ import annotations

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from welcome.insight.reach import Count

register = template.Library()


@register.filter
def in_words(count: Count) -> str:
    """Such as "12 (40 %)"; that it is not shown, where it must not be."""
    if count.value is None:
        return _("not shown")
    number = str(number_format(count.value, force_grouping=True))
    if count.share is None:
        return number
    return _("%(number)s (%(share)s %%)") % {"number": number, "share": round(100 * count.share)}
