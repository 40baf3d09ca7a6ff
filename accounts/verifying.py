"""What must always be true of accounts and contacts: the keys of likely duplicates are those of the records."""

from collections.abc import Iterator

from accounts.models import AccountKey, ContactKey
from records.verifying import Finding


def findings() -> Iterator[Finding]:
    for model in (AccountKey, ContactKey):
        if wrong := model.differences():
            label = model.record_model()._meta.label
            yield Finding(f"{label}: {wrong} keys of likely duplicates are missing or too many", wrong, model.rebuild)
