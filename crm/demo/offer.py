"""What the demo house sells, and the lines of a few of its opportunities."""

import random
from decimal import Decimal
from typing import Any

from opportunities.models import Opportunity
from pipelines.models import (
    Category,
    Establishment,
    Family,
    Product,
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


def make(language: str) -> None:
    """Once; what is there stays as it is."""
    if Product.objects.exists():
        return
    with operation(by=None, door=Door.SET_UP, what="demo.offer"):
        products = _products(language)
        for model, names in ((Establishment, ESTABLISHMENTS), (Sector, SECTORS)):
            for name in names[language]:
                model(name=name).add(by=None)
        for name, parts in FAMILIES[language]:
            family = Family(name=name).add(by=None)
            for part in parts:
                Subfamily(name=part, family=family).add(by=None)
    _lines(products)


def _products(language: str) -> list[tuple[Product, int | None]]:
    categories, kinds = list(Category.objects.all()), list(SaleType.objects.all())
    parts = [
        [Subcategory(name=name, category=category).add(by=None) for name in names]
        for category, names in zip(categories, SUBCATEGORIES[language], strict=False)
    ]
    found = []
    for at, (code, english, french, price, cost, months, category, kind) in enumerate(PRODUCTS):
        prices: dict[str, Any] = {"unit_price": Decimal(price), "unit_cost": Decimal(cost)}
        product = Product(
            code=code,
            name=french if language == "fr" else english,
            subcategory=parts[category][at % 2],
            sale_type=kinds[kind],
            **prices,
        )
        found.append((product.add(by=None), months))
    return found


def _lines(products: list[tuple[Product, int | None]]) -> None:
    """Two to five lines on some of the opportunities; their amounts follow."""
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
                    "quantity": 1 if months else draw.randrange(1, 40),
                    "unit_price": product.unit_price,
                    "unit_cost": product.unit_cost,
                    "months": months,
                }
                for position, (product, months) in enumerate(draw.sample(products, draw.randrange(2, 5)), 1)
            ]
    with operation(by=None, door=Door.IMPORT, what="demo.lines"):
        Opportunity.add_lines(wanted)
