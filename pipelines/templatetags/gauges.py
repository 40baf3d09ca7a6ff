"""The gauge of an opportunity's stage (design, principle 3)."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from pipelines import models

register = template.Library()


@register.filter
def gauge(opportunity: Any) -> SafeString:
    """As deep as its stage is near the signature; green once won, grey once lost."""
    return models.gauge(opportunity.stage_id, opportunity.status)


@register.filter
def stage_gauge(stage: Any) -> SafeString:
    """The gauge of an open stage."""
    return models.gauge(stage.pk)
