"""The columns that a list can show, declared: what each is called, how it looks, what it is sorted by (LIST-3)."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from attributes.columns import FieldColumn, columns_for
from attributes.labels import labels
from core.headings import Headings
from core.models.house import per_set_up
from core.sorting import Sort
from opportunities.models import Opportunity
from opportunities.sorting import orders

Extra = Mapping[str, Any]
Cell = Callable[[Any, Any, Extra], str]


@dataclass(frozen=True)
class Column:
    """``cell`` writes it for a presenter, a row and what ``needs`` names, which is read beside the row."""

    code: str
    label: Any
    cell: Cell
    css: str = "c-more"
    sort: str = ""
    needs: tuple[str, ...] = ()


def _day(name: str) -> Cell:
    return lambda show, item, extra: show.day(extra[name])


def _text(name: str) -> Cell:
    return lambda show, item, extra: escape(extra[name] or "")


def _declared() -> Iterable[Column]:
    yield Column("due", _("Due"), lambda show, item, extra: show.due(item), "c-date")
    yield Column("name", _("Opportunity"), lambda show, item, extra: show.name(item), "c-name", "name")
    yield Column("account", _("Account"), lambda show, item, extra: show.account(item), "c-account", "account")
    yield Column(
        "stage",
        _("Stage"),
        lambda show, item, extra: f'<span class="stage">{show.stage(item)}</span>',
        "c-stage",
        "probability",
    )
    yield Column("amount", _("Amount"), lambda show, item, extra: show.amount(item), "num c-amount", "amount")
    yield Column("weighted", _("Weighted"), lambda show, item, extra: show.weighted(item), "num weak c-weighted")
    yield Column("next", _("Next step"), lambda show, item, extra: show.next(item), "c-next")
    yield Column(
        "owner", pgettext_lazy("column", "Owner"), lambda show, item, extra: show.owner(item), "c-owner", "owner"
    )
    yield Column("contact", _("Main contact"), lambda show, item, extra: show.contact(item))
    yield Column("reference", _("Reference"), _text("reference"), needs=("reference",))
    yield Column("call_name", _("Call name"), _text("call_name"), needs=("call_name",))
    yield Column("id", _("ID"), lambda show, item, extra: str(item.pk), "c-more num")
    yield Column("pipeline", _("Pipeline"), lambda show, item, extra: show.pipeline(item))
    yield Column("source", _("Source"), _text("source__name"), needs=("source__name",))
    yield Column("opened", _("Opened on"), _day("opened_on"), sort="opened", needs=("opened_on",))
    yield Column("closed", _("Closed on"), _day("closed_on"), sort="closed", needs=("closed_on",))
    yield Column("changed", _("Changed on"), _day("changed_at"), sort="changed", needs=("changed_at",))
    yield Column("tags", _("Tags"), lambda show, item, extra: labels(show.tags.get(item.pk, ())))
    yield Column("lost_reason", _("Lost reason"), _text("lost_reason__name"), needs=("lost_reason__name",))


def _custom(column: FieldColumn) -> Column:
    """A custom field, read from the record's own column."""
    return Column(
        column.code,
        column.label,
        lambda show, item, extra: column.cell(extra["custom"], show.speech),
        column.css,
        column.code if column.sorts else "",
        needs=("custom",),
    )


COLUMNS = {column.code: column for column in _declared()}
DEFAULT = tuple(COLUMNS[code] for code in "due name account stage amount weighted next owner".split())


@per_set_up
def all_columns() -> dict[str, Column]:
    """Every column by code: the usual ones, then the custom fields."""
    return COLUMNS | {column.code: _custom(column) for column in columns_for(Opportunity)}


def chosen(query: QueryDict) -> tuple[Column, ...]:
    """The columns that a URL names, in its order; the usual ones where it names none. The name is always among them:
    it is what a row is opened by."""
    codes = dict.fromkeys(code for code in query.getlist("columns") if code in all_columns())
    if not codes:
        return DEFAULT
    return tuple(all_columns()[code] for code in (codes if "name" in codes else ["name", *codes]))


def read_beside(ids: Collection[int], columns: Collection[Column]) -> dict[int, Extra]:
    """What these columns need beyond the row itself: one query, or none."""
    names = sorted({name for column in columns for name in column.needs})
    if not names or not ids:
        return {}
    rows = Opportunity.objects.filter(pk__in=list(ids)).order_by().values("pk", *names)
    return {row["pk"]: row for row in rows}


def head(columns: Collection[Column], query: QueryDict, sort: Sort | None) -> SafeString:
    """The heading cells; the list's own order goes by the due date."""
    headings = Headings(query, orders(), sort)
    return SafeString(
        "".join(
            headings.cell(column.label, column.css.replace(" weak", ""), column.sort, is_own=column.code == "due")
            for column in columns
        )
    )
