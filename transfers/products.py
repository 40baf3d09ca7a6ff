"""The exports of other products, recognised by their headers: which column feeds what (DATA-12).

A product's own IDs become references and codes, by which its opportunities and contacts find their accounts again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from transfers.columns import key
from transfers.sheet import Profile


@dataclass(frozen=True)
class Product:
    """``marks``: headers that all stand in the file; ``columns``: by header, the fields of each kind of record; of two
    headers that feed one field, the one that holds more. ``passed_over``: headers that must not be guessed."""

    name: str
    marks: tuple[str, ...]
    columns: dict[str, dict[str, tuple[str, ...]]]
    passed_over: tuple[str, ...] = ()


SALESFORCE = Product(
    "Salesforce",
    ("Id", "OwnerId", "SystemModstamp"),
    {
        "opportunity": {
            "Id": ("reference",),
            "Name": ("name",),
            "AccountId": ("account",),
            "StageName": ("stage",),
            "Amount": ("amount",),
            "Probability": ("probability",),
            "CloseDate": ("due_on",),
            "CurrencyIsoCode": ("currency",),
            "LeadSource": ("source",),
            "Description": ("brief",),
        },
        "account": {
            "Id": ("code",),
            "Name": ("name",),
            "ParentId": ("parent",),
            "Classification__c": ("kind",),
            "Phone": ("phone",),
        },
        "contact": {
            "AccountId": ("account",),
            "Company": ("account",),
            "FirstName": ("first_name",),
            "LastName": ("last_name",),
            "Title": ("role",),
            "Designation__c": ("role",),
            "Email": ("email",),
            "Phone": ("phone",),
            "MobilePhone": ("other_phones",),
            "HomePhone": ("other_phones",),
        },
    },
    ("Name", "State", "OwnerId"),
)
ORO = Product(
    "OroCRM",
    ("Owner Username",),
    {
        "opportunity": {
            "Opportunity name": ("name",),
            "Lead name": ("name",),
            "Customer Account Account name": ("account",),
            "Additional comments": (),
        },
        "account": {"Account name": ("name",)},
        "contact": {
            "Accounts 1 Account name": ("account",),
            "Customer Account Account name": ("account",),
            "Emails 2 Email": ("other_emails",),
            "Phones 2 Phone": ("other_phones",),
        },
    },
    ("Id", "Owner Username"),
)
NORTHWIND = Product(
    "Northwind",
    ("CompanyName", "ContactName", "ContactTitle"),
    {
        "opportunity": {},
        "account": {
            "CustomerID": ("code",),
            "SupplierID": ("code",),
            "CompanyName": ("name",),
            "HomePage": ("website",),
        },
        "contact": {"ContactName": ("name",), "CompanyName": ("account",), "ContactTitle": ("role",)},
    },
    ("Region",),
)
SIRENE = Product(
    "SIRENE",
    ("siren", "siret", "nic"),
    {
        "opportunity": {},
        "account": {
            "siret": ("code", "registration"),
            "denominationUsuelleEtablissement": ("name",),
            "enseigne1Etablissement": ("name",),
            "geo_l4": ("street",),
            "libelleVoieEtablissement": ("street",),
            "codePostalEtablissement": ("postcode",),
            "libelleCommuneEtablissement": ("city",),
            "activitePrincipaleEtablissement": ("sector",),
        },
        "contact": {},
    },
    ("siren", "nic"),
)
PRODUCTS = (SALESFORCE, ORO, NORTHWIND, SIRENE)


def recognised(profiles: Sequence[Profile]) -> Product | None:
    """The product whose export this is."""
    headers = {key(profile.header) for profile in profiles}
    return next((one for one in PRODUCTS if all(key(mark) in headers for mark in one.marks)), None)


def columns_of(product: Product, kind: str, profiles: Sequence[Profile]) -> dict[int, list[str]]:
    """What the product's columns feed."""
    places = {key(profile.header): at for at, profile in reversed(list(enumerate(profiles)))}
    found: dict[int, list[str]] = {}
    fed: dict[str, int] = {}
    for header, fields in product.columns.get(kind, {}).items():
        at = places.get(key(header))
        if at is None:
            continue
        for name in fields:
            earlier = fed.get(name)
            if earlier is None or profiles[earlier].filled < profiles[at].filled:
                if earlier is not None:
                    found[earlier].remove(name)
                found.setdefault(at, []).append(name)
                fed[name] = at
    return {at: names for at, names in found.items() if names}
