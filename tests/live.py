"""What is live in the database, digested: what *Undo* must return, and what a job that died must not have touched."""

import hashlib

from django.db import models

from crm.archive.tables import Names, archived, fields_of
from records.models import OwnedRecord, Record

# What only grows: the journal and what was told, and the values that a record had in the past.
GROWS = {
    "records.Operation",
    "records.Change",
    "records.Undo",
    "records.UndoLine",
    "users.Notice",
    "opportunities.OpportunityPeriod",
}
MOVES_ON = {"version", "changed_at", "last_login"}


def live():
    """The live rows of every table of the business, in plain values, sorted; by the name of the table."""
    return {model._meta.label: rows(model) for model in archived() if model._meta.label not in GROWS}


def digests():
    """``{table: [rows, sha256]}`` of what is live."""
    return {
        label: [len(found), hashlib.sha256(repr(found).encode()).hexdigest()]
        for label, found in live().items()
        if found
    }


def rows(model):
    """Those of a table that are in use, and hang on nothing in the trash; by number where people know them by it."""
    names = Names()
    told = [field for field in fields_of(model) if field.attname not in MOVES_ON]
    if not issubclass(model, Record):
        told = [field for field in told if not field.primary_key or field.is_relation]
    plain = [names.plain(field) or (lambda value: value) for field in told]
    found = in_use(model).values_list(*(field.attname for field in told)).iterator(chunk_size=2_000)
    return sorted(
        repr([None if one is None else way(one) for way, one in zip(plain, row, strict=True)]) for row in found
    )


def in_use(model):
    found = model._base_manager.all()
    if issubclass(model, OwnedRecord):
        return found.filter(trashed_at=None)
    if issubclass(model, Record) and model.away:
        found = found.filter(**{model.away: None})
    for field in model._meta.concrete_fields:
        if field.is_relation and issubclass(field.related_model, OwnedRecord):
            found = found.filter(models.Q(**{field.name: None}) | models.Q(**{f"{field.name}__trashed_at": None}))
    return found
