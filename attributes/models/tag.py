"""A tag: a word of the house to sort records by, with a colour (OPP-9)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from attributes.models.named import NamedOnce


class Tag(NamedOnce):
    class Colour(models.TextChoices):
        """Names of tokens; how each looks, light and dark, is for the style sheet to say."""

        GREY = "grey", _("Grey")
        BLUE = "blue", _("Blue")
        TEAL = "teal", _("Teal")
        GREEN = "green", _("Green")
        OCHRE = "ochre", _("Ochre")
        RED = "red", _("Red")
        PINK = "pink", _("Pink")
        VIOLET = "violet", _("Violet")

    colour = models.CharField(_("colour"), max_length=8, choices=Colour, default=Colour.GREY)

    class Meta(NamedOnce.Meta):
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        constraints = [
            models.UniqueConstraint(
                "folded_name", condition=models.Q(archived_at=None), name="a_tag_name_is_used_once"
            ),
        ]


def active_tags() -> list[Tag]:
    """The tags that may be given, in their order."""
    return [tag for tag in Tag.remembered().values() if not tag.archived_at]
