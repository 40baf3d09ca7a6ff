"""``{% edit "amount" %}37 060 €{% endedit %}``: a value that a click turns into its input, where one may change it."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.templatetags.components import icon
from opportunities.inline import title_of, verb_for

register = template.Library()


@register.simple_block_tag(takes_context=True)
def edit(context: Any, content: SafeString, name: str, place: str = "tab") -> SafeString:
    """The value as a link to its input; the page has ``opportunity`` and ``may``, ``place`` is where it stands."""
    if verb_for(name) not in context["may"]:
        return content
    url = f"{reverse('opportunities:field', args=[context['opportunity'].pk, name])}?place={place}"
    told = _("%(field)s %(value)s, edit") % {"field": title_of(name), "value": " ".join(strip_tags(content).split())}
    return format_html(
        '<a class="edit" id="edit-{}-{}" href="{}" hx-get="{}" hx-swap="afterend" hx-sync="this:drop" aria-label="{}">'
        "{}{}</a>",
        place, name, url, url, told, content, icon("edit"),
    )  # fmt: skip
