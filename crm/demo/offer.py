"""What the demo house sells, and the lines of a few of its opportunities."""

import datetime as dt
import random
from decimal import Decimal
from typing import Any

from core.dates import today
from core.models import House
from opportunities.models import Line, Opportunity
from pipelines.models import (
    Category,
    Currency,
    Establishment,
    Family,
    Product,
    Rate,
    SaleType,
    Sector,
    Subcategory,
    Subfamily,
)
from records.journal import operation
from records.models import Door

MOST_WITH_LINES = 80

# Names in English and French; then price, cost, months, place of the category, place of the sale type.
PRODUCTS = (
    ("PLW-200", "LoRaWAN radio gateway", "Passerelle radio LoRaWAN", 890, 614, None, 0, 0),
    ("STD-12", "Double temperature probe", "Sonde double température", 145, 90, None, 0, 0),
    ("CO2-7", "CO₂ sensor", "Capteur CO₂", 219, 131, None, 0, 0),
    ("MES", "Commissioning on site", "Mise en service sur site", 620, 335, None, 1, 1),
    ("FOR", "Training, half a day", "Formation, demi-journée", 720, 324, None, 1, 1),
    ("AUD", "Energy audit, day", "Audit énergétique, jour", 980, 540, None, 1, 1),
    ("SUP-36", "Supervision, 36 months", "Supervision, 36 mois", 6360, 1780, 36, 2, 2),
    ("MNT-12", "Maintenance, 12 months", "Maintenance, 12 mois", 2400, 1150, 12, 2, 2),
)
SUBCATEGORIES = {"en": (("Gateways", "Sensors"), ("Installation", "Training"), ("Software", "Maintenance")),
                 "fr": (("Passerelles", "Capteurs"), ("Installation", "Formation"), ("Logiciel", "Maintenance"))}  # fmt: skip
ESTABLISHMENTS = {
    "en": ("Head office", "Caen agency", "Bristol agency"),
    "fr": ("Siège", "Agence de Caen", "Agence de Bristol"),
}
SECTORS = {
    "en": ("Food", "Health", "Industry", "Public sector", "Energy"),
    "fr": ("Agroalimentaire", "Santé", "Industrie", "Secteur public", "Énergie"),
}
FAMILIES = {
    "en": (("Metrology", ("Temperature", "Fluids")), ("Automation", ("Boiler rooms", "Docks"))),
    "fr": (("Métrologie", ("Température", "Fluides")), ("Automatisme", ("Chaufferies", "Quais"))),
}

# Code, names, then rates: how many months ago, and what one unit was worth.
CURRENCIES = (
    ("EUR", "Euro", "Euro", ((36, "1"),)),
    ("GBP", "Pound sterling", "Livre sterling", ((36, "1.1634"), (12, "1.1871"), (1, "1.1408"))),
    ("USD", "US dollar", "Dollar américain", ((36, "0.9412"), (12, "0.9187"), (1, "0.8624"))),
)


def make(language: str) -> None:
    """What is sold, and how it is sorted; once, and what is there stays as it is."""
    if Product.objects.exists():
        return
    with operation(by=None, door=Door.SET_UP, what="demo.offer"):
        _products(language)
        for model, names in ((Establishment, ESTABLISHMENTS), (Sector, SECTORS)):
            for name in names[language]:
                model(name=name).add(by=None)
        for name, parts in FAMILIES[language]:
            family = Family(name=name).add(by=None)
            for part in parts:
                Subfamily(name=part, family=family).add(by=None)
        for code, english, french, rates in CURRENCIES:
            if code != House.current().currency:
                currency = Currency(code=code, name=french if language == "fr" else english).add(by=None)
                for months, rate in rates:
                    Rate.put(currency, today() - dt.timedelta(days=30 * months), Decimal(rate), by=None)


def lines() -> None:
    """Two to five lines on some of the opportunities; their amounts follow. Once."""
    if Line.objects.exists():
        return
    products = list(Product.objects.active())
    months = {code: count for code, *_rest, count, _category, _kind in PRODUCTS}
    draw = random.Random(12)
    wanted: dict[int, list[dict[str, Any]]] = {}
    for pk in Opportunity.objects.live().order_by("pk").values_list("pk", flat=True)[: MOST_WITH_LINES * 3]:
        if draw.random() < 0.33:
            wanted[pk] = [
                {
                    "position": position,
                    "product_id": product.pk,
                    "label": product.name,
                    "sale_type_id": product.sale_type_id,
                    "category_id": product.category_id,
                    "subcategory_id": product.subcategory_id,
                    "quantity": 1 if months.get(product.code) else draw.randrange(1, 40),
                    "unit_price": product.unit_price or 0,
                    "unit_cost": product.unit_cost or 0,
                    "months": months.get(product.code),
                }
                for position, product in enumerate(draw.sample(products, min(draw.randrange(2, 5), len(products))), 1)
            ]
    with operation(by=None, door=Door.IMPORT, what="demo.lines"):
        Opportunity.add_lines(wanted)


def _products(language: str) -> None:
    categories, kinds = list(Category.objects.all()), list(SaleType.objects.all())
    parts = [
        [Subcategory(name=name, category=category).add(by=None) for name in names]
        for category, names in zip(categories, SUBCATEGORIES[language], strict=False)
    ]
    for at, (code, english, french, price, cost, _months, category, kind) in enumerate(PRODUCTS):
        prices: dict[str, Any] = {"unit_price": Decimal(price), "unit_cost": Decimal(cost)}
        Product(
            code=code,
            name=french if language == "fr" else english,
            subcategory=parts[category][at % 2],
            sale_type=kinds[kind],
            **prices,
        ).add(by=None)
