"""The screen of products (SET-1): what a line of an opportunity can be about."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.folding import fold
from pipelines.forms import ProductForm
from pipelines.models import Product
from pipelines.views.lists import SALES
from records.set_up.forms import SetUpForm
from records.set_up.page import SetUpPage


class Products(SetUpPage):
    model = Product
    form_class = ProductForm
    title = gettext_lazy("Products")
    group = SALES
    add_label = gettext_lazy("Add a product")
    counted = "product"
    counted_label = gettext_lazy("Lines")
    uses = (
        (
            "list",
            gettext_lazy("Lines of an opportunity"),
            gettext_lazy("choosing one fills in label, price, cost, sale type and category"),
        ),
        (
            "money",
            gettext_lazy("Prices"),
            gettext_lazy("before tax, in the house currency; what is on a line already stays as it is"),
        ),
    )

    def check(self, forms: Sequence[SetUpForm]) -> None:
        """A code stands for one product, as a name does."""
        super().check(forms)
        posted = {form.instance.pk for form in forms}
        codes = {fold(row.code) for row in self.active if row.pk not in posted}
        for form in sorted(forms, key=lambda form: "code" in form.changed_data):
            code = fold(form.cleaned_data.get("code") or "")
            if code and code in codes:
                form.add_error("code", _("Another product has this code."))
            codes.add(code)
