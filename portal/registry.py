"""What higher rooms tell lower ones, so that knowledge runs one way.

Each app registers its providers in `AppConfig.ready()`. A lower room asks here and never imports upwards:
the household's timeline (newcomers), My page (newcomers), the day page (municipalities), promises (municipalities).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise

from portal.figures import SMALLEST as SMALLEST
from portal.figures import Figure as Figure
from portal.figures import Number as Number
from portal.figures import Period as Period
from portal.figures import Reach as Reach
from portal.figures import Segment as Segment
from portal.figures import SiteFigures as SiteFigures
from portal.figures import figures as figures
from portal.figures import reach_kinds as reach_kinds
from portal.figures import register_figures as register_figures
from portal.figures import register_reach as register_reach
from portal.figures import register_segment as register_segment
from portal.figures import register_site_figures as register_site_figures
from portal.figures import segments as segments
from portal.figures import share as share
from portal.figures import site_figures as site_figures
from portal.personal_data import erased_among as erased_among
from portal.personal_data import register_personal_data as register_personal_data
from portal.personal_data import register_retention as register_retention
from portal.personal_data import was_erased as was_erased

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

    from portal.accounts.models import User
    from portal.municipalities.models import DatedTask, Municipality

    # Registered by higher rooms, so only known as a name here.
    Household = Any

State = Literal["done", "next", "late"]


@dataclass(frozen=True)
class TimelineEntry:
    """One thing that happened to a household, or is promised. `window` is a lit or dark window in its house front."""

    on: date
    title: str
    state: State = "done"
    detail: str = ""
    # Who has promised it: a name that the household knows, or may know.
    by: str = ""
    window: bool = True
    staff_only: bool = False
    # Said to staff in other words, by an entry of its own.
    household_only: bool = False
    admin_url: str = ""


@dataclass(frozen=True)
class Section:
    """A part of My page, or of its page "Your data": a template with its context, in order."""

    order: int
    template: str
    context: dict[str, object] = field(default_factory=dict)
    page: Literal["overview", "data"] = "overview"


@dataclass(frozen=True)
class Queue:
    """A line of work on the office's day page: what waits, how much, how late, and where it is done."""

    order: int
    title: str
    count: int
    url: str
    state: Literal["late", "due", "new", "ok"] = "due"
    action: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Action:
    """Something staff can do for a household, on its page in the office: a way there, or a press that does it."""

    label: str
    url: str
    is_press: bool = False


@dataclass(frozen=True)
class TaskKind:
    """What a kind of promise means: its name, where staff find it, and how its owner is reminded."""

    name: str
    title: Callable[[DatedTask], str]
    admin_url: Callable[[DatedTask], str]
    # Puts one message about all these promises into the outbox, within the caller's transaction.
    send_reminder: Callable[[User, Sequence[DatedTask], date], None]
    # Whether the promise still makes sense (the assignment is active, the household still lives here).
    is_current: Callable[[DatedTask], bool]
    # Its objects with all that the functions here read, so that a long list of promises takes few queries.
    subjects: Callable[[], QuerySet[Any]] | None = None
    # Ends what has lost its sense, due or not, before anybody is reminded.
    sweep: Callable[[date], None] | None = None
    # What follows when the office has done it itself; without one it is simply done.
    finish: Callable[[DatedTask, User, date], None] | None = None
    # Who could take it over, besides the office's own people, and how they get it.
    successors: Callable[[DatedTask], Sequence[User]] | None = None
    hand_over: Callable[[DatedTask, User, User, date], None] | None = None
    # What follows when it has been given to somebody: its object may name its owner too.
    given: Callable[[DatedTask, User], None] | None = None


@dataclass(frozen=True)
class Care:
    """Rows with a `household` by which somebody has it: those that are open now, and all on which promises stand."""

    open: Callable[[], QuerySet[Any]]
    every: Callable[[], QuerySet[Any]]


@dataclass(frozen=True)
class NavItem:
    """A way in, shown in the header of every page of a municipality."""

    order: int
    label: str | Promise
    url_name: str
    shown: Callable[[HttpRequest], bool] = lambda request: True


@dataclass(frozen=True)
class Way:
    """A way on from a theme of the site, such as "12 homes", with what makes it worth a click."""

    label: str
    url: str
    count: int | None = None


@dataclass(frozen=True)
class PublicAddress:
    """A page that everyone may find: its URL name and arguments after the municipality, and when it last changed."""

    url_name: str
    args: tuple[str, ...] = ()
    changed_at: datetime | None = None


def first_step(order: int, title: str, missing: int, url: str, action: str) -> Iterable[Queue]:
    """What a municipality must have before it can begin; shown while some municipality lacks it, and never after."""
    if missing:
        yield Queue(order=order, title=title, count=missing, url=url, state="new", action=action)


TimelineProvider = Callable[["Household", date], Iterable[TimelineEntry]]
SectionProvider = Callable[["HttpRequest", "Household", date], Iterable[Section]]
ActionProvider = Callable[["User", "Household"], Iterable[Action]]
QueueProvider = Callable[["User", Sequence["Municipality"], date], Iterable[Queue]]
# A household, the state it is in now, who moved it (nobody: the day itself), and the day.
StateFollower = Callable[["Household", str, "User | None", date], None]
WayProvider = Callable[["Municipality", str, date], Iterable[Way]]
AddressProvider = Callable[["Municipality", date], Iterable[PublicAddress]]

_timeline: dict[str, TimelineProvider] = {}
_my_page: dict[str, SectionProvider] = {}
_day_page: dict[str, QueueProvider] = {}
_actions: dict[str, ActionProvider] = {}
_landings: list[tuple[int, Callable[[User], str | None]]] = []
_protection: dict[str, Callable[[Household], None]] = {}
_withdrawals: dict[str, Callable[[list[UUID]], None]] = {}
_merging: dict[str, Callable[[Household, Household], str]] = {}
_change_logs: dict[str, Callable[[Iterable[UUID], User | None], None]] = {}
_state_followers: dict[str, StateFollower] = {}
_switching_on: dict[str, Callable[[Municipality, date], object]] = {}
_mail_checks: dict[str, Callable[[str, UUID], bool]] = {}
_navigation: list[NavItem] = []
_ways: dict[str, WayProvider] = {}
_addresses: dict[str, AddressProvider] = {}
task_kinds: dict[str, TaskKind] = {}
cares: dict[str, Care] = {}

# Models with a way to a household whose rows the timeline shows; a test finds models that nobody declared.
timeline_models: set[str] = set()


def register_timeline(name: str, provider: TimelineProvider, *, models: Iterable[str]) -> None:
    """`models` are the labels ("packages.Package") whose rows this provider shows."""
    _timeline[name] = provider
    timeline_models.update(models)


def register_my_page(name: str, provider: SectionProvider) -> None:
    _my_page[name] = provider


def register_day_page(name: str, provider: QueueProvider) -> None:
    _day_page[name] = provider


def register_actions(name: str, provider: ActionProvider) -> None:
    _actions[name] = provider


def actions(user: User, household: Household) -> list[Action]:
    return [action for provide in _actions.values() for action in provide(user, household)]


def register_landing(order: int, find: Callable[[User], str | None]) -> None:
    """Where somebody goes after signing in, if it is them; the lowest order that knows them decides."""
    if (order, find) not in _landings:
        _landings.append((order, find))


def landing(user: User) -> str | None:
    found = (find(user) for _order, find in sorted(_landings, key=lambda landing: landing[0]))
    return next((url for url in found if url), None)


def register_protection(name: str, forget: Callable[[Household], None]) -> None:
    """`forget` removes what an app keeps of a household's address, in the transaction that protects it."""
    _protection[name] = forget


def forget_address(household: Household) -> None:
    """Higher rooms first, as when it is erased: whoever prints holds the run before the letters in it."""
    for forget in reversed(_protection.values()):
        forget(household)


def register_state_follower(name: str, follow: StateFollower) -> None:
    """`follow` does what follows when a household has come into a state, in the transaction that moves it."""
    _state_followers[name] = follow


def follow_state(household: Household, to: str, by: User | None, on: date) -> None:
    for follow in _state_followers.values():
        follow(household, to, by, on)


def register_switching_on(name: str, prepare: Callable[[Municipality, date], object]) -> None:
    """`prepare` gives a municipality what it must have from the moment it is switched on."""
    _switching_on[name] = prepare


def prepare(municipality: Municipality, on: date) -> None:
    for each in _switching_on.values():
        each(municipality, on)


def register_withdrawal(name: str, note: Callable[[list[UUID]], None]) -> None:
    """`note(consents)` is told which consents were taken back."""
    _withdrawals[name] = note


def note_withdrawn(consents: list[UUID]) -> None:
    for note in _withdrawals.values():
        note(consents)


def register_mail_check(name: str, still_wanted: Callable[[str, UUID], bool]) -> None:
    """`still_wanted(purpose, person)` is asked right before mail for a purpose is sent."""
    _mail_checks[name] = still_wanted


def is_mail_wanted(purpose: str, person_id: UUID) -> bool:
    return all(still_wanted(purpose, person_id) for still_wanted in _mail_checks.values())


def register_merging(name: str, why_not: Callable[[Household, Household], str]) -> None:
    """`why_not(kept, gone)` says in words why two households are not made one yet; "" when nothing is against it.

    What points at the one household points at the other afterwards, by itself (newcomers.movers.merging).
    """
    _merging[name] = why_not


def register_change_log(name: str, note: Callable[[Iterable[UUID], User | None], None]) -> None:
    """`note(households, by)` writes down who changed households by work in the background, on no page of the office."""
    _change_logs[name] = note


def note_changed(households: Iterable[UUID], by: User | None) -> None:
    for note in _change_logs.values():
        note(households, by)


def why_not_merge(kept: Household, gone: Household) -> str:
    return next((reason for why_not in _merging.values() if (reason := why_not(kept, gone))), "")


def register_task_kind(kind: TaskKind) -> None:
    task_kinds[kind.name] = kind


def register_care(name: str, care: Care) -> None:
    """Who has a household, besides a colleague of the office: then it is nobody's no longer."""
    cares[name] = care


def register_navigation(item: NavItem) -> None:
    if item not in _navigation:
        _navigation.append(item)


def navigation(request: HttpRequest) -> list[dict[str, object]]:
    """The header's links for this municipality and this visitor."""
    slug = request.municipality.slug  # type: ignore[attr-defined]  # asked for under a municipality only
    items = [item for item in sorted(_navigation, key=lambda item: item.order) if item.shown(request)]
    urls = [reverse(item.url_name, args=[slug]) for item in items]
    return [
        {"label": item.label, "url": url, "current": request.path.startswith(url)}
        for item, url in zip(items, urls, strict=True)
    ]


def register_ways(name: str, provider: WayProvider) -> None:
    """`provider(municipality, theme, on)` gives an app's ways on from a theme page, and none for other themes."""
    _ways[name] = provider


def ways(municipality: Municipality, theme: str, on: date) -> list[Way]:
    return [way for provide in _ways.values() for way in provide(municipality, theme, on)]


def register_addresses(name: str, provider: AddressProvider) -> None:
    """An app's public pages, for search engines' site map."""
    _addresses[name] = provider


def addresses(municipality: Municipality, on: date) -> list[PublicAddress]:
    return [address for provide in _addresses.values() for address in provide(municipality, on)]


def timeline(household: Household, on: date, *, for_staff: bool) -> list[TimelineEntry]:
    """Everything about the household, oldest first, promises last."""
    entries = [entry for provide in _timeline.values() for entry in provide(household, on)]
    shown = [entry for entry in entries if not (entry.household_only if for_staff else entry.staff_only)]
    return sorted(shown, key=lambda entry: (entry.state != "done", entry.on))


def my_page(request: HttpRequest, household: Household, on: date, *, page: str = "overview") -> list[Section]:
    provided = [section for provide in _my_page.values() for section in provide(request, household, on)]
    sections = [section for section in provided if section.page == page]
    return sorted(sections, key=lambda section: section.order)


def day_page(user: User, municipalities: Sequence[Municipality], on: date) -> list[Queue]:
    """The queues of the office, late ones first."""
    rank = {"late": 0, "due": 1, "new": 2, "ok": 3}
    queues = [queue for provide in _day_page.values() for queue in provide(user, municipalities, on)]
    return sorted(queues, key=lambda queue: (rank[queue.state], queue.order))
