"""Template tags and filters of the components: icons, fields, money, dates, people."""

import datetime as dt
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.forms import BoundField, ChoiceField, ModelChoiceField
from django.template.loader import get_template
from django.templatetags.static import static
from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from core import dates, money
from core.models import House

register = template.Library()


def language() -> str:
    """The reader's language: ``fr`` or ``en``."""
    return "fr" if (translation.get_language() or "en").startswith("fr") else "en"


@register.simple_tag
@lru_cache
def icon(name: str, size: str = "") -> SafeString:
    """An icon of the sprite; decorative, so a word stands beside it or on its button."""
    css = "icon icon--lg" if size == "lg" else "icon"
    href = f"{static('img/sprite.svg')}#{name}"
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}"/></svg>', css, href)


@register.filter
def amount(value: Decimal | None, currency: str = "") -> str:
    """An amount in full, with its symbol; nothing where there is none."""
    if value is None:
        return ""
    return money.format_money(value, currency or House.current().currency, language())


@register.filter
def units(value: int | None, currency: str) -> str:
    """An amount in thousandths, in full, with its symbol; nothing where there is none."""
    return "" if value is None else money.format_units(value, currency, language())


@register.filter
def quantity(value: Decimal) -> str:
    return money.format_quantity(value, language())


@register.filter
def drawn(svg: str) -> SafeString:
    """An SVG that a library of ours drew, such as a QR code; never what somebody typed."""
    return SafeString(svg)


@register.filter
def get(mapping: dict[str, Any], key: str) -> Any:
    """A value of a dictionary whose key is no identifier."""
    return mapping.get(key)


@register.filter
def number(value: int | None) -> str:
    return "" if value is None else money.format_number(value, language())


@register.filter
def percent(value: int | None) -> str:
    return "" if value is None else money.format_percent(value, language())


@register.filter
def day(value: dt.date | None) -> SafeString | str:
    """A date, the year only if it is not this one: ``13 nov.``."""
    if value is None:
        return ""
    text = dates.short_date(value, language(), dates.today().year)
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), text)


@register.filter
def long_day(value: dt.date | None) -> SafeString | str:
    """A date in full: ``13 novembre 2026``."""
    if value is None:
        return ""
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), dates.long_date(value, language()))


@register.filter
def month(value: dt.date) -> str:
    """A month in full: ``novembre 2026``."""
    return dates.long_month(value, language())


@register.filter
def moment(value: dt.datetime | None) -> SafeString | str:
    """A moment: the hour alone today, ``hier, 17:10`` yesterday, else the date."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    age = (dates.today() - local.date()).days
    clock = f"{local:%H:%M}"
    if age == 0:
        text = clock
    elif age == 1:
        text = _("yesterday, %(time)s") % {"time": clock}
    else:
        text = dates.short_date(local.date(), language(), dates.today().year)
    return format_html('<time datetime="{}" title="{}">{}</time>', local.isoformat(), f"{local:%Y-%m-%d %H:%M}", text)


@register.simple_tag
def avatar(person: Any, me: Any = None) -> SafeString:
    """A person as their initials, named for those who cannot see them."""
    if person is None:
        return mark_safe("")
    css = "avatar avatar--me" if me is not None and person.pk == me.pk else "avatar"
    return format_html(
        '<span class="{0}" title="{1}" role="img" aria-label="{1}">{2}</span>', css, str(person), person.initials
    )


@register.simple_tag
def field(bound: BoundField, span: str = "", hint: str = "", unit: str = "", size: str = "") -> SafeString:
    """A form field with label, hint, input and error, tied together for screen readers."""
    described = [f"{bound.id_for_label}-{part}" for part, there in (("hint", hint), ("error", bound.errors)) if there]
    attrs: dict[str, Any] = {"class": _widget_class(bound, size)}
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if bound.errors:
        attrs["aria-invalid"] = "true"
    context = {"field": bound, "widget": bound.as_widget(attrs=attrs), "span": span, "hint": hint, "unit": unit}
    context["optional"] = _may_be_blank(bound.field)
    return SafeString(_template("components/field.html").render(context))


def _may_be_blank(asked: Any) -> bool:
    """Whether the label says that the field is optional: not of a list that always has one of its values chosen."""
    if asked.required or getattr(asked, "always_set", False):
        return False
    if type(asked) is ModelChoiceField:
        return asked.empty_label is not None
    choices: Any = asked.choices if type(asked) is ChoiceField else [("", "")]
    return any(not value for value, _name in choices)


def _widget_class(bound: BoundField, size: str) -> str:
    widget = bound.field.widget
    kind = {"select": "select", "textarea": "textarea", "checkbox": "check"}.get(
        getattr(widget, "input_type", "") or type(widget).__name__.lower(), "input"
    )
    own = widget.attrs.get("class", "")
    return " ".join(filter(None, (kind, f"{kind}--{size}" if size else "", own)))


@lru_cache
def _template(name: str) -> Any:
    return get_template(name)
