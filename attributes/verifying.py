"""What must always be true of custom values: the rows that lists are narrowed by say what the records say."""

from collections.abc import Iterator

from django.apps import apps

from attributes.models import AttributedRecord
from records.verifying import Finding


def findings() -> Iterator[Finding]:
    for model in apps.get_models():
        if issubclass(model, AttributedRecord):
            values = model.value_model()
            if wrong := values.differences():
                text = f"{model._meta.label}: {wrong} rows of custom values are missing or too many"
                yield Finding(text, wrong, values.rebuild_all)
