"""The demo's tags and custom fields: what a house of this trade would add, filled in on a part of its records."""

import datetime as dt
import random
from collections.abc import Iterable
from typing import Any

from attributes.models import CustomField, FieldGroup, FieldOption, Tag
from core.dates import today
from crm.demo import words
from records.journal import operation
from records.models import Door

FILLED = 0.2  # of the records


def make(language: str) -> None:
    """Once; what is there stays as it is."""
    with operation(by=None, door=Door.SET_UP, what="demo.attributes"):
        for name, colour in words.TAGS[language]:
            if Tag.objects.named(name) is None:
                Tag(name=name, colour=colour).add(by=None)
        if CustomField.objects.exists():
            return
        for name, fields in words.FIELDS[language]:
            group = FieldGroup(name=name, of="opportunity").add(by=None)
            _add(fields, of="opportunity", group=group)
        _add(words.ACCOUNT_FIELDS[language], of="account")


def _add(fields: Iterable[Any], **given: Any) -> None:
    for _key, name, kind, values in fields:
        field = CustomField(name=name, kind=kind, **given).add(by=None)
        for value in values:
            FieldOption(field=field, name=value).add(by=None)


class Filler:
    """Draws custom values, of the fields that the demo made and that are still there."""

    def __init__(self, language: str) -> None:
        told = {name: key for _group, fields in words.FIELDS[language] for key, name, *_rest in fields}
        told |= {name: key for key, name, *_rest in words.ACCOUNT_FIELDS[language]}
        self.fields: dict[str, dict[str, CustomField]] = {"opportunity": {}, "account": {}}
        for field in CustomField.objects.active():
            if field.name in told and field.of in self.fields:
                self.fields[field.of][told[field.name]] = field
        self.options = {
            field.pk: list(FieldOption.objects.filter(field=field).values_list("pk", flat=True))
            for fields in self.fields.values()
            for field in fields.values()
        }
        self.day = today()

    def opportunity(self, draw: random.Random) -> dict[str, Any]:
        if draw.random() >= FILLED:
            return {}
        visited = draw.random() < 0.5
        return self._kept(
            "opportunity",
            {
                "place": lambda field: draw.choice(self.options[field.pk]),
                "sites": lambda field: str(draw.randrange(1, 40)),
                "visited": lambda field: visited,
                "visit": lambda field: self._day(draw) if visited else None,
                "standard": lambda field: draw.choice(words.STANDARDS) if draw.random() < 0.5 else None,
                "fluids": lambda field: sorted(draw.sample(self.options[field.pk], draw.randrange(1, 3))),
            },
        )

    def account(self, draw: random.Random) -> dict[str, Any]:
        if draw.random() >= FILLED:
            return {}
        return self._kept(
            "account",
            {
                "since": lambda field: self._day(draw),
                "terms": lambda field: draw.choice(self.options[field.pk]),
            },
        )

    def _kept(self, of: str, drawn: dict[str, Any]) -> dict[str, Any]:
        found = ((field.key, drawn[key](field)) for key, field in self.fields[of].items())
        return {key: plain for key, plain in found if plain is not None}

    def _day(self, draw: random.Random) -> str:
        return (self.day - dt.timedelta(days=draw.randrange(900))).isoformat()
