"""The rows of an export, read with one query and a few per thousand rows, in list order (DATA-1).

Values come as the database holds them (thousandths, dates as text), because a million of them are only passed on.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.http import QueryDict

from accounts.filters import AccountFilter, ContactFilter
from accounts.models import Account, Contact, Site
from core import sql
from opportunities.filters import OpportunityFilter
from opportunities.models import Assignment, Line, Opportunity
from opportunities.models.people import people_of
from pipelines.models import (
    Category,
    Establishment,
    Family,
    LostReason,
    Origin,
    OriginType,
    Product,
    SaleType,
    Sector,
    Source,
    Subcategory,
    Subfamily,
    all_pipelines,
    all_stages,
)
from records import gate
from transfers.added import TAGS, Reader, reader_of, values_of
from transfers.people import Person, called, code, names_of
from transfers.references import Involved
from transfers.widgets import Texts
from users.models import User

CHUNK = 2_000
OWN = "r.custom"  # the values of the house's own fields
VERSION = "version"  # how often the record was written: what an export keeps of each (DATA-11)
Values = tuple[Any, ...]
Begin = Callable[[], Reader]

_OPPORTUNITY, _ACCOUNT, _CONTACT = (model._meta.db_table for model in (Opportunity, Account, Contact))


class QueryRefused(Exception):
    """The query of an export cannot be read."""


def _text(column: str) -> str:
    """A date as ISO text, on both databases."""
    return f"CAST(r.{column} AS TEXT)"


OPPORTUNITY_COLUMNS = {
    "id": "r.id",
    "reference": "r.reference",
    "name": "r.name",
    "account": "a.name",
    "contact": "c.first_name || ' ' || c.last_name",
    "pipeline": "r.pipeline_id",
    "stage": "r.stage_id",
    "status": "r.status",
    "probability": "r.probability",
    "amount": "r.amount",
    "currency": "r.currency",
    "opened_on": _text("opened_on"),
    "due_on": _text("due_on"),
    "closed_on": _text("closed_on"),
    "owner": "r.owner_id",
    "assignees": "r.id",
    "source": "r.source_id",
    "lost_reason": "r.lost_reason_id",
    "lost_note": "r.lost_note",
    "call_name": "r.call_name",
    "site": "r.site_id",
    "status_on": _text("status_on"),
    "signature_on": _text("signature_on"),
    "production_from": _text("production_from"),
    "production_to": _text("production_to"),
    "origin_type": "r.origin_type_id",
    "origin": "r.origin_id",
    "brief": "r.brief",
    "payment_per": "r.payment_per",
    "payment_times": "r.payment_times",
    **{name: f"r.{name}_id" for name in ("category", "subcategory", "establishment", "sector", "family", "subfamily")},
    "people": "r.id",
    "account_id": "r.account_id",
    "contact_id": "r.contact_id",
}
ACCOUNT_COLUMNS = {
    **{name: f"r.{name}" for name in ("id", "code", "name", "kind", "sector", "employees", "revenue", "registration")},
    "website": "r.website",
    "phone": "r.phones",
    "email": "r.emails",
    **{name: f"r.{name}" for name in ("street", "postcode", "city", "country")},
    "parent": "r.parent_id",
    "owner": "r.owner_id",
    "other_phones": "r.phones",
    "other_emails": "r.emails",
}
CONTACT_COLUMNS = {
    **{name: f"r.{name}" for name in ("id", "first_name", "last_name", "role")},
    "account": "r.account_id",
    "phone": "r.phones",
    "email": "r.emails",
    "owner": "r.owner_id",
    "other_phones": "r.phones",
    "other_emails": "r.emails",
    "account_id": "r.account_id",
}
LINE_COLUMNS = {
    **{name: f"r.{name}" for name in ("id", "opportunity_id", "position", "label", "quantity", "unit_price")},
    **{name: f"r.{name}" for name in ("unit_cost", "months", "amount", "margin")},
    **{name: f"r.{name}_id" for name in ("product", "sale_type", "category", "subcategory")},
    "reference": "o.reference",
    "opportunity": "o.name",
    "currency": "o.currency",
    VERSION: "o.version",  # a line is written with its opportunity
}
JOINS = {
    "line": f"JOIN {_OPPORTUNITY} o ON o.id = r.opportunity_id",
    "opportunity": f"LEFT JOIN {_ACCOUNT} a ON a.id = r.account_id LEFT JOIN {_CONTACT} c ON c.id = r.contact_id",
    "account": "",
    "contact": "",
}
ORDERS = {
    "opportunity": "r.list_key, r.id",
    "account": "r.name_key, r.id",
    "contact": "r.name_key, r.id",
    "line": "o.list_key, o.id, r.position, r.id",
}
COLUMNS = {
    "opportunity": OPPORTUNITY_COLUMNS,
    "account": ACCOUNT_COLUMNS,
    "contact": CONTACT_COLUMNS,
    "line": LINE_COLUMNS,
}
MODELS: dict[str, Any] = {"opportunity": Opportunity, "account": Account, "contact": Contact, "line": Line}


def selected(kind: str, user: User, query: str) -> QuerySet[Any]:
    """The records of an export: what the user may see and export, narrowed by the list's own query (LIST-2).

    Lines are those of the opportunities.
    """
    if kind == "line":
        return Line.objects.filter(opportunity__in=selected("opportunity", user, query).order_by().values("pk"))
    records: QuerySet[Any] = MODELS[kind].objects.allowing(user, "export")
    if kind == "opportunity":
        filters = OpportunityFilter(QueryDict(query), queryset=records)
        if not filters.form.is_valid():
            raise QueryRefused("; ".join(f"{name}: {errors[0]}" for name, errors in filters.form.errors.items()))
        return filters.qs
    narrowed = (AccountFilter if kind == "account" else ContactFilter)(QueryDict(query))
    return records.filter(narrowed.conditions(user)) if query else records


def rows(kind: str, names: list[str], records: QuerySet[Any], user: User) -> Iterator[list[Values]]:
    """Chunks of rows: for each record the values of the named columns, ids replaced by names.

    Only an opportunity shows the names of its account and contact to who does not see these (GIVE-4).
    """
    try:
        chosen, parameters = records.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return
    asked = [_column(kind, name) for name in names]
    distinct = list(dict.fromkeys(asked))  # the custom fields all stand in one column: it is read once
    columns, places = ", ".join(distinct), [distinct.index(column) for column in asked]
    table = MODELS[kind]._meta.db_table
    statement = (
        f"SELECT {columns} FROM {table} r {JOINS[kind]} WHERE r.id IN ({chosen}) ORDER BY {ORDERS[kind]}"
        if records.query.where
        else f"SELECT {columns} FROM {table} r {JOINS[kind]} ORDER BY {ORDERS[kind]}"
    )
    readers = [(at, reader) for at, name in enumerate(names) if (reader := _reader(kind, name, user))]
    own = distinct.index(OWN) if OWN in distinct else None
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, parameters)
        while found := cursor.fetchmany(CHUNK):
            yield _named(found, readers, places, own)


def _column(kind: str, name: str) -> str:
    beside = {TAGS: "r.id", VERSION: "r.version"}
    return COLUMNS[kind].get(name) or beside.get(name, OWN)


def _reader(kind: str, name: str, user: User) -> Reader | None:
    if (kind, name) in (("contact", "account"), ("account", "parent")):
        return _by_id(lambda ids: _seen(Account, user, ids, "name"))()
    if name in ("account_id", "contact_id"):
        model = Account if name == "account_id" else Contact
        if gate.principals(user, model.gate_key()) is None:
            return None
        return _by_id(lambda ids: _seen(model, user, ids, "pk"))()
    if name == "people":
        return lambda ids: _involved(ids, user)
    begin = READERS.get((kind, name)) or READERS.get(name)
    return begin() if begin else reader_of(MODELS[kind], name)


def _named(found: list[Values], readers: list[Any], places: list[int], own: int | None) -> list[Values]:
    read: list[Any] = list(zip(*found, strict=True))
    if own is not None:
        read[own] = tuple(map(values_of, read[own]))
    columns = [read[place] for place in places]
    for at, reader in readers:
        columns[at] = reader(columns[at])
    return list(zip(*columns, strict=True))


def _seen(model: type[Account | Contact], user: User, ids: set[Any], column: str) -> dict[int, Any]:
    seen = model.objects.visible_to(user, few=True)
    return dict(seen.filter(pk__in=ids).values_list("pk", column)) if ids else {}


def _by_id(names: Callable[[set[Any]], Mapping[int, Any]]) -> Begin:
    """Reads names by id; each is asked for once in an export."""

    def begin() -> Reader:
        known: dict[Any, Any] = {None: None}

        def read(ids: tuple[Any, ...]) -> list[Any]:
            if missing := set(ids) - known.keys():
                known.update({**dict.fromkeys(missing), **names(missing)})
            return list(map(known.__getitem__, ids))

        return read

    return begin


def _always(reader: Reader) -> Begin:
    return lambda: reader


def _named_in(model: Any) -> Begin:
    return _by_id(lambda ids: dict(model._default_manager.filter(pk__in=ids).values_list("pk", "name")))


def _people(ids: set[Any]) -> dict[int, str]:
    found = User.objects.filter(pk__in=ids).values_list("pk", "first_name", "last_name")
    return {pk: f"{first} {last}".strip() for pk, first, last in found}


def _assignees(ids: tuple[Any, ...]) -> list[Any]:
    assigned: dict[int, list[str]] = {}
    pairs = sql.fetch(
        f"SELECT a.record_id, a.user_id FROM {Assignment._meta.db_table} a "
        f"WHERE a.record_id IN ({sql.in_list(ids)}) ORDER BY a.user_id"
    )
    names = _people({user for _, user in pairs})
    for pk, user in pairs:
        assigned.setdefault(pk, []).append(names[user])
    return [assigned.get(pk) for pk in ids]


def _involved(ids: tuple[Any, ...], user: User) -> list[Any]:
    """Each by name and role; by e-mail address where the name is not the person’s alone (OPP-10)."""
    on = people_of(ids)
    people = {(person, role) for found in on.values() for person, role in found.items()}
    if not people:
        return [None] * len(ids)
    names = names_of(person for person, _role in people)
    texts = {(person, role): called(names[person], role) for person, role in people}
    reference = Involved(user)
    found = reference.find(list(texts.values()))
    doubtful = [key for key, text in texts.items() if found.get(text) != code(*key)]
    mails = _addresses({person for person, _role in doubtful}, user)
    better = {key: called(mails[key[0]], key[1]) for key in doubtful if mails.get(key[0])}
    found = reference.find(list(better.values()))
    texts |= {key: text for key, text in better.items() if found.get(text) == code(*key)}
    read = Texts().read
    return [read("; ".join(texts[key] for key in on[pk].items())) or None for pk in ids]


def _addresses(people: set[Person], user: User) -> dict[Person, str]:
    """The main e-mail addresses of those whom the user sees."""
    contacts = Contact.objects.visible_to(user).filter(pk__in=[pk for kind, pk in people if kind == "contact"])
    colleagues = User.objects.filter(pk__in=[pk for kind, pk in people if kind == "user"])
    found: dict[Person, str] = {("contact", pk): mail for pk, mail in contacts.values_list("pk", "main_email")}
    return found | {("user", pk): mail or "" for pk, mail in colleagues.values_list("pk", "email")}


def _trimmed(texts: tuple[Any, ...]) -> list[Any]:
    return [text.strip() if text else None for text in texts]


def _first(lists: tuple[Any, ...]) -> list[Any]:
    return [values[0] if values else None for values in map(_json, lists)]


def _rest(lists: tuple[Any, ...]) -> list[Any]:
    return [values[1:] or None for values in map(_json, lists)]


def _json(value: Any) -> list[str]:
    found = sql.from_json(value) if isinstance(value, str) else value
    return found or []


READERS: dict[Any, Begin] = {
    "pipeline": _by_id(lambda ids: {pk: pipeline.name for pk, pipeline in all_pipelines().items()}),
    "stage": _by_id(lambda ids: {pk: stage.name for pk, stage in all_stages().items()}),
    "owner": _by_id(_people),
    "assignees": _always(_assignees),
    "product": _named_in(Product),
    "sale_type": _named_in(SaleType),
    "source": _named_in(Source),
    "lost_reason": _named_in(LostReason),
    "site": _named_in(Site),
    "category": _named_in(Category),
    "subcategory": _named_in(Subcategory),
    "establishment": _named_in(Establishment),
    ("opportunity", "sector"): _named_in(Sector),
    "family": _named_in(Family),
    "subfamily": _named_in(Subfamily),
    "origin_type": _named_in(OriginType),
    "origin": _named_in(Origin),
    ("opportunity", "contact"): _always(_trimmed),
    "phone": _always(_first),
    "email": _always(_first),
    "other_phones": _always(_rest),
    "other_emails": _always(_rest),
}
