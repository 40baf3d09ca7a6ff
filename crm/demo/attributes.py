"""The demo's tags and custom fields: what a house of this trade would add."""

from attributes.models import Tag
from crm.demo import words
from records.journal import operation
from records.models import Door


def make(language: str) -> None:
    """Once; what is there stays as it is."""
    with operation(by=None, door=Door.SET_UP, what="demo.attributes"):
        for name, colour in words.TAGS[language]:
            if Tag.objects.named(name) is None:
                Tag(name=name, colour=colour).add(by=None)
