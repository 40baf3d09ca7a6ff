"""Tags as Django's and the components' own, that write down what they say: *translate* of a text, *icon* of a name and
*url* of a page say the same at every showing, and a page has hundreds of them."""

from typing import Any

from django.template import Library, Node
from django.template.base import FilterExpression, Parser, Token, Variable
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as url_tag
from django.templatetags.i18n import TranslateNode, do_translate
from django.utils.html import conditional_escape
from django.utils.translation import get_language

from core.addresses import address
from core.templatetags import components

register = Library()


class Kept(Node):
    """A tag that says the same at every showing, in each language."""

    child_nodelists = ()

    def __init__(self, tag: Node, name: str | None) -> None:
        self.tag, self.name = tag, name
        self.texts: dict[str | None, str] = {}

    def render(self, context: Any) -> Any:
        key = get_language()
        text = self.texts.get(key)
        if text is None:
            text = self.tag.render(context)
            if self.name:
                text = context[self.name]
            self.texts[key] = text
        if self.name:
            context[self.name] = text
            return ""
        return text


class Address(Node):
    """The address of a record, by its number."""

    child_nodelists = ()

    def __init__(self, tag: URLNode) -> None:
        self.tag, self.name, self.to, [self.number] = tag, tag.asvar, tag.view_name.var, tag.args

    def render(self, context: Any) -> Any:
        number = self.number.resolve(context)
        if type(number) is not int:
            return self.tag.render(context)
        found = address(self.to, number)
        if self.name:
            context[self.name] = found
            return ""
        return conditional_escape(found) if context.autoescape else found


@register.tag
def translate(parser: Parser, token: Token) -> Node:
    node: TranslateNode = do_translate(parser, token)
    fixed = _is_fixed(node.filter_expression) and (node.message_context is None or _is_fixed(node.message_context))
    return Kept(node, node.asvar) if fixed else node


@register.tag
def url(parser: Parser, token: Token) -> Node:
    node: URLNode = url_tag(parser, token)
    if not _is_fixed(node.view_name) or node.kwargs or len(node.args) > 1:
        return node
    return Address(node) if node.args else Kept(node, node.asvar)


@register.tag
def icon(parser: Parser, token: Token) -> Node:
    node = components.register.tags["icon"](parser, token)
    fixed = all(map(_is_fixed, [*node.args, *node.kwargs.values()]))
    return Kept(node, node.target_var) if fixed else node


def _is_fixed(given: FilterExpression) -> bool:
    """Whether an argument is a text in quotes, and nothing more."""
    value = given.var.literal if isinstance(given.var, Variable) else given.var
    return isinstance(value, str) and not given.filters
