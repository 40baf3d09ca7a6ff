from attributes.models.attributed import AttributedRecord
from attributes.models.named import NamedOnce
from attributes.models.tag import Tag
from attributes.models.tagging import Taggable, Tagging

__all__ = ["AttributedRecord", "NamedOnce", "Tag", "Taggable", "Tagging"]
