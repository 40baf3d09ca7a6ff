"""The lines of an opportunity: what is sold, how much of it, at which price and cost (OPP-12).

A line is kept with its amount and margin, rounded to the currency's own decimals, so that any number of them is added
up exactly. With lines, the amount of the opportunity is their total, unless it was set by hand.
"""

from collections.abc import Collection, Iterable, Mapping, MutableMapping, Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core import money, sql
from core.money import MAX_DIGITS, MoneyField, QuantityField
from core.templatetags.components import language
from pipelines.models import Category, Product, SaleType, Subcategory
from records import journal
from records.journal import operation
from records.models import StaleRecord

LONGEST = 600  # months
VALUES = (
    "position", "product_id", "label", "sale_type_id", "category_id", "subcategory_id", "quantity", "unit_price",
    "unit_cost", "months",
)  # fmt: skip
Values = Mapping[str, Any]
"""A line as the journal keeps it: its columns of ``VALUES``, exact decimals as text."""


def _named(model: type[models.Model], label: Any) -> Any:
    return models.ForeignKey(model, models.PROTECT, null=True, db_index=False, related_name="+", verbose_name=label)


class Line(models.Model):
    opportunity = models.ForeignKey(
        "opportunities.Opportunity", models.CASCADE, db_index=False, related_name="lines",
        verbose_name=gettext_lazy("opportunity"),
    )  # fmt: skip
    position = models.PositiveIntegerField(gettext_lazy("position"))
    product = _named(Product, gettext_lazy("product"))
    label = models.CharField(gettext_lazy("label"), max_length=200)
    sale_type = _named(SaleType, gettext_lazy("sale type"))
    category = _named(Category, gettext_lazy("category"))
    subcategory = _named(Subcategory, gettext_lazy("subcategory"))
    quantity = QuantityField(gettext_lazy("quantity"))
    unit_price = MoneyField(gettext_lazy("unit price"))
    unit_cost = MoneyField(gettext_lazy("unit cost"), default=Decimal(0))
    months = models.PositiveSmallIntegerField(gettext_lazy("months"), null=True)

    amount = MoneyField(gettext_lazy("amount"), editable=False)
    margin = MoneyField(gettext_lazy("margin"), editable=False)

    class Meta:
        verbose_name = gettext_lazy("line")
        verbose_name_plural = gettext_lazy("lines")
        ordering = ("position", "id")
        constraints = [
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="a_quantity_is_more_than_nothing"),
            models.CheckConstraint(
                condition=models.Q(unit_price__gte=0, unit_cost__gte=0), name="a_price_and_a_cost_are_not_negative"
            ),
            models.CheckConstraint(condition=~models.Q(label=""), name="a_line_has_a_label"),
            models.CheckConstraint(condition=models.Q(months__range=(1, LONGEST)), name="a_line_lasts_1_to_600_months"),
        ]
        indexes = [models.Index(fields=["opportunity", "position"], name="line_by_opportunity")]

    def __str__(self) -> str:
        return self.label


class Lined(models.Model):
    """What an opportunity can do with its lines."""

    class Meta:
        abstract = True

    def change_lines(
        self: Any,
        changed: Mapping[int, Values] | None = None,
        *,
        added: Sequence[Values] = (),
        removed: Collection[int] = (),
        by: Any,
        door: str = "form",
    ) -> None:
        """Change these lines, add and remove others; the amount follows, unless set by hand.

        The instance is not brought up to date: read it again.
        """
        wanted: dict[int, Values | None] = {**(changed or {}), **dict.fromkeys(removed)}
        with operation(by=by, door=door, what="opportunity.lines"):
            wanted |= zip(sql.reserve_ids(Line, len(added)), added, strict=True)
            self.write_lines({self.pk: wanted}, {self.pk: self.version})

    def follow_lines(self: Any, *, by: Any, door: str = "form") -> None:
        """Take the total of the lines as the amount again."""
        with operation(by=by, door=door, what="opportunity.follow_lines"):
            vars(self).update(amount=None, amount_by_hand=False)
            self.save()

    @classmethod
    def copy_lines(cls: Any, pairs: Mapping[int, int]) -> None:
        """Inside an operation: give each of these opportunities (keys) the lines of another one (values)."""
        found: dict[int, list[Values]] = {}
        for (of, _line), values in present_lines(set(pairs.values())).items():
            found.setdefault(of, []).append(values)
        cls.add_lines({to: found.get(of, []) for to, of in pairs.items()})

    @classmethod
    def add_lines(cls: Any, added: Mapping[int, Sequence[Values]]) -> None:
        """Inside an operation: give each of these opportunities further lines."""
        new = [(pk, values) for pk, lines in added.items() for values in lines]
        wanted: dict[int, dict[int, Values | None]] = {}
        for number, (pk, values) in zip(sql.reserve_ids(Line, len(new)), new, strict=True):
            wanted.setdefault(pk, {})[number] = values
        cls.write_lines(wanted)

    @classmethod
    def write_line(cls: Any, key: str, wanted: Mapping[int, Values | None]) -> None:
        """Inside an operation: give the line of this id these values, or remove it: what takes a change back calls."""
        cls.write_lines({pk: {int(key): values} for pk, values in wanted.items()})

    @classmethod
    def write_lines_of(cls: Any, wanted: Mapping[int, Mapping[str, Values | None]]) -> None:
        """The same for many lines of many opportunities: an import of lines that is taken back."""
        cls.write_lines({pk: {int(key): values for key, values in lines.items()} for pk, lines in wanted.items()})

    @classmethod
    def write_lines(
        cls: Any, wanted: Mapping[int, Mapping[int, Values | None]], versions: Mapping[int, int] | None = None
    ) -> None:
        """Inside an operation: give each of these opportunities exactly these values of these lines; ``None`` removes.

        Lines that are not named stay as they are. Raises ``StaleRecord`` if an opportunity is not at its version.
        """
        before = present_lines(wanted)
        changes: dict[int, dict[str, list[Any]]] = {}
        gone: list[int] = []
        put: list[dict[str, Any]] = []
        for pk, lines in wanted.items():
            for line_id, values in lines.items():
                old: Values | None = before.get((pk, line_id))
                new = None if values is None else plain(values)
                if old == new:
                    continue
                changes.setdefault(pk, {})[f"line:{line_id}"] = [old, new]
                if old is not None:
                    gone.append(line_id)
                if new is not None:
                    put.append({"id": line_id, "opportunity_id": pk, **new})
        if not changes:
            return
        rows = list(cls.objects.filter(pk__in=changes).values_list("pk", "version", "currency"))
        currencies = {pk: currency for pk, _version, currency in rows}
        for row in put:
            row.update(priced(row, currencies[row["opportunity_id"]]))
        if gone:
            sql.execute(f"DELETE FROM {Line._meta.db_table} WHERE id IN ({sql.in_list(gone)})")
        columns = ("id", "opportunity_id", *VALUES, "amount", "margin")
        sql.insert_rows(Line, columns, sql.as_stored(Line, columns, put))
        now, read = timezone.now(), versions or {}
        touched = [{"id": pk, "version": version + 1, "changed_at": now} for pk, version, _currency in rows]
        stored = sql.as_stored(cls, ("version", "changed_at", "id"), touched)
        at = [read.get(pk, version) for pk, version, _currency in rows]
        if sql.update_rows(cls, ("version", "changed_at"), stored, at) != len(rows):
            raise StaleRecord(cls.objects.get(pk=rows[0][0]))
        writing = journal.current()
        for pk, version, _currency in rows:
            writing.changed(cls, pk, version + 1, changes[pk])
        cls.settle_amounts(list(changes))

    @classmethod
    def settle_amounts(cls: Any, ids: Iterable[int]) -> None:
        """Inside an operation: bring the amounts of these opportunities in line with their lines."""
        befores = list(cls.objects.filter(pk__in=ids).values(*cls.columns()))
        cls.change_rows([dict(row) for row in befores], befores)

    @classmethod
    def price_lines(cls: Any, ids: Iterable[int]) -> None:
        """Inside an operation: round the amounts of the lines to what is now the currency of their opportunity."""
        names = ("id", "quantity", "unit_price", "unit_cost", "amount", "margin", "opportunity__currency")
        rows = list(Line.objects.filter(opportunity__in=sql.among(ids)).values(*names))
        fresh = [{**row, **priced(row, row["opportunity__currency"])} for row in rows]
        turned = [new for new, old in zip(fresh, rows, strict=True) if new != old]
        if turned:
            columns = ("amount", "margin")
            sql.update_rows(Line, columns, sql.as_stored(Line, (*columns, "id"), turned))
            cls.settle_amounts(ids)


def present_lines(opportunities: Iterable[int]) -> dict[tuple[int, int], dict[str, Any]]:
    """The lines of these opportunities as the journal keeps them, by opportunity and line, in order."""
    rows = Line.objects.filter(opportunity__in=list(opportunities)).values("opportunity_id", "id", *VALUES)
    return {(row["opportunity_id"], row["id"]): plain(row) for row in rows}


def plain(values: Values) -> dict[str, Any]:
    """A line's values as the journal keeps them."""
    return {name: sql.plain(values.get(name)) for name in VALUES}


def line_totals(opportunities: Collection[int]) -> dict[int, Decimal]:
    """What the lines of these opportunities add up to; those without lines are absent."""
    if not opportunities:
        return {}
    rows = sql.fetch(
        f"SELECT opportunity_id, sum(amount) FROM {Line._meta.db_table} "
        f"WHERE opportunity_id IN ({sql.in_list(opportunities)}) GROUP BY opportunity_id"
    )
    return {pk: money.from_units(int(units)) for pk, units in rows}


def priced(values: Mapping[str, Any], currency: str) -> dict[str, Any]:
    """Quantity times price, and what of it is left after cost, rounded to the currency's own decimals.

    Raises ``ValidationError`` if that is more than an amount can be.
    """
    quantity, price, cost = (Decimal(values[name]) for name in ("quantity", "unit_price", "unit_cost"))
    amount = money.rounded(quantity * price, currency)
    spent = money.rounded(quantity * cost, currency)
    if max(amount, spent) >= 10**MAX_DIGITS:
        raise ValidationError({"quantity": _("Quantity times price has more than 12 digits.")}, code="too_long")
    return {
        "quantity": quantity,
        "unit_price": price,
        "unit_cost": cost,
        "amount": amount,
        "margin": amount - spent,
    }


def settle_amount(row: MutableMapping[str, Any], was: Mapping[str, Any], total: Decimal | None) -> None:
    """With lines, the amount is their total; one that somebody set to something else is by hand, and stays."""
    if row["amount"] is not None:
        row["amount"] = money.rounded(Decimal(row["amount"]), row["currency"])
    if total is None:
        row["amount_by_hand"] = False
        return
    if was and row["amount"] != was["amount"] and row["amount_by_hand"] == was["amount_by_hand"]:
        row["amount_by_hand"] = row["amount"] is not None
    if row["amount"] == total or not row["amount_by_hand"]:
        row["amount"], row["amount_by_hand"] = total, False


def told(key: str, values: Any) -> str:
    """A line of the journal in a few words: ``2. 14 × Radio gateway, 890``."""
    if not isinstance(values, dict):
        return str(values)
    speech = language()
    quantity = money.format_quantity(Decimal(values["quantity"]), speech)
    price = money.typed_amount(Decimal(values["unit_price"]), speech)
    text = f"{values['position']}. {quantity} × {values['label']}, {price}"
    months = values.get("months") or 0
    lasting = ngettext("%(n)s month", "%(n)s months", months) % {"n": months}
    return f"{text}, {lasting}" if months else text
