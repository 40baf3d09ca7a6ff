"""Forms of what is set up for pipelines and their lists."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.folding import fold
from core.forms import AmountField, WholeNumberField
from core.models import House
from pipelines.models import (
    Category,
    Currency,
    Establishment,
    Family,
    LostReason,
    Origin,
    OriginType,
    PersonRole,
    Pipeline,
    Product,
    SaleType,
    Sector,
    Source,
    Stage,
    Subcategory,
    Subfamily,
    category_choices,
    open_stages,
)
from records.companions import asked_labels
from records.forms import RecordForm
from records.journal import operation
from records.models import Door
from records.set_up.choice import SetUpChoiceField
from records.set_up.forms import SetUpForm

LABELS = {"won": "won_label", "lost": "lost_label", "cancelled": "cancelled_label"}


class StageForm(SetUpForm):
    probability = WholeNumberField(label=gettext_lazy("Probability"))
    asleep_after = WholeNumberField(label=gettext_lazy("Asleep after"), min_value=1, max_value=3650)

    class Meta(SetUpForm.Meta):
        model = Stage
        fields = ("name", "probability", "asleep_after")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Stage")
        self.fields["name"].error_messages["required"] = _("Name the stage.")
        self.fields["probability"].error_messages["required"] = _("Enter a probability between 1 and 99 %.")
        self.fields["asleep_after"].error_messages["required"] = _("Enter a number of days.")


class GateForm(RecordForm):
    """What a stage asks for before an opportunity may enter it (SET-4)."""

    asks = forms.MultipleChoiceField(
        label=gettext_lazy("To be filled in"),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "check"}),
    )

    class Meta:
        model = Stage
        fields = ("asks",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = asked_labels()
        asks = self.fields["asks"]
        assert isinstance(asks, forms.MultipleChoiceField)
        asks.choices = [(code, capfirst(label)) for code, label in labels.items()]
        self.initial["asks"] = [code for code in self.instance.asks if code in labels]

    def save_as(self, by: Any) -> Stage:
        stage: Stage = self.instance
        stage.edit(by=by)
        return stage


class PipelineForm(RecordForm):
    """What a pipeline is called, and what it calls won, lost and cancelled."""

    class Meta:
        model = Pipeline
        fields = ("name", "won_label", "lost_label", "cancelled_label")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, use_required_attribute=False, **kwargs)
        self.fields["name"].error_messages["required"] = _("Name the pipeline.")
        for name in LABELS.values():
            self.fields[name].error_messages["required"] = _("Give it a name.")

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        taken = Pipeline.objects.active().exclude(pk=self.instance.pk)
        if any(fold(other.name) == fold(name) for other in taken):
            raise ValidationError(_("Another pipeline has this name."))
        return name

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        seen: set[str] = set()
        for field in LABELS.values():
            label = fold(cleaned.get(field) or "")
            if label and label in seen:
                self.add_error(field, _("Won, lost and cancelled need three different names."))
            seen.add(label)
        return cleaned

    def save_as(self, by: Any) -> Pipeline:
        pipeline: Pipeline = self.instance
        pipeline.edit(by=by)
        return pipeline


class NewPipelineForm(PipelineForm):
    """A new pipeline; it begins with the stages of another one."""

    like = forms.ModelChoiceField(
        Pipeline.objects.active(), label=gettext_lazy("Start with the stages of"), empty_label=None
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["like"].queryset = Pipeline.objects.active()  # type: ignore[attr-defined]

    def save_as(self, by: Any) -> Pipeline:
        with operation(by=by, door=Door.SET_UP, what="pipeline.add"):
            pipeline: Pipeline = self.instance.add(by=by)
            for model in open_stages(self.cleaned_data["like"].pk):
                stage = Stage(pipeline=pipeline, name=model.name)
                stage.probability, stage.asleep_after = model.probability, model.asleep_after
                stage.add(by=by)
        return pipeline


class SourceForm(SetUpForm):
    class Meta(SetUpForm.Meta):
        model = Source


class LostReasonForm(SetUpForm):
    class Meta(SetUpForm.Meta):
        model = LostReason


class OriginTypeForm(SetUpForm):
    class Meta(SetUpForm.Meta):
        model = OriginType


class OriginForm(SetUpForm):
    class Meta(SetUpForm.Meta):
        model = Origin


class CategoryForm(SetUpForm):
    class Meta(SetUpForm.Meta):
        model = Category


class SubcategoryForm(SetUpForm):
    class Meta(SetUpForm.Meta):
        model = Subcategory


class SaleTypeForm(SetUpForm):
    class Meta(SetUpForm.Meta):
        model = SaleType


class CurrencyForm(SetUpForm):
    class Meta(SetUpForm.Meta):
        model = Currency
        fields = ("name", "code")

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        if code == House.current().currency:
            raise ValidationError(_("This is the house currency: it needs no rate."))
        return code


class EstablishmentForm(SetUpForm):
    class Meta(SetUpForm.Meta):
        model = Establishment


class SectorForm(SetUpForm):
    class Meta(SetUpForm.Meta):
        model = Sector


class FamilyForm(SetUpForm):
    class Meta(SetUpForm.Meta):
        model = Family


class SubfamilyForm(SetUpForm):
    class Meta(SetUpForm.Meta):
        model = Subfamily


class PersonRoleForm(SetUpForm):
    class Meta(SetUpForm.Meta):
        model = PersonRole


class CategoryChoiceField(forms.ChoiceField):
    """A category, or a category and a part of it, as one choice: ``3`` or ``3.7``. Cleans to the pair of both.

    What is chosen now is offered even if archived.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=lambda: [("", "–"), *category_choices()], required=False, **kwargs)

    def keep(self, category: Category | None, part: Subcategory | None) -> str:
        """Offer the present choice, whatever became of it; its value."""
        if category is None:
            return ""
        value = f"{category.pk}.{part.pk}" if part else str(category.pk)
        if value not in dict(category_choices()):
            label = f"{category} – {part}" if part else str(category)
            self.choices = [("", "–"), *category_choices(), (value, label)]
        return value

    def clean(self, value: Any) -> tuple[int | None, int | None]:
        category, _dot, part = str(super().clean(value)).partition(".")
        return (int(category) if category else None, int(part) if part else None)


class ProductForm(SetUpForm):
    sale_type = SetUpChoiceField(SaleType, label=gettext_lazy("Sale type"))
    classed = CategoryChoiceField(label=gettext_lazy("Category"))
    unit_price = AmountField(label=gettext_lazy("Unit price"), required=False)
    unit_cost = AmountField(label=gettext_lazy("Unit cost"), required=False)

    class Meta(SetUpForm.Meta):
        model = Product
        fields = ("name", "code", "sale_type", "unit_price", "unit_cost")

    field_order = ("name", "code", "sale_type", "classed", "unit_price", "unit_cost")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        product: Product = self.instance
        self.fields["name"].label = _("Product")
        self.fields["name"].error_messages["required"] = _("Name the product.")
        classed: Any = self.fields["classed"]
        self.initial["classed"] = classed.keep(
            Category.remembered().get(product.category_id or 0),
            Subcategory.remembered().get(product.subcategory_id or 0),
        )
        kind: Any = self.fields["sale_type"]
        kind.keep(product.sale_type_id)

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if "classed" in self.cleaned_data:
            self.instance.category_id, self.instance.subcategory_id = self.cleaned_data["classed"]
