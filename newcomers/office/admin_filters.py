"""What the list of households can be cut down to. Each filter asks the database for few rows, however long the list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from newcomers.forms import LANGUAGE_WISHES
from newcomers.models import Person, Preferences, WayIn
from newcomers.office import inbox
from newcomers.office import services as office
from portal import clock
from portal.clock import add_months
from portal.municipalities.access import has_permission, municipalities_where
from portal.municipalities.admin_base import LONGEST_SEARCH
from portal.municipalities.enums import Permission
from portal.municipalities.models import Postcode
from portal.pages.enums import Theme
from portal.registry import Segment

Choices = list[tuple[str, Any]]


class TabFilter(admin.SimpleListFilter):
    """What waits: shown as tabs above the list, not beside it."""

    title = _("what waits")
    parameter_name = "show"
    template = "admin/newcomers/household/no_filter.html"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        if has_permission(request.user, Permission.HOUSEHOLD_RESTRICT):
            return [*inbox.TABS, (inbox.PROTECTED, _("Perhaps somebody protected"))]
        return list(inbox.TABS)

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        for value, title in self.lookup_choices:
            yield {
                "selected": (self.value() or inbox.ALL) == value,
                "query_string": changelist.get_query_string({self.parameter_name: str(value)}, ["p"]),
                "display": title,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == inbox.PROTECTED:
            own = municipalities_where(request.user, Permission.HOUSEHOLD_RESTRICT)
            return inbox.may_be_protected(queryset.filter(municipality__in=own))  # type: ignore[arg-type]  # households
        return inbox.choose(queryset, self.value() or inbox.ALL, clock.today())  # type: ignore[arg-type]  # households


class OwnerFilter(admin.SimpleListFilter):
    title = _("who has them")
    parameter_name = "owner"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        own = model_admin.visible_municipalities(request)
        users = office.colleagues_in(own).exclude(pk=request.user.pk)
        return [("me", _("I")), ("none", _("no colleague")), *((str(user.pk), str(user)) for user in users)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "none":
            return queryset.exclude(office.has_colleague())
        if self.value() == "me":
            return queryset.filter(owner=request.user)
        chosen = [value for value, _title in self.lookup_choices if value == self.value()]
        return queryset.filter(owner__in=chosen) if self.value() else queryset


class AreaFilter(admin.SimpleListFilter):
    """By place, as the postcodes name it."""

    title = _("area")
    parameter_name = "area"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        own = Postcode.objects.filter(municipality__in=model_admin.visible_municipalities(request))
        return [(city, city) for city in own.order_by("city").values_list("city", flat=True).distinct()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        return queryset.filter(postcode__in=Postcode.objects.filter(city=self.value()).values("code"))


class LanguageFilter(admin.SimpleListFilter):
    title = _("preferred language")
    parameter_name = "language"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [*LANGUAGE_WISHES, ("other", _("another"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "other":
            return queryset.exclude(language__in=dict(LANGUAGE_WISHES))
        return queryset.filter(language=self.value()) if self.value() else queryset


class NeedFilter(admin.SimpleListFilter):
    title = _("needs")
    parameter_name = "need"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [("job", _("looks for work")), ("home", _("looks for a home"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "job":
            return queryset.filter(pk__in=Person.objects.filter(wants_job=True).values("household"))
        if self.value() == "home":
            told = Q(preferences__home_bedrooms__isnull=False) | ~Q(preferences__home_tenure="")
            told |= ~Q(preferences__home_kinds=[])
            return queryset.filter(told, preferences__isnull=False)
        return queryset


class ImportantFilter(admin.SimpleListFilter):
    """One of the five reasons to stay, as the household named them."""

    title = _("what is important")
    parameter_name = "important"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return list(Theme.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in Theme.values:
            return queryset
        # As text, since SQLite cannot look into a list.
        named = queryset.alias(important_text=Cast("preferences__important", TextField()))
        return named.filter(important_text__contains=f'"{self.value()}"')


class MovedFilter(admin.SimpleListFilter):
    title = _("moved in")
    parameter_name = "moved"
    _months = {"month": 1, "quarter": 3, "year": 12}

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [("coming", _("is still to come")), ("month", _("the last month")),
                ("quarter", _("the last three months")), ("year", _("the last twelve months")),
                ("earlier", _("earlier")), ("none", _("no day given"))]  # fmt: skip

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        on, value = clock.today(), self.value()
        if value == "none":
            return queryset.filter(moved_in_on=None)
        if value == "coming":
            return queryset.filter(moved_in_on__gt=on)
        if value == "earlier":
            return queryset.filter(moved_in_on__lte=add_months(on, -12))
        if value in self._months:
            return queryset.filter(moved_in_on__lte=on, moved_in_on__gt=add_months(on, -self._months[value]))
        return queryset


class WayInFilter(admin.SimpleListFilter):
    """The poster, link or partner that led them here."""

    title = _("way in")
    parameter_name = "way"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        own = WayIn.objects.filter(municipality__in=model_admin.visible_municipalities(request))
        return [(str(way.pk), way.name) for way in own]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = [value for value, _title in self.lookup_choices if value == self.value()]
        return queryset.filter(way_in__in=chosen) if self.value() else queryset


def of_segment(segment: Segment) -> type[admin.SimpleListFilter]:
    """One for each way to divide households that a higher room knows."""

    class SegmentFilter(admin.SimpleListFilter):
        title = segment.title  # type: ignore[assignment]  # read late, as every title
        parameter_name = segment.name

        def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
            return list(segment.groups.items())

        def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
            value = self.value()
            return queryset.filter(segment.q(value, clock.today())) if value in segment.groups else queryset

    return SegmentFilter


class OwnWordsFilter(admin.SimpleListFilter):
    """A word in which they have told who they are: typed, and kept by a saved view, as what is searched for is not."""

    title = _("who they are, in their own words")
    parameter_name = "words"
    template = "admin/newcomers/household/words_filter.html"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return []

    def has_output(self) -> bool:
        return True

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        """What is typed, and what else the list is cut down to, which the form sends along."""
        others = [(name, values) for name, values in QueryDict(changelist.get_query_string()[1:]).lists()]
        kept = [(name, value) for name, values in others for value in values if name != self.parameter_name]
        yield {"name": self.parameter_name, "typed": self.value() or "", "kept": kept,
               "query_string": changelist.get_query_string(remove=[self.parameter_name])}  # fmt: skip

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        word = (self.value() or "").strip()[:LONGEST_SEARCH]
        told = Preferences.objects.filter(segment__icontains=word).order_by()
        return queryset.filter(pk__in=told.values("household")) if word else queryset
