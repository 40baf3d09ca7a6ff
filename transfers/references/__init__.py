"""What the texts of a column are looked up in, by the name that the column gives."""

from attributes.models import CustomField
from transfers.references.lists import (
    Categories,
    Establishments,
    Families,
    LostReasons,
    Origins,
    OriginTypes,
    Pipelines,
    Products,
    SaleTypes,
    Sectors,
    Sources,
    Subcategories,
    Subfamilies,
    Tags,
    Values,
)
from transfers.references.parties import Accounts, Contacts, Owned, Parents, Sites
from transfers.references.people import Colleagues, Involved, Owners
from transfers.references.reference import SEVERAL, Reference, Suggestion
from transfers.references.stages import Stages
from users.models import User

REFERENCES: dict[str, type[Reference]] = {
    "account": Accounts,
    "contact": Contacts,
    "pipeline": Pipelines,
    "stage": Stages,
    "owner": Owners,
    "source": Sources,
    "lost_reason": LostReasons,
    "site": Sites,
    "origin_type": OriginTypes,
    "origin": Origins,
    "people": Involved,
    "parent": Parents,
    "tag": Tags,
    "colleague": Colleagues,
    "category": Categories,
    "subcategory": Subcategories,
    "establishment": Establishments,
    "sector": Sectors,
    "family": Families,
    "subfamily": Subfamilies,
    "product": Products,
    "sale_type": SaleTypes,
}


def reference_of(name: str, user: User) -> Reference:
    """What a column's texts are looked up in: one of the above, or the values of a field, ``value 12``."""
    if name.startswith("value "):
        return Values(user, CustomField.remembered()[int(name.partition(" ")[2])])
    return REFERENCES[name](user)


__all__ = [
    "REFERENCES",
    "SEVERAL",
    "Involved",
    "Owned",
    "Parents",
    "Reference",
    "Sites",
    "Stages",
    "Suggestion",
    "reference_of",
]
