"""The lines of an opportunity as a table: read, or edited in place, each error beside its cell (OPP-12)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core import money
from core.forms import ExactField, QuantityField, WholeNumberField
from core.sentences import led
from opportunities.models import Line, Opportunity
from opportunities.models.lines import LONGEST, VALUES, Values, plain, priced, told
from opportunities.spreading import weighted
from pipelines.forms import CategoryChoiceField
from pipelines.models import Category, Product, SaleType, Subcategory, product_called
from records.forms import changes_since
from records.set_up.choice import SetUpChoiceField
from records.set_up.lines import Cell, cell

NEW = re.compile(r"new\d{1,3}")
FILLED = ("label", "sale_type", "classed", "unit_price", "unit_cost")  # by the product, where blank
_DURATION = gettext_lazy("Enter a duration of 1 to 600 months.")


class LineForm(forms.Form):
    """One line; a new one that was left blank is not there at all. A product fills in what was left blank."""

    product = forms.CharField(label=gettext_lazy("Product"), required=False, max_length=80)
    label = forms.CharField(label=gettext_lazy("Label"), required=False, max_length=200)
    sale_type = SetUpChoiceField(SaleType, label=gettext_lazy("Sale type"))
    classed = CategoryChoiceField(label=gettext_lazy("Category"))
    quantity = QuantityField(
        label=gettext_lazy("Quantity"), error_messages={"required": gettext_lazy("Enter a quantity.")}
    )
    unit_price = ExactField(label=gettext_lazy("Unit price"), required=False)
    unit_cost = ExactField(label=gettext_lazy("Unit cost"), required=False)
    months = WholeNumberField(
        label=gettext_lazy("Months"),
        required=False,
        min_value=1,
        max_value=LONGEST,
        error_messages={"min_value": _DURATION, "max_value": _DURATION, "invalid": _DURATION},
    )

    def __init__(self, data: Any = None, *, line: Line, currency: str, prefix: str) -> None:
        super().__init__(data, prefix=prefix, empty_permitted=line.pk is None, use_required_attribute=False)
        self.line, self.currency = line, currency
        self.is_new = line.pk is None
        self.clashes: list[str] = []
        self.taken_off_by: Any = ""
        chosen: Any = self.fields["sale_type"]
        chosen.keep(line.sale_type_id)
        classed: Any = self.fields["classed"]
        self.initial = {
            "product": self._present.name if self._present else "",
            "label": line.label,
            "sale_type": line.sale_type_id,
            "classed": classed.keep(
                Category.remembered().get(line.category_id or 0), Subcategory.remembered().get(line.subcategory_id or 0)
            ),
            "quantity": Decimal(1) if self.is_new else line.quantity,
            "unit_price": None if self.is_new else line.unit_price,
            "unit_cost": None if self.is_new else line.unit_cost,
            "months": line.months,
        }
        self.fields["product"].widget.attrs |= {"list": "products", "placeholder": _("Product")}
        self.fields["label"].widget.attrs["placeholder"] = _("Label")

    @property
    def _present(self) -> Product | None:
        return Product.remembered().get(self.line.product_id or 0)

    @property
    def is_blank(self) -> bool:
        return self.is_new and not self.has_changed()

    def clean_product(self) -> Product | None:
        text = self.cleaned_data["product"]
        if not text or (self._present and text == self._present.name):
            return self._present if text else None
        product = product_called(text)
        if product is None:
            raise ValidationError(
                _("No product is called “%(name)s”. Leave it blank and label the line."), params={"name": text}
            )
        return product

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.is_blank:
            return cleaned
        product = cleaned.get("product")
        if product is not None and product != self._present:
            self._fill(product, cleaned)
        if not cleaned.get("label") and not {"product", "label"} & self.errors.keys():
            self.add_error("label", _("Choose a product, or label the line."))
        if cleaned.get("unit_price") is None and "unit_price" not in self.errors and "product" not in self.errors:
            self.add_error("unit_price", _("Enter a unit price."))
        if not self.errors:
            try:
                priced(self.values(0), self.currency)
            except ValidationError as error:
                self.add_error(None, error)
        return cleaned

    def _fill(self, product: Product, cleaned: dict[str, Any]) -> None:
        """What the product says where the line says nothing."""
        cleaned["label"] = cleaned.get("label") or product.name
        cleaned["sale_type"] = cleaned.get("sale_type") or product.sale_type
        if cleaned.get("classed") == (None, None):
            cleaned["classed"] = (product.category_id, product.subcategory_id)
        for name in ("unit_price", "unit_cost"):
            if name in cleaned and cleaned[name] is None:
                cleaned[name] = getattr(product, name)

    def values(self, position: int) -> Values:
        """The line as the journal keeps it."""
        cleaned = self.cleaned_data
        category_id, subcategory_id = cleaned["classed"]
        return plain(
            {
                "position": position,
                "product_id": cleaned["product"].pk if cleaned["product"] else None,
                "label": cleaned["label"],
                "sale_type_id": cleaned["sale_type"].pk if cleaned["sale_type"] else None,
                "category_id": category_id,
                "subcategory_id": subcategory_id,
                "quantity": cleaned["quantity"],
                "unit_price": cleaned["unit_price"],
                "unit_cost": cleaned["unit_cost"] or Decimal(0),
                "months": cleaned["months"],
            }
        )

    @property
    def duration(self) -> int | None:
        """The months over which it is spread, as typed, or as saved."""
        months: int | None = self.cleaned_data.get("months") if self.is_bound else self.line.months
        return months

    def filled(self) -> list[BoundField]:
        """The inputs that were left blank and that the product fills in, as they should stand."""
        if not self.is_bound or self.is_blank or not self.is_valid():
            return []
        category_id, subcategory_id = self.cleaned_data["classed"]
        classed = f"{category_id}.{subcategory_id}" if subcategory_id else str(category_id or "")
        said = {**self.cleaned_data, "classed": classed}
        fresh = LineForm(line=self.line, currency=self.currency, prefix=str(self.prefix))
        blank = [name for name in FILLED if not self[name].data and said[name] not in (None, "")]
        fresh.initial = {**fresh.initial, **{name: said[name] for name in blank}}
        return [fresh[name] for name in blank]


@dataclass(frozen=True)
class Sums:
    """What a line, or all of them, come to: amounts in thousandths."""

    amount: int
    margin: int
    weighted: int
    weighted_margin: int

    @property
    def rate(self) -> int | None:
        """The margin in percent of the amount."""
        return money.half_up(self.margin * 100, self.amount) if self.amount else None


@dataclass(frozen=True)
class Shown:
    """A row of the table: its key in the form, its line, its inputs, what it comes to."""

    key: str
    line: Line
    name: str
    form: LineForm
    cells: Mapping[str, Cell]
    sums: Sums | None
    place: int
    count: int

    @property
    def kind(self) -> SaleType | None:
        return SaleType.remembered().get(self.line.sale_type_id or 0)

    @property
    def about(self) -> str:
        """What is said of the line under its label: product, category, duration."""
        line = self.line
        product = Product.remembered().get(line.product_id or 0)
        category = Category.remembered().get(line.category_id or 0)
        months = ngettext("%(n)s month", "%(n)s months", line.months) % {"n": line.months} if line.months else ""
        called = "" if product is None or product.name == line.label else product.name
        parts = (product.code if product else "", called, category.name if category else "", months)
        return ", ".join(part for part in parts if part)

    @property
    def fills(self) -> list[SafeString]:
        """The inputs that the product fills in, to take the place of the blank ones."""
        found = self.form.filled()
        for bound in found:
            bound.field.widget.attrs["hx-swap-oob"] = "true"
        return [cell(bound, self.name).widget for bound in found]


class LineTable:
    """The lines of one opportunity, as they stand or as they were typed.

    In a post the order of the ``row`` fields is the order of the lines; ``12-label`` is the label of line 12,
    ``new1-label`` that of a line to add. What others saved since ``version`` is kept, but for cells typed here too.
    """

    def __init__(self, opportunity: Opportunity, data: Any = None) -> None:
        self.opportunity = opportunity
        self.lines = {str(line.pk): line for line in opportunity.lines.all()}
        self.since = self._changes_since(data.get("version", "")) if data is not None else {}
        self.forms = self._read(data) if data is not None else [self._form(key) for key in self.lines]

    # Reading

    def _read(self, data: Any) -> list[LineForm]:
        forms: dict[str, LineForm] = {}
        for key in data.getlist("row"):
            if key not in forms and (key in self.lines or NEW.fullmatch(key)):
                forms[key] = self._form(key, data)
            elif key in self.since and (form := self._taken_off(key, data, forms)):
                forms[str(form.prefix)] = form
        for key in self.lines:  # added by somebody else meanwhile
            if key not in forms:
                forms[key] = self._form(key)
        return list(forms.values())

    def _taken_off(self, key: str, data: Any, taken: Iterable[str]) -> LineForm | None:
        """What was typed into a line that somebody else has removed since, as a new one; nothing if it was left as it
        was."""
        base, change = self.since[key]
        new = _unused({*data.getlist("row"), *taken})
        form = self._form(new, {f"{new}-{name}": data.get(f"{key}-{name}") for name in LineForm.base_fields})
        if form.is_valid() and {**form.values(0), "position": None} == {**(base or {}), "position": None}:
            return None
        form.taken_off_by = change.operation.by or _("Somebody")
        return form

    def _form(self, key: str, data: Any = None) -> LineForm:
        line = self.lines.get(key) or Line()
        return LineForm(data, line=line, currency=self.opportunity.currency, prefix=key)

    def _changes_since(self, version: str) -> Mapping[str, Any]:
        read = int(version) if version.isdecimal() and len(version) < 10 else self.opportunity.version
        if read >= self.opportunity.version:
            return {}
        found = changes_since(self.opportunity, read)
        return {name.removeprefix("line:"): change for name, change in found.items() if name.startswith("line:")}

    def add(self) -> None:
        """One more blank line at the end."""
        self.forms.append(self._form(_unused({str(form.prefix) for form in self.forms})))

    def step(self, key: str, by: int) -> None:
        """Move a line up (-1) or down (+1)."""
        at = next((at for at, form in enumerate(self.forms) if form.prefix == key), None)
        if at is not None:
            self.forms.insert(max(at + by, 0), self.forms.pop(at))

    def is_valid(self, removed: str = "") -> bool:
        """Whether all that was typed can be saved; what is removed need not be right."""
        for form in self.forms:
            if form.is_bound and form.prefix != removed:
                form.full_clean()
                self._merge(form)
        return not self.errors(removed)

    def _merge(self, form: LineForm) -> None:
        """Keep what somebody else saved in this line since it was read; a line that both changed is refused once."""
        if form.taken_off_by:
            form.clashes.append("label")
            said = _("%(who)s has removed this line meanwhile. Save again to put it back with what you typed.")
            form.add_error("label", said % {"who": form.taken_off_by})
        if str(form.prefix) not in self.since or form.errors:
            return
        base, change = self.since[str(form.prefix)]
        mine = {**form.values(0), "position": None}
        theirs = plain({name: getattr(form.line, name) for name in VALUES}) | {"position": None}
        if mine == theirs:
            return
        if base is not None and mine == {**base, "position": None}:
            form.is_bound = False
            return
        form.clashes.append("label")
        said = _("%(who)s has saved “%(line)s” here meanwhile. Save again to keep what you typed.")
        form.add_error(
            "label",
            said
            % {
                "who": change.operation.by or _("Somebody"),
                "line": told("", {**theirs, "position": form.line.position}),
            },
        )

    def errors(self, removed: str = "") -> list[tuple[str, str]]:
        """What is to be corrected: the id of the input, and the sentence, led by the label of its line."""
        return [
            (form[name].id_for_label if name in form.fields else "", led(form["label"].value() or place, error))
            for place, form in enumerate(self.forms, 1)
            if form.is_bound and form.prefix != removed
            for name, errors in form.errors.items()
            for error in errors
        ]

    @property
    def has_clashes(self) -> bool:
        return any(form.clashes for form in self.forms)

    # Writing

    def save_as(self, by: Any, removed: str = "") -> None:
        """Write what was typed, in this order, without the line to remove."""
        kept = [form for form in self.forms if form.prefix != removed and not (form.is_bound and form.is_blank)]
        places = self._places(kept)
        changed: dict[int, Values] = {}
        added: list[Values] = []
        for form, position in zip(kept, places, strict=True):
            if form.is_new:
                added.append(form.values(position))
            elif form.is_bound:
                changed[form.line.pk] = form.values(position)
            else:
                present = {name: getattr(form.line, name) for name in VALUES}
                changed[form.line.pk] = plain({**present, "position": position})
        gone = [self.lines[removed].pk] if removed in self.lines else []
        self.opportunity.change_lines(changed, added=added, removed=gone, by=by)

    @staticmethod
    def _places(forms: list[LineForm]) -> list[int]:
        """The positions they have, where these are in order already; new ones come behind."""
        present = [form.line.position for form in forms if not form.is_new]
        kept = [not form.is_new for form in forms]
        if present == sorted(set(present)) and kept == sorted(kept, reverse=True):
            last = present[-1] if present else 0
            return [*present, *range(last + 1, last + 1 + len(forms) - len(present))]
        return list(range(1, len(forms) + 1))

    # Showing

    @cached_property
    def priced(self) -> list[tuple[int, int] | None]:
        """Amount and margin of each row, as typed where that can be read."""
        found: list[tuple[int, int] | None] = []
        for form in self.forms:
            if form.is_bound and form.is_valid() and not form.is_blank:
                price = priced(form.values(0), self.opportunity.currency)
                found.append((money.to_units(price["amount"]), money.to_units(price["margin"])))
            elif form.line.pk is not None and not form.is_bound:
                found.append((money.to_units(Decimal(form.line.amount)), money.to_units(Decimal(form.line.margin))))
            else:
                found.append(None)
        return found

    @cached_property
    def rows(self) -> list[Shown]:
        sums = iter(self._sums([pair for pair in self.priced if pair is not None]))
        return [
            Shown(
                key=str(form.prefix),
                line=form.line,
                name=str(form["label"].value() or form["product"].value() or _("new line")),
                form=form,
                cells={bound.name: cell(bound, str(form["label"].value() or place)) for bound in form},
                sums=next(sums) if pair is not None else None,
                place=place,
                count=len(self.forms),
            )
            for place, (form, pair) in enumerate(zip(self.forms, self.priced, strict=True), 1)
        ]

    @cached_property
    def total(self) -> Sums | None:
        """The grand total; none without lines."""
        pairs = [pair for pair in self.priced if pair is not None]
        if not pairs:
            return None
        sums = self._sums(pairs)
        return Sums(*(sum(getattr(one, name) for one in sums) for name in Sums.__annotations__))

    def _sums(self, pairs: list[tuple[int, int]]) -> list[Sums]:
        probability, currency = self.opportunity.probability, self.opportunity.currency
        amounts = weighted([amount for amount, _margin in pairs], probability, currency)
        margins = weighted([margin for _amount, margin in pairs], probability, currency)
        return [Sums(*pair, amount, margin) for pair, amount, margin in zip(pairs, amounts, margins, strict=True)]


def _unused(taken: set[str]) -> str:
    """A key for one more new line."""
    return next(key for number in range(1, 1000) if (key := f"new{number}") not in taken)
