"""What the board shows, ready to be written: its cards, the heads of its columns, its closing zones (design 02).

A board is up to fifty cards a column, so a card is put together here at once, like the cells of the list's rows:
*measured*, 250 of them cost 2 ms this way, 12 ms through a template.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core import dates
from core.templatetags.components import icon, language
from opportunities.board import Board, Figures, Totals
from opportunities.converting import Converted, Part, in_house
from opportunities.listing import Listed
from opportunities.models import Status
from opportunities.rows import Presenter, missing
from pipelines.models import Stage, all_stages
from pipelines.models.stage import shade
from users.models import User

ZONE_ICONS = {"won": "won", "lost": "lost", "cancelled": "close"}


class CardPresenter(Presenter):
    """Presents opportunities as cards; what is the same for all of them is looked up once."""

    def __init__(self, user: User) -> None:
        super().__init__(user)
        self.board = reverse("opportunities:board")
        self.more, self.actions = icon("more"), escape(_("Move or edit"))

    def cards(self, listed: Iterable[Listed]) -> SafeString:
        return SafeString("".join(map(self.card, listed)))

    def card(self, item: Listed) -> SafeString:
        name = escape(item.name)
        late = item.due_on is not None and item.due_on < self.today
        edge = " card--late" if late else " card--asleep" if self.days_asleep(item) else ""
        return SafeString(
            f'<li class="card{edge}" id="card-{item.pk}" draggable="true" data-id="{item.pk}" '
            f'data-stage="{item.stage_id}" data-key="{item.list_key}" data-version="{item.version}" '
            f'data-amount="{self.units(item)}"><div class="card__top">'
            f'<a class="card__name" id="name-{item.pk}" href="{self.base}{item.pk}/" aria-keyshortcuts="&lt; &gt;">'
            f'{name}</a><a class="btn btn--quiet btn--icon btn--sm" href="{self.board}{item.pk}/menu/" '
            f'data-menu="card-menu" role="button" aria-label="{self.actions} {name}">{self.more}</a></div>'
            f'<span class="card__account">{escape(item.account) if item.account else self.unnamed}</span>'
            f'<div class="card__row"><span class="card__amount">{self.amount(item)}</span>'
            f'<span class="muted">{self.due(item)}</span></div>'
            f'<div class="card__row">{self._step(item)}{self.owner(item)}</div></li>'
        )

    def units(self, item: Listed) -> int | str:
        """What the head of its column grows by, in the house currency; nothing where no rate is known."""
        worth = in_house([(item.currency, None, item.amount or 0)]).whole
        return "" if worth is None else worth

    def days_asleep(self, item: Listed) -> int:
        """Days without an exchange, where they are more than the stage allows."""
        days = (self.today - (item.last_exchange_on or item.opened_on)).days
        return days if days > all_stages()[item.stage_id].asleep_after else 0

    def _step(self, item: Listed) -> str:
        """The next step; where there is none, what is wrong: asleep, or incomplete (LIST-8)."""
        if item.next_label:
            late = item.next_on is not None and item.next_on < self.today
            day = f"{dates.short_date(item.next_on, self.speech, self.today.year)} · " if item.next_on else ""
            css = "card__next mark--late" if late else "card__next"
            return f'<span class="{css}">{icon(item.next_icon)}<span>{day}{escape(item.next_label)}</span></span>'
        if days := self.days_asleep(item):
            told = escape(_("Asleep, %(n)s d") % {"n": days})
            return f'<span class="card__next mark--asleep">{self.asleep_icon}<span>{told}</span></span>'
        told = escape(missing(item)) if item.is_incomplete else ""
        return f'<span class="card__next"><span>{told}</span></span>'


@dataclass(frozen=True)
class Head:
    """The head of a column: its stage and, once they are known, its figures."""

    stage: Stage
    shade: int
    figures: "Told | None"


@dataclass(frozen=True)
class Told:
    """Figures in the house currency, of which each currency's own part can be told (OPP-14)."""

    count: int
    amount: Converted
    weighted: Converted
    late: int
    asleep: int


@dataclass(frozen=True)
class Zone:
    """Where a card is dropped to close it: its status, and what was closed so this month."""

    status: str
    icon: str
    label: str
    figures: Told | None


def heads(board: Board, totals: Totals | None, among: Iterable[int] = ()) -> list[Head]:
    """The heads of these stages, or of all."""
    count, wanted = len(board.stages), set(among)
    return [
        Head(stage, shade(at, count), told(totals.stages.get(stage.pk, [])) if totals else None)
        for at, stage in enumerate(board.stages, 1)
        if not wanted or stage.pk in wanted
    ]


def zones(totals: Totals | None) -> list[Zone]:
    day = dates.today()
    month = dates.MONTHS_LONG[language()][day.month - 1]
    labels: dict[str, Any] = {
        Status.WON.value: _("Won in %(month)s") % {"month": month},
        Status.LOST.value: Status.LOST.label,
        Status.CANCELLED.value: Status.CANCELLED.label,
    }
    return [
        Zone(status, ZONE_ICONS[status], label, told(totals.closed[status], is_open=False) if totals else None)
        for status, label in labels.items()
    ]


def everything(totals: Totals) -> Told:
    """The figures of all columns together."""
    return told(figures for stage in totals.stages.values() for figures in stage)


def told(figures: Iterable[Figures], *, is_open: bool = True) -> Told:
    given = list(figures)

    def added(parts: Iterable[Part]) -> Converted:
        return in_house(parts) if is_open else in_house((), parts)

    return Told(
        count=sum(one.count for one in given),
        amount=added((one.currency, one.rate, one.amount) for one in given),
        weighted=added((one.currency, one.rate, one.weighted) for one in given),
        late=sum(one.late for one in given),
        asleep=sum(one.asleep for one in given),
    )
