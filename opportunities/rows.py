"""Rows of the list as a template shows them: every text ready and escaped, so that rendering only writes.

Half of what a Django template costs is resolving, localizing and escaping single values; fifty rows of thirty values
are read all day by everybody (ARCHITECTURE 7 and 10), so a row brings its cells as the components they are.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from html import escape

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from attributes.labels import dots
from attributes.models import Tag
from core import dates, money
from core.templatetags.components import icon, language
from opportunities.columns import DEFAULT, Column, Extra, read_beside
from opportunities.converting import Converted, in_house
from opportunities.listing import Listed, Total
from opportunities.models import Opportunity
from opportunities.models.ordering import due_from
from pipelines.models import all_stages, gauge
from users.models import User
from users.models.user import initials

NOTHING = SafeString('<span class="muted">–</span>')


@dataclass(slots=True)
class Row:
    """One line, one decision: when, what, who, how far, how much, what next (design, principle 1)."""

    pk: SafeString
    url: SafeString
    name: SafeString
    tags: SafeString
    state: SafeString
    due: SafeString
    account: SafeString
    stage: SafeString
    amount: SafeString
    amount_raw: SafeString
    weighted: SafeString
    next: SafeString
    owner: SafeString


@dataclass(slots=True)
class ListRow:
    """A line of the list with the cells of its columns."""

    pk: SafeString
    url: SafeString
    name: SafeString
    state: SafeString
    amount_raw: SafeString  # with its currency, for the script that adds up what is ticked
    cells: SafeString


def in_list(listed: Iterable[Listed], user: User, columns: Collection[Column] = DEFAULT) -> list[ListRow]:
    """The rows of the list, with these columns, in the reader's language."""
    listed = list(listed)
    ids = [item.pk for item in listed]
    presenter, beside = Presenter(user, Opportunity.tags_of(ids)), read_beside(ids, columns)
    return [presenter.list_row(item, columns, beside.get(item.pk, {})) for item in listed]


def present(listed: Iterable[Listed], user: User) -> list[Row]:
    """The rows in the reader's language."""
    listed = list(listed)
    return [*map(Presenter(user, Opportunity.tags_of(item.pk for item in listed)).row, listed)]


class Presenter:
    """Presents rows; what is the same for all of them is looked up once."""

    def __init__(self, user: User, tags: Mapping[int, Collection[Tag]] | None = None) -> None:
        self.user, self.tags = user, tags or {}
        self.speech, self.today = language(), dates.today()
        self.base, self.accounts = reverse("opportunities:index"), reverse("accounts:index")
        self.unnamed, self.none = escape(_("Unnamed company")), escape(_("none"))
        self.by_hand, self.late = escape(_("set by hand")), escape(_(", late"))
        self.late_icon, self.asleep_icon = icon("late"), icon("asleep")
        self.owners: dict[int | None, SafeString] = {None: NOTHING}

    def row(self, item: Listed) -> Row:
        return Row(
            pk=SafeString(item.pk),
            url=SafeString(f"{self.base}{item.pk}/"),
            name=SafeString(escape(item.name)),
            tags=dots(self.tags.get(item.pk, ())),
            state=SafeString("" if item.is_open else ' class="is-closed"'),
            due=self.due(item),
            account=self.account(item),
            stage=self.stage(item),
            amount=self.amount(item),
            amount_raw=SafeString(money.plain(item.amount, item.currency)),
            weighted=self.weighted(item),
            next=self.next(item),
            owner=self.owner(item),
        )

    def list_row(self, item: Listed, columns: Collection[Column], beside: Extra) -> ListRow:
        return ListRow(
            pk=SafeString(item.pk),
            url=SafeString(f"{self.base}{item.pk}/"),
            name=SafeString(escape(item.name)),
            state=SafeString("" if item.is_open else ' class="is-closed"'),
            amount_raw=SafeString(f"{money.plain(item.amount, item.currency)} {item.currency}"),
            cells=SafeString(
                "".join(
                    f'<td role="cell" class="{column.css}">{column.cell(self, item, beside)}</td>' for column in columns
                )
            ),
        )

    def name(self, item: Listed) -> str:
        name = escape(item.name)
        link = f'<a class="list__name" href="{self.base}{item.pk}/" title="{name}">{name}</a>'
        return f'<span class="cell">{link}{dots(self.tags.get(item.pk, ()))}</span>'

    def amount(self, item: Listed) -> SafeString:
        return self._money(item.amount, item.currency)

    def weighted(self, item: Listed) -> SafeString:
        amount = item.amount
        return self._money(None if amount is None else amount * item.probability // 100, item.currency)

    def contact(self, item: Listed) -> str:
        return escape(f"{item.contact_first or ''} {item.contact_last or ''}".strip())

    def pipeline(self, item: Listed) -> str:
        return escape(all_stages()[item.stage_id].pipeline.name)

    def day(self, day: dt.date | None) -> str:
        if isinstance(day, dt.datetime):
            day = timezone.localtime(day).date()
        if day is None:
            return NOTHING
        return f'<time datetime="{day}">{dates.short_date(day, self.speech, self.today.year)}</time>'

    def due(self, item: Listed) -> SafeString:
        day = due_from(item.list_key)
        if day is None:
            return NOTHING
        time = f'<time datetime="{day}">{dates.short_date(day, self.speech, self.today.year)}</time>'
        if not item.is_open or day >= self.today:
            return SafeString(time)
        days = (self.today - day).days
        told = escape(ngettext("%(n)s day late", "%(n)s days late", days) % {"n": days})
        hidden = f'<span class="visually-hidden">{told}</span>'
        return SafeString(f'<span class="mark mark--late">{time} {self.late_icon}{hidden}</span>')

    def account(self, item: Listed) -> SafeString:
        name = escape(item.account) if item.account else self.unnamed
        if not item.sees_account:
            return SafeString(name)
        return SafeString(f'<a class="list__over" href="{self.accounts}{item.account_id}/">{name}</a>')

    def stage(self, item: Listed) -> SafeString:
        stage = all_stages()[item.stage_id]
        name = escape(stage.name if item.is_open else stage.pipeline.label(item.status))
        percent = money.format_percent(item.probability, self.speech)
        title = f' title="{self.by_hand}"' if item.by_hand and item.is_open else ""
        return SafeString(
            f'{gauge(item.stage_id, item.status)}<span class="stage__name">{name}</span>'
            f'<span class="stage__pct"{title}>{percent}{"*" if title else ""}</span>'
        )

    def _money(self, units: int | None, currency: str) -> SafeString:
        return SafeString("–" if units is None else money.format_units(units, currency, self.speech))

    def next(self, item: Listed) -> SafeString:
        """The next step; where there is none, what is wrong: asleep, or incomplete (LIST-8)."""
        if item.next_label:
            label = escape(item.next_label)
            late = item.next_on is not None and item.next_on < self.today
            hidden = f'<span class="visually-hidden">{self.late}</span>' if late else ""
            return SafeString(
                f'<span class="mark mark--{"late" if late else "muted"}" title="{label}">'
                f"{icon(item.next_icon)}<span>{label}{hidden}</span></span>"
            )
        if item.is_open:
            days = (self.today - (item.last_exchange_on or item.opened_on)).days
            if days > all_stages()[item.stage_id].asleep_after:
                told = escape(_("Asleep, %(n)s d") % {"n": days})
                return SafeString(f'<span class="mark mark--asleep">{self.asleep_icon}<span>{told}</span></span>')
            if item.is_incomplete:
                told = escape(missing(item))
                return SafeString(f'<span class="mark mark--muted" title="{told}"><span>{told}</span></span>')
        return SafeString(f'<span class="muted">{self.none}</span>')

    def owner(self, item: Listed) -> SafeString:
        if item.owner_id not in self.owners:
            name = f"{item.owner_first} {item.owner_last}".strip()
            mine = " avatar--me" if item.owner_id == self.user.pk else ""
            told = f'title="{escape(name)}" role="img" aria-label="{escape(name)}"'
            avatar = f'<span class="avatar{mine}" {told}>{escape(initials(name))}</span>'
            self.owners[item.owner_id] = SafeString(avatar)
        return self.owners[item.owner_id]


def missing(item: Listed) -> str:
    """What an incomplete opportunity lacks: ``To complete: amount, due date``."""
    parts = (
        (item.account_id is None and item.contact_id is None, _("account")),
        (item.amount is None, _("amount")),
        (item.due_on is None, _("due date")),
    )
    return _("To complete: %(what)s") % {"what": ", ".join(part for lacks, part in parts if lacks)}


@dataclass(frozen=True)
class Sum:
    """The figures of one half of the list, or of all of it."""

    count: int
    amount: Converted
    weighted: Converted
    incomplete: int


@dataclass(frozen=True)
class Summary:
    open: Sum
    closed: Sum
    all: Sum
    remaining: int

    @classmethod
    def of(cls, totals: Iterable[Total]) -> "Summary":
        totals = list(totals)
        return cls(
            open=_sum([total for total in totals if total.is_open]),
            closed=_sum([total for total in totals if not total.is_open]),
            all=_sum(totals),
            remaining=sum(total.remaining for total in totals),
        )


def _sum(totals: list[Total]) -> Sum:
    halves = [[total for total in totals if total.is_open is which] for which in (True, False)]
    return Sum(
        count=sum(total.count for total in totals),
        amount=in_house(*([(one.currency, one.rate, one.amount) for one in half] for half in halves)),
        weighted=in_house(*([(one.currency, one.rate, one.weighted) for one in half] for half in halves)),
        incomplete=sum(total.incomplete for total in totals),
    )
