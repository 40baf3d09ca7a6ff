"""Sentences that are put together from parts, with the signs of the reader's language (ALL-1)."""

from django.utils.translation import gettext as _


def led(by: object, said: object) -> str:
    """What is said of something, led by its name: ``Water metering: Won``, in French ``… : Gagnée``."""
    return _("%(what)s: %(said)s") % {"what": by, "said": said}
