"""The forms of the wizard: a file, the columns, the values (DATA-2)."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from core.forms import Counted
from core.uploads import too_large
from records import gate
from transfers.framing import LOOKED_AT
from transfers.planning import Settings
from transfers.planning.settings import OVERWRITE, SKIP, UPDATE
from transfers.resources import RESOURCES, RecordResource
from transfers.sheet import Profile
from transfers.widgets import NUMBERS, Date, Widget
from users.models import User

OF_ITS_OWN = {"form": "sheet-form"}  # stands inside another form on the page
KINDS = {
    "opportunity": _("Opportunities"),
    "line": _("Lines of opportunities"),
    "account": _("Accounts"),
    "contact": _("Contacts"),
}


def kinds(user: User) -> list[tuple[str, Any]]:
    """What this person may import."""
    return [(kind, label) for kind, label in KINDS.items() if gate.allows(user, RESOURCES[kind].record(), "import")]


class FileForm(Counted, forms.Form):
    kind = forms.ChoiceField(label=_("What does the file hold?"), widget=forms.RadioSelect)
    file = forms.FileField(
        label=_("File"),
        error_messages={
            "required": _("Choose a file."),
            "empty": _("The file is empty."),
        },
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = kinds(user)

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if file.size and file.size > settings.UPLOAD_MOST:
            raise ValidationError(too_large())
        return file


class SheetForm(Counted, forms.Form):
    """Which sheet is read, from which row of headers, and whether what is around the table is taken too."""

    sheet = forms.ChoiceField(label=_("Sheet"), required=False, widget=forms.Select(attrs=OF_ITS_OWN))
    header = forms.IntegerField(
        label=_("Headers in row"), min_value=1, max_value=LOOKED_AT, widget=forms.NumberInput(attrs=OF_ITS_OWN)
    )
    bare = forms.BooleanField(label=_("No headers: every row is a record"), required=False)
    whole = forms.BooleanField(label=_("Take every row below, hidden ones and totals too"), required=False)

    def __init__(self, *args: Any, read: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sheet = self.fields["sheet"]
        assert isinstance(sheet, forms.ChoiceField)
        sheet.choices = [(name, name) for name in read.get("sheets", [])]
        asked = read.get("asked", {})
        self.initial = {
            "sheet": read.get("sheet", ""),
            "header": read.get("header") or 1,
            "bare": read.get("bare", False),
            "whole": asked.get("whole", False),
        }

    def asked(self) -> dict[str, Any]:
        """What is to be read; another sheet has its own headers, which are looked for."""
        cleaned = self.cleaned_data
        same = (cleaned["sheet"] or "") == self.initial["sheet"]
        moved = same and (cleaned["header"] != self.initial["header"] or cleaned["whole"])
        told = same and cleaned["bare"] != self.initial["bare"]
        return {**cleaned, "header": cleaned["header"] if moved else 0, "bare": cleaned["bare"] if told else None}


class ColumnsForm(Counted, forms.Form):
    """One select for each column, and a second for a column that feeds two fields; then what to do with known rows."""

    only = forms.ChoiceField(
        label=_("Rows already known"),
        choices=(
            ("both", _("Import and update")),
            ("update", _("Update only")),
            ("create", _("Create only the new ones")),
        ),
        widget=forms.RadioSelect,
        required=False,
    )
    match = forms.ChoiceField(label=_("A row is known by"), required=False)
    overwrite = forms.BooleanField(
        label=_("Overwrite name, stage, pipeline, contact and custom fields"), required=False
    )
    clear_empty = forms.BooleanField(label=_("An empty cell clears the value"), required=False)

    def __init__(self, *args: Any, profiles: list[Profile], settings: Settings, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.profiles, self.settings = profiles, settings
        self.resource: type[RecordResource] = RESOURCES[settings.kind]
        choices = [("", _("Do not import"))]
        choices += [(name, column.label) for name, column in self.resource.columns().items()]
        for at in range(len(profiles)):
            fed = settings.columns.get(at, [])
            for place in (0, 1):
                first = place == 0
                name = f"column-{at}" if first else f"also-{at}"
                self.fields[name] = forms.ChoiceField(
                    choices=choices if first else [("", _("and nothing else")), *choices[1:]], required=False
                )
                self.initial.setdefault(name, fed[place] if len(fed) > place else "")
            self.fields[f"order-{at}"] = forms.ChoiceField(
                choices=[("", _("Choose the order")), ("dmy", _("day/month")), ("mdy", _("month/day"))], required=False
            )
            self.initial.setdefault(f"order-{at}", settings.date_orders.get(at) or profiles[at].date_order or "")
            self.fields[f"decimal-{at}"] = forms.ChoiceField(
                choices=[("", _("Choose the decimal sign")), (",", "1\u202f234,50"), (".", "1,234.50")], required=False
            )
            self.initial.setdefault(f"decimal-{at}", settings.decimals.get(at) or profiles[at].decimal or "")
        match = self.fields["match"]
        assert isinstance(match, forms.ChoiceField)
        match.choices = [("", _("nothing: every row is new")), *self._matches()]
        self.initial.setdefault("match", settings.match)
        self.initial.setdefault("only", self._only())
        self.initial.setdefault("overwrite", settings.duplicates == OVERWRITE)
        self.initial.setdefault("clear_empty", settings.clear_empty)

    def _matches(self) -> list[tuple[str, str]]:
        return [(match, self.resource.match_label(match)) for match in self.resource.matches]

    def _only(self) -> str:
        if self.settings.only == "update":
            return "update"
        return "both" if self.settings.updates else "create"

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        fed: dict[str, str] = {}
        for at, profile in enumerate(self.profiles):
            for name in (f"column-{at}", f"also-{at}"):
                field = cleaned.get(name)
                if field and field in fed:
                    said = _("“%(first)s” feeds this field already. Choose one of the two.")
                    self.add_error(name, said % {"first": fed[field]})
                elif field:
                    fed[field] = profile.header
            self._check_order(cleaned, at)
            self._check_decimal(cleaned, at)
        match = cleaned.get("match") or ""
        missing = [name for name in match.split("_")[:1] if name and name not in fed]
        if missing:
            label = self.resource.columns()[missing[0]].label
            self.add_error("match", _("No column feeds “%(field)s”.") % {"field": label})
        if not match and cleaned.get("only") in ("both", "update"):
            cleaned["only"] = "create" if cleaned.get("only") == "both" else "update"
            if cleaned["only"] == "update":
                self.add_error("match", _("To update, say by what a row is known."))
        return cleaned

    def _check_order(self, cleaned: dict[str, Any], at: int) -> None:
        profile = self.profiles[at]
        if self.feeds(at, cleaned, Date) and profile.date_order is None and not cleaned.get(f"order-{at}"):
            mixed = _(
                "Some cells can only be day/month, others only month/day. Choose the order; the others are refused."
            )
            either = _("Day and month cannot be told apart here. Choose the order.")
            self.add_error(f"order-{at}", mixed if profile.mixes_dates else either)

    def _check_decimal(self, cleaned: dict[str, Any], at: int) -> None:
        profile = self.profiles[at]
        if self.feeds(at, cleaned, *NUMBERS) and profile.asks_decimal and not cleaned.get(f"decimal-{at}"):
            mixed = _("Some cells have a decimal comma, others a point. Choose the sign; the others are refused.")
            either = _("Comma or point: thousands or decimals cannot be told apart here. Choose the decimal sign.")
            self.add_error(f"decimal-{at}", mixed if profile.decimal_comma else either)

    def feeds(self, at: int, values: dict[str, Any], *widgets: type[Widget]) -> bool:
        """Whether a column feeds a field of these kinds."""
        fields = [values.get(f"column-{at}"), values.get(f"also-{at}")]
        columns = self.resource.columns()
        return any(name in columns and isinstance(columns[name].widget, widgets) for name in fields if name)

    def decided(self) -> Settings:
        cleaned = self.cleaned_data
        columns = {
            at: [name for name in (cleaned.get(f"column-{at}"), cleaned.get(f"also-{at}")) if name]
            for at in range(len(self.profiles))
        }
        orders = {at: cleaned[f"order-{at}"] for at in columns if cleaned.get(f"order-{at}")}
        decimals = {at: cleaned[f"decimal-{at}"] for at in columns if cleaned.get(f"decimal-{at}")}
        only = cleaned.get("only") or "create"
        known = OVERWRITE if cleaned["overwrite"] else UPDATE
        return Settings(
            kind=self.settings.kind,
            columns={at: names for at, names in columns.items() if names},
            match=cleaned.get("match") or "",
            duplicates=SKIP if only == "create" else known,
            only={"both": "", "update": "update", "create": "create"}[only],
            clear_empty=cleaned["clear_empty"],
            date_orders=orders,
            decimals=decimals,
            create=self.settings.create,
            values=self.settings.values,
        )
