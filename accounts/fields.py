"""Choosing an account or a contact: suggestions while typing, through the gate (GIVE-4)."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Contact
from core.folding import fold
from records.models import OwnedRecord
from records.models.owned import NAME_KEY_LENGTH
from users.models import User

NEW = "new"


class PickWidget(forms.Widget):
    """A text to type a name into, and the id of what was chosen. Without a script, the exact name does."""

    template_name = "components/pick.html"
    include = ""  # selects the input whose value narrows what is suggested

    def __init__(self, url: Any, model: type[OwnedRecord]) -> None:
        super().__init__()
        self.url, self.model = url, model
        self.names: dict[Any, str] = {}

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        pk, text = value if isinstance(value, tuple) else (value, "")
        if pk and not isinstance(value, tuple):
            text = self.name_of(pk)
        context["widget"] |= {"pk": pk or "", "text": text, "url": self.url, "include": self.include}
        return context

    def name_of(self, pk: Any) -> str:
        if pk not in self.names:
            record = self.model._default_manager.filter(pk=pk).first() if str(pk).isdecimal() else None
            self.names[pk] = str(record or "")
        return self.names[pk]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> tuple[str, str]:
        return str(data.get(name, "")).strip(), str(data.get(f"{name}_name", "")).strip()

    def id_for_label(self, id_: str) -> str:
        return id_


class PickField(forms.Field):
    """A record that this person may see; any other is *not found*, the same as absent."""

    widget: PickWidget
    model: type[OwnedRecord]
    url: Any
    not_found: Any

    def __init__(self, *, user: User, may_create: bool = False, keeps: int | None = None, **kwargs: Any) -> None:
        """``keeps`` is the id that stands there today: it may stay, also where one may not see it."""
        self.user, self.may_create, self.keeps = user, may_create, keeps
        super().__init__(widget=PickWidget(self.url, self.model), **kwargs)

    def to_python(self, value: Any) -> OwnedRecord | None:
        pk, text = value if isinstance(value, tuple) else (str(value or ""), "")
        if not pk and not text:
            return None
        if self.keeps is not None and pk == str(self.keeps):
            return self.model._default_manager.get(pk=self.keeps)
        seen = self.model._default_manager.visible_to(self.user)
        if pk.isdecimal() and len(pk) < 19:
            record = seen.filter(pk=pk).first()
        elif self.may_create and text and pk == NEW:
            return self.made(text)
        else:
            record = self._by_name(seen, text)
        if record is None:
            raise ValidationError(self.not_found, code="absent", params={"name": text or pk})
        return record

    def made(self, text: str) -> OwnedRecord:
        """A new record of this name, saved along with the form."""
        raise NotImplementedError

    def keys(self, text: str) -> list[str]:
        """The sort keys that a record of this name can have."""
        return [fold(text)[:NAME_KEY_LENGTH]]

    def _by_name(self, seen: Any, text: str) -> OwnedRecord | None:
        found = list(seen.filter(name_key__in=self.keys(text))[:2])
        if len(found) > 1:
            raise ValidationError(_("Several are called “%(name)s”. Choose one from the list."), params={"name": text})
        return found[0] if found else None

    def prepare_value(self, value: Any) -> Any:
        """An id posted without its name is given the name if this person may see the record, and no other (GIVE-4)."""
        if isinstance(value, tuple) and not value[1] and (pk := str(value[0])).isdecimal() and len(pk) < 19:
            return pk, str(self.model._default_manager.visible_to(self.user).filter(pk=pk).first() or "")
        return value.pk if isinstance(value, OwnedRecord) else value

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        """The name of the present choice is read as the view takes the field up, not as a template draws it."""
        bound: forms.BoundField = super().get_bound_field(form, field_name)
        if bound.initial and not isinstance(bound.initial, tuple):
            self.widget.name_of(self.prepare_value(bound.initial))
        return bound

    def has_changed(self, initial: Any, data: Any) -> bool:
        return _id(initial) != _id(data)


class AccountField(PickField):
    model = Account
    url = reverse_lazy("accounts:pick")
    not_found = _("Account “%(name)s” not found. Choose one from the list.")

    def made(self, text: str) -> Account:
        return Account(name=text[:200], owner=self.user)


class ContactField(PickField):
    model = Contact
    url = reverse_lazy("contacts:pick")
    not_found = _("Contact “%(name)s” not found. Choose one from the list.")

    def made(self, text: str) -> Contact:
        first, _space, last = text.rpartition(" ")
        return Contact(first_name=first[:100], last_name=last[:100], owner=self.user)

    def keys(self, text: str) -> list[str]:
        words = fold(text).split()
        return [" ".join((*words[at:], *words[:at])) for at in range(len(words))]


def _id(value: Any) -> str:
    """The id in what a form begins with or brings back: an id, or a pair of id and text."""
    return str((value[0] if isinstance(value, tuple) else value) or "")
