"""The list of households: saved views, and what is done to many at once."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ORDER_VAR, ChangeList
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, ngettext_lazy
from django.views.decorators.http import require_POST

from newcomers import services
from newcomers.enums import HouseholdState
from newcomers.models import Household, Person, Preferences, SavedView
from newcomers.movers.admin_pairs import look_side_by_side
from newcomers.office import bulk, inbox, saved_views
from newcomers.office import services as office
from newcomers.office.admin_filters import TabFilter
from newcomers.office.forms import ColleagueForm, SavedViewForm
from portal import clock
from portal.municipalities.admin_base import LONGEST_SEARCH
from portal.municipalities.models import Municipality

# Of those an action is about, so many are named.
NAMED = 10
NAME = "newcomers_household"
# What an action asks before it is done.
ASKS = {
    "give_to_colleague": ngettext_lazy(
        "%(count)d household gets somebody.", "%(count)d households get somebody.", "count"
    ),
    "mark_settled": ngettext_lazy(
        "%(count)d household is settled: what goes on with it ends.",
        "%(count)d households are settled: what goes on with them ends.",
        "count",
    ),
    "mark_moved_away": ngettext_lazy(
        "%(count)d household has moved away: what was planned for it ends.",
        "%(count)d households have moved away: what was planned for them ends.",
        "count",
    ),
}


class HouseholdChangeList(ChangeList):
    """Each household of the page with what comes next, in as few queries as for one."""

    @property
    def tabs(self) -> list[dict[str, Any]]:
        return [tab for spec in self.filter_specs if isinstance(spec, TabFilter) for tab in spec.choices(self)]

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        steps = inbox.next_steps(list(self.result_list), clock.today())
        for household in self.result_list:
            household.next = steps[household.pk]


class HouseholdList(admin.ModelAdmin):
    """The actions of the list, and the views that are saved of it."""

    actions: Any = ("give_to_colleague", "write_to_them", "mark_settled", "mark_moved_away", look_side_by_side)
    only_choosing = ("write_to_them",)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return HouseholdChangeList

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("views/save/", wrap(require_POST(self.save_view)), name=f"{NAME}_save_view"),
            path("views/<uuid:view_id>/delete/", wrap(require_POST(self.drop_view)), name=f"{NAME}_delete_view"),
            *super().get_urls(),
        ]

    # --- Saved views ---

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        own = self.visible_municipalities(request)
        views = [(view, saved_views.may_delete(view, request.user)) for view in saved_views.visible(request.user, own)]
        form = SavedViewForm(municipalities=own.filter(is_active=True), instance=SavedView(user=request.user))
        return super().changelist_view(request, {"saved_views": views, "view_form": form} | (extra_context or {}))

    def save_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise Http404
        query = saved_views.cleaned(request.POST.get("query", ""), self._parameters(request))
        view = SavedView(user=request.user, query=query)
        form = SavedViewForm(request.POST, municipalities=self.visible_municipalities(request), instance=view)
        if form.is_valid():
            form.save()
            self.message_user(request, _("The view is saved, and stands above the list."), messages.SUCCESS)
        else:
            for errors in form.errors.values():
                self.message_user(request, " ".join(errors), messages.ERROR)
        return redirect(f"{reverse(f'admin:{NAME}_changelist')}?{query}")

    def _parameters(self, request: HttpRequest) -> set[str]:
        """What filters and the order are called in the list's address."""
        return {ORDER_VAR} | {
            name for item in self.get_list_filter(request)
            for name in ([f"{item}__exact"] if isinstance(item, str) else [item.parameter_name])
        }  # fmt: skip

    def drop_view(self, request: HttpRequest, view_id: str) -> HttpResponse:
        own = saved_views.visible(request.user, self.visible_municipalities(request))
        view = get_object_or_404(own, pk=view_id)
        if not saved_views.may_delete(view, request.user):
            raise Http404
        view.delete()
        self.message_user(request, _("The view is gone."), messages.SUCCESS)
        return redirect(f"admin:{NAME}_changelist")

    # --- Searching ---

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        """Each word in a name, an address or what they told of themselves; asked in lists of ids, not by joining."""
        for word in search_term[:LONGEST_SEARCH].split():
            named = Person.objects.filter(name__icontains=word).order_by().values("household")
            told = Preferences.objects.filter(segment__icontains=word).values("household")
            at = Q(street__icontains=word) | Q(postcode__startswith=word) | Q(city__icontains=word)
            queryset = queryset.filter(at | Q(pk__in=named) | Q(pk__in=told))
        return queryset, False

    # --- Many at once ---

    @admin.action(description=_("Give them to a colleague"), permissions=["change"])
    def give_to_colleague(self, request: HttpRequest, queryset: QuerySet[Household]) -> HttpResponse | None:
        town = self._one_municipality(request, queryset)
        if town is None:
            return None
        colleagues = office.colleagues_in([town])
        form = ColleagueForm(request.POST if "apply" in request.POST else None, colleagues=colleagues)
        if form.is_valid():
            owner = form.cleaned_data["owner"]
            given = office.assign(households=queryset, owner=owner, by=request.user)
            text = ngettext("%(count)d household is %(name)s's now.", "%(count)d households are %(name)s's now.", given)
            self.message_user(request, text % {"count": given, "name": owner}, messages.SUCCESS)
            return None
        question = ngettext(
            "%(count)d household gets somebody.", "%(count)d households get somebody.", queryset.count()
        )
        return self._look_first(request, queryset, "give_to_colleague", _("Give them to a colleague"), question,
                                _("Give"), form)  # fmt: skip

    def _look_first(
        self, request: HttpRequest, queryset: QuerySet[Household], action: str, title: Any, question: Any, button: Any,
        form: Any = None,
    ) -> HttpResponse:  # fmt: skip
        """How many it is about and who, before it is done. `question` counts them."""
        count = queryset.count()
        context = {
            **self.admin_site.each_context(request), "opts": self.opts, "form": form, "title": title,
            "question": question % {"count": count}, "named": queryset[:NAMED], "more": max(count - NAMED, 0),
            "button": button, "action": action, "chosen": request.POST.getlist(ACTION_CHECKBOX_NAME),
            "back": self._own_page(request) or request.get_full_path(),
        }  # fmt: skip
        return TemplateResponse(request, "admin/newcomers/household/look_first.html", context)

    def _own_page(self, request: HttpRequest) -> str:
        """Of the household whose button was pressed; "" where some were ticked in the list."""
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
        if "from_page" not in request.POST or len(chosen) != 1:
            return ""
        return reverse(f"admin:{NAME}_change", args=chosen)

    @admin.action(description=_("Write to them"), permissions=["change"])
    def write_to_them(self, request: HttpRequest, queryset: QuerySet[Household]) -> HttpResponse | None:
        """A draft with the chosen households; it is written, looked at and sent on a page of its own."""
        town = self._one_municipality(request, queryset)
        if town is None:
            return None
        draft = bulk.start(municipality=town, households=queryset, by=request.user)
        return redirect("admin:newcomers_bulkmessage_write", draft.pk)

    def _one_municipality(self, request: HttpRequest, queryset: QuerySet[Household]) -> Municipality | None:
        towns = Municipality.objects.filter(pk__in=queryset.order_by().values("municipality"))[:2]
        if len(towns) == 1:
            return towns[0]
        self.message_user(request, _("Choose households of one municipality."), messages.WARNING)
        return None

    @admin.action(description=_("Settled: they stand on their own feet"), permissions=["change"])
    def mark_settled(self, request: HttpRequest, queryset: QuerySet[Household]) -> HttpResponse | None:
        if "apply" in request.POST:
            return self._move(request, queryset, HouseholdState.SETTLED)
        question = ASKS["mark_settled"]
        return self._look_first(request, queryset, "mark_settled", _("Settled"), question, _("They are settled"))

    @admin.action(description=_("Moved away"), permissions=["change"])
    def mark_moved_away(self, request: HttpRequest, queryset: QuerySet[Household]) -> HttpResponse | None:
        if "apply" in request.POST:
            return self._move(request, queryset, HouseholdState.MOVED_AWAY)
        question = ASKS["mark_moved_away"]
        return self._look_first(request, queryset, "mark_moved_away", _("Moved away"), question, _("They moved away"))

    def _move(self, request: HttpRequest, queryset: QuerySet[Household], to: HouseholdState) -> HttpResponse | None:
        moved = refused = 0
        for household in queryset:
            try:
                services.move(household, to=to, by=request.user, on=clock.today())
            except services.MoveRefused:
                refused += 1
            else:
                self.log_change(request, household, "")
                moved += 1
        if moved:
            text = ngettext("%(count)d household: %(state)s.", "%(count)d households: %(state)s.", moved)
            self.message_user(request, text % {"count": moved, "state": to.label}, messages.SUCCESS)
        if refused:
            text = _("%(count)d could not be moved there from the state they are in.") % {"count": refused}
            self.message_user(request, text, messages.WARNING)
        own_page = self._own_page(request)
        return redirect(own_page) if own_page else None
