"""The ten kinds of custom fields (OPP-13): how each is typed, kept, shown and looked up.

A value is kept as the journal keeps values: a text, an exact number as text, a day in ISO, yes or no, an id, several.
"""

from attributes.kinds.base import LARGEST, Kind, Lookup
from attributes.kinds.choices import List, MultipleList, Person, YesNo
from attributes.kinds.numbers import Date, Money, Number
from attributes.kinds.texts import Link, LongText, Text

KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (Text(), LongText(), Number(), Money(), Date(), YesNo(), List(), MultipleList(), Link(), Person())
}

__all__ = ["KINDS", "LARGEST", "Kind", "Lookup"]
