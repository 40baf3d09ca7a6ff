"""A copy of an opportunity, to be edited before it is saved (NEW-3)."""

from typing import Any

from opportunities.models import Opportunity

# The form's fields that a copy begins with. History, mails, tasks, documents, closing, reference and ID are its own.
CARRIED = ("name", "account", "contact", "amount", "payment_per", "payment_times")


def copy_of(original: Opportunity) -> tuple[Opportunity, dict[str, Any]]:
    """A new opportunity, and what its form begins with: of a closed one, the stage it had before closing."""
    stage = original.stage.in_use
    begins = {name: original.serializable_value(name) for name in CARRIED}
    begins |= {"pipeline": stage.pipeline_id, "stage": str(stage.pk), "tags": sorted(original.tag_ids())}
    return Opportunity(currency=original.currency, custom=dict(original.custom)), begins
