"""What a record's page shows of its tags and custom fields, on every tab."""

from typing import Any

from attributes.models import AttributedRecord
from attributes.shown import has_fields
from attributes.views.tags import tag_panel


def panels(record: AttributedRecord) -> dict[str, Any]:
    """The panel of tags; and how many custom fields are filled in, ``None`` where there is no such field."""
    page = f"{record.get_absolute_url()}custom/"
    return {
        "custom_count": len(record.custom) if has_fields(record) else None,
        "tab_url": page,
        "edit_url": f"{page}edit/",
        **tag_panel(record),
    }
