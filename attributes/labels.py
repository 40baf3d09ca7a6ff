"""Tags in a row of a list: a dot each, so that the name keeps its place; pointed at or read aloud, they are named."""

from collections.abc import Collection
from html import escape

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from attributes.models import Tag

SHOWN = 4


def labels(tags: Collection[Tag]) -> SafeString:
    """All of them by name, for a column of their own."""
    return SafeString(" ".join(f'<span class="tag tag--{tag.colour}">{escape(tag.name)}</span>' for tag in tags))


def dots(tags: Collection[Tag]) -> SafeString:
    """The first few tags, and how many more."""
    if not tags:
        return SafeString("")
    found = list(tags)
    marks = "".join(f'<i class="tag-dot tag--{tag.colour}"></i>' for tag in found[:SHOWN])
    more = f"<small>+{len(found) - SHOWN}</small>" if len(found) > SHOWN else ""
    names = escape(_("Tags: %(names)s") % {"names": ", ".join(tag.name for tag in found)})
    return SafeString(
        f'<span class="list__tags list__over" title="{names}"><span aria-hidden="true">{marks}{more}</span>'
        f'<span class="visually-hidden">{names}</span></span>'
    )
