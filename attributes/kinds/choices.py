"""Yes or no, one or several of a list, a colleague."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from attributes.kinds.base import Entry, Kind, Lookup
from core.models.house import per_set_up
from users.models import User

NOT_OFFERED = _("This value is not offered. Choose one from the list.")


class OneOf(forms.TypedChoiceField):
    """One of some ids, or none."""

    def __init__(self, choices: Sequence[tuple[Any, str]], **kwargs: Any) -> None:
        kwargs.setdefault("coerce", int)
        super().__init__(
            choices=[("", "–"), *choices], empty_value=None, error_messages={"invalid_choice": NOT_OFFERED}, **kwargs
        )


class SomeOf(forms.TypedMultipleChoiceField):
    """Some ids, in the order of the list."""

    def __init__(self, choices: Sequence[tuple[Any, str]]) -> None:
        super().__init__(
            choices=choices, coerce=int, empty_value=[], widget=Ticks(), error_messages={"invalid_choice": NOT_OFFERED}
        )

    def clean(self, value: Any) -> list[int]:
        given = set(super().clean(value))
        choices: Any = self.choices
        return [pk for pk, _label in choices if pk in given]


class Ticks(forms.CheckboxSelectMultiple):
    template_name = "attributes/ticks.html"

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        """The whole is what a sentence about it leads to."""
        return id_ if index is None else super().id_for_label(id_, index)


class YesNo(Kind):
    code, label, icon, lookup = "yes_no", _("Yes or no"), "toggle", Lookup.CHOICE

    def input(self, field: Any, kept: Any) -> forms.Field:
        return OneOf(self.choices(field), coerce=lambda given: given == "1")

    def choices(self, field: Any) -> list[tuple[int, str]]:
        return [(1, gettext("Yes")), (0, gettext("No"))]

    def value(self, plain: Any) -> Any:
        return None if plain is None else int(plain)

    def text(self, field: Any, plain: Any, speech: str) -> str:
        return gettext("Yes") if plain else gettext("No")

    def told(self, field: Any, number: int) -> str:
        return self.text(field, number, "")

    def entries(self, plain: Any) -> list[Entry]:
        return [(None, int(plain))]


class List(Kind):
    """One of the values that are set up; an archived one stays where it is, and is not offered."""

    code, label, icon, lookup = "list", _("List"), "list", Lookup.CHOICE

    def input(self, field: Any, kept: Any) -> forms.Field:
        return OneOf(self.offered(field, [kept]))

    def choices(self, field: Any) -> list[tuple[int, str]]:
        return self.offered(field, ())

    def offered(self, field: Any, kept: Sequence[Any]) -> list[tuple[int, str]]:
        options = field.options().values()
        return [(option.pk, option.name) for option in options if not option.archived_at or option.pk in kept]

    def text(self, field: Any, plain: Any, speech: str) -> str:
        options = field.options()
        return str(options.get(plain, gettext("a value that is gone")))

    def entries(self, plain: Any) -> list[Entry]:
        return [(None, plain)]

    def told(self, field: Any, number: int) -> str:
        """One value, by the number that it is found by."""
        return str(field.options().get(number, f"#{number}"))


class MultipleList(List):
    code, label, icon = "multiple_list", _("Multiple list"), "multi"

    def input(self, field: Any, kept: Any) -> forms.Field:
        return SomeOf(self.offered(field, kept or ()))

    def text(self, field: Any, plain: Any, speech: str) -> str:
        return ", ".join(super(MultipleList, self).text(field, one, speech) for one in plain)

    def entries(self, plain: Any) -> list[Entry]:
        return [(None, one) for one in plain]


class Person(Kind):
    """A colleague; one who is deactivated stays where they are, and is not offered."""

    code, label, icon, lookup = "person", _("Person"), "person", Lookup.CHOICE

    def input(self, field: Any, kept: Any) -> forms.Field:
        return OneOf(self.offered(kept))

    def choices(self, field: Any) -> list[tuple[int, str]]:
        return self.offered(None)

    def offered(self, kept: Any) -> list[tuple[int, str]]:
        return [(pk, name) for pk, (name, active) in people().items() if active or pk == kept]

    def text(self, field: Any, plain: Any, speech: str) -> str:
        return people().get(plain, ("–", False))[0]

    def entries(self, plain: Any) -> list[Entry]:
        return [(None, plain)]

    def told(self, field: Any, number: int) -> str:
        return people().get(number, (f"#{number}", False))[0]


@per_set_up
def people() -> dict[int, tuple[str, bool]]:
    """Colleagues by id: their names, and whether they are active."""
    return {person.pk: (str(person), person.is_active) for person in User.objects.all()}
