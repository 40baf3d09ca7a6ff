from attributes.models.attributed import AttributedRecord
from attributes.models.field import CustomField, FieldGroup, FieldOption, Of
from attributes.models.indexing import Indexing
from attributes.models.named import NamedOnce
from attributes.models.tag import Tag
from attributes.models.tagging import Taggable, Tagging
from attributes.models.values import FieldValue, indexes

__all__ = [
    "AttributedRecord",
    "CustomField",
    "FieldGroup",
    "FieldOption",
    "FieldValue",
    "Indexing",
    "NamedOnce",
    "Of",
    "Tag",
    "Taggable",
    "Tagging",
    "indexes",
]
