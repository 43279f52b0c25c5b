"""What higher rooms tell lower ones, so that knowledge runs one way.

Each app registers its providers in `AppConfig.ready()`. A lower room asks here and never imports upwards:
the household's timeline (newcomers), My page (newcomers), the day page (municipalities), promises (municipalities).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from django.urls import reverse
from django.utils.functional import Promise

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
    window: bool = True
    staff_only: bool = False
    admin_url: str = ""


@dataclass(frozen=True)
class Section:
    """A part of My page: a template with its context, in order."""

    order: int
    template: str
    context: dict[str, object] = field(default_factory=dict)


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
    """Something staff can do for a household, shown as a button on its page in the office."""

    label: str
    url: str


@dataclass(frozen=True)
class Figure:
    """A number for those who see figures and no person; too small ones are said in words."""

    title: str
    value: str


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


@dataclass(frozen=True)
class NavItem:
    """A way in, shown in the header of every page of a municipality."""

    order: int
    label: str | Promise
    url_name: str
    shown: Callable[[HttpRequest], bool] = lambda request: True


def first_step(order: int, title: str, missing: int, url: str, action: str) -> Iterable[Queue]:
    """What a municipality must have before it can begin; shown while some municipality lacks it, and never after."""
    if missing:
        yield Queue(order=order, title=title, count=missing, url=url, state="new", action=action)


TimelineProvider = Callable[["Household", date], Iterable[TimelineEntry]]
SectionProvider = Callable[["HttpRequest", "Household", date], Iterable[Section]]
ActionProvider = Callable[["User", "Household"], Iterable[Action]]
FigureProvider = Callable[["User", Sequence["Municipality"], date], Iterable[Figure]]
QueueProvider = Callable[["User", Sequence["Municipality"], date], Iterable[Queue]]

_timeline: dict[str, TimelineProvider] = {}
_my_page: dict[str, SectionProvider] = {}
_day_page: dict[str, QueueProvider] = {}
_actions: dict[str, ActionProvider] = {}
_landings: list[tuple[int, Callable[[User], str | None]]] = []
_figures: dict[str, FigureProvider] = {}
_protection: dict[str, Callable[[Household], None]] = {}
_navigation: list[NavItem] = []
task_kinds: dict[str, TaskKind] = {}

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


def register_figures(name: str, provider: FigureProvider) -> None:
    _figures[name] = provider


def figures(user: User, municipalities: Sequence[Municipality], on: date) -> list[Figure]:
    return [figure for provide in _figures.values() for figure in provide(user, municipalities, on)]


def register_protection(name: str, forget: Callable[[Household], None]) -> None:
    """`forget` removes what an app keeps of a household's address, in the transaction that protects it."""
    _protection[name] = forget


def forget_address(household: Household) -> None:
    for forget in _protection.values():
        forget(household)


def register_task_kind(kind: TaskKind) -> None:
    task_kinds[kind.name] = kind


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


def timeline(household: Household, on: date, *, for_staff: bool) -> list[TimelineEntry]:
    """Everything about the household, oldest first, promises last."""
    entries = [entry for provide in _timeline.values() for entry in provide(household, on)]
    shown = [entry for entry in entries if for_staff or not entry.staff_only]
    return sorted(shown, key=lambda entry: (entry.state != "done", entry.on))


def my_page(request: HttpRequest, household: Household, on: date) -> list[Section]:
    sections = [section for provide in _my_page.values() for section in provide(request, household, on)]
    return sorted(sections, key=lambda section: section.order)


def day_page(user: User, municipalities: Sequence[Municipality], on: date) -> list[Queue]:
    """The queues of the office, late ones first."""
    rank = {"late": 0, "due": 1, "new": 2, "ok": 3}
    queues = [queue for provide in _day_page.values() for queue in provide(user, municipalities, on)]
    return sorted(queues, key=lambda queue: (rank[queue.state], queue.order))
