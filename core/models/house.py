"""The house: what holds for everybody, and the mark that tells whether the set-up has changed."""

import secrets
import threading
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.money import CURRENCIES

Result = TypeVar("Result")
_UNKNOWN = "unknown"


class _Kept(threading.local):
    """What this thread keeps of the set-up, and the mark under which it read it."""

    def __init__(self) -> None:
        self.results: dict[Any, Any] = {}
        self.mark = _UNKNOWN


_kept = _Kept()


def new_mark() -> str:
    return secrets.token_hex(8)


class House(models.Model):
    """The one row of house settings.

    ``mark`` is drawn anew by every change of the set-up (pipelines, stages, sources...). A thread compares it with
    the mark of what it keeps in memory (``per_set_up``): one short text, read along with the user of each request.
    """

    name = models.CharField(_("name"), max_length=100, default="CRM")
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="en")
    currency = models.CharField(
        _("currency"), max_length=3, choices=[(code, code) for code in CURRENCIES], default="EUR"
    )
    timezone = models.CharField(_("time zone"), max_length=40, default="Europe/Paris")
    reference_pattern = models.CharField(
        _("reference pattern"),
        max_length=60,
        default="OPP-{year}-{number}",
        help_text=_("{year} is the year of opening, {number} the opportunity’s ID."),
    )
    mark = models.CharField(max_length=16, default=new_mark, editable=False)

    class Meta:
        verbose_name = _("house")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="there_is_one_house")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def current(cls) -> "House":
        return _current_house()

    @classmethod
    def set_up_changed(cls) -> None:
        """Draw a new mark: every process forgets what it keeps of the set-up."""
        if not cls.objects.filter(pk=1).update(mark=new_mark()):
            cls.objects.create(pk=1)
        see_mark(_UNKNOWN)


def per_set_up(function: Callable[..., Result]) -> Callable[..., Result]:
    """Keep a function's results in this thread until the set-up changes."""

    @wraps(function)
    def kept(*args: Any) -> Result:
        key = (function, *args)
        if key not in _kept.results:
            _kept.results[key] = function(*args)
        return _kept.results[key]

    return kept


def see_mark(mark: str | None) -> None:
    """Compare the database's mark with that of what is kept; called once at the start of each request or job step."""
    if mark != _kept.mark or mark == _UNKNOWN:
        _kept.results.clear()
        _kept.mark = mark or _UNKNOWN


def look_at_mark() -> None:
    """Read the mark, where no user was read along with it."""
    see_mark(House.objects.values_list("mark", flat=True).first())


@per_set_up
def _current_house() -> House:
    house = House.objects.first()
    return house or House(pk=1)
