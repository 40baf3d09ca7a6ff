"""The wizard: file, columns, values, preview, run; each step a page that can be left and taken up again (DATA-2)."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from records import gate
from transfers.columns import key
from transfers.forms import KINDS, ColumnsForm, FileForm, SheetForm, kinds
from transfers.framing import Why
from transfers.guessing import nearest, words_of
from transfers.models import Import, Phase
from transfers.preview import preview_of
from transfers.products import recognised
from transfers.resources import RESOURCES
from transfers.sheet import Profile
from transfers.values import decide, decide_likely, likely_page, likely_rows, tally, unknown_fields
from transfers.widgets import NUMBERS, Date
from users.middleware import SignedIn

ASKED = ("column", "also", "order", "decimal")
STEPS = (
    ("file", _("File")),
    ("columns", _("Columns")),
    ("values", _("Values")),
    ("preview", _("Preview")),
    ("run", pgettext_lazy("door", "Import")),
)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn) -> HttpResponse:
    """Choose or drop a file, and say what it holds."""
    may_import(request)
    wanted = request.GET.get("kind", "")
    initial = {"kind": wanted if wanted in dict(kinds(request.user)) else kinds(request.user)[0][0]}
    form = FileForm(request.POST or None, request.FILES or None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        made = Import.start(kind=form.cleaned_data["kind"], name=file.name or "", file=file, by=request.user)
        return redirect("transfers:columns", made.pk)
    earlier = list(Import.objects.visible_to(request.user).select_related("job")[:5])
    context = {"form": form, "earlier": earlier, **steps("file", None)}
    return render(request, "transfers/new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def columns(request: SignedIn, pk: int) -> HttpResponse:
    """Which column feeds what, and what to do with rows that are known."""
    imported = fetch(request, pk)
    if elsewhere := where(imported, "columns"):
        return elsewhere
    if imported.phase == Phase.READING:
        return waiting(request, imported, "columns")
    form = ColumnsForm(request.POST or None, profiles=imported.profiles, settings=imported.settings)
    if request.method == "POST" and form.is_valid():
        settings = form.decided()
        refusal = imported.new_planner(settings).refusal()
        if not refusal:
            imported.decide(settings)
            return redirect("transfers:values", imported.pk)
        form.add_error(None, refusal)
    return columns_page(request, imported, form, SheetForm(read=imported.format))


@require_POST
def sheet(request: SignedIn, pk: int) -> HttpResponse:
    """Read another sheet of the file, or from other headers."""
    imported = fetch(request, pk)
    if elsewhere := where(imported, "columns"):
        return elsewhere
    form = SheetForm(request.POST, read=imported.format)
    if imported.phase != Phase.READING and not form.is_valid():
        columns_form = ColumnsForm(profiles=imported.profiles, settings=imported.settings)
        return columns_page(request, imported, columns_form, form)
    if imported.phase != Phase.READING:
        imported.read_again(**form.asked())
    return redirect("transfers:columns", imported.pk)


def columns_page(request: SignedIn, imported: Import, form: ColumnsForm, sheet_form: SheetForm) -> HttpResponse:
    context = {
        "import": imported,
        "form": form,
        "sheet_form": sheet_form,
        "left": rows_left(imported),
        "product": recognised(imported.profiles),
        "rows": column_rows(imported, form),
        **steps("columns", imported),
    }
    bad = form.errors or sheet_form.errors
    return render(request, "transfers/columns.html", context, status=422 if bad else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def values(request: SignedIn, pk: int) -> HttpResponse:
    """What the file names and the set-up lacks, and what is likely there already; with neither, on to the preview."""
    imported = fetch(request, pk)
    if elsewhere := where(imported, "values"):
        return elsewhere
    fields, likely = unknown_fields(imported), likely_rows(imported)
    if request.method == "POST":
        settings = decide(imported.settings, fields, request.POST)
        decide_likely(settings, likely, request.POST)
        imported.decide(settings)
        if "all" in request.POST or "likely" in request.POST:
            return redirect("transfers:values", imported.pk)
    if request.method == "POST" or not (fields or likely):
        imported.check_rows()
        return redirect("transfers:preview", imported.pk)
    context = {"import": imported, "fields": fields, "tally": tally(fields), **likely_page(likely)}
    return render(request, "transfers/values.html", context | steps("values", imported))


@require_safe
def preview(request: SignedIn, pk: int) -> HttpResponse:
    """What would be created, changed, left, refused; nothing is written yet (DATA-7)."""
    imported = fetch(request, pk)
    if elsewhere := where(imported, "preview"):
        return elsewhere
    if imported.phase == Phase.MAPPING:
        return redirect("transfers:values", imported.pk)
    if imported.phase == Phase.CHECKING:
        return waiting(request, imported, "preview")
    context = {"import": imported, **preview_of(imported, request), **steps("preview", imported)}
    return render(request, "transfers/preview.html", context)


@require_POST
def run(request: SignedIn, pk: int) -> HttpResponse:
    """Do it. Once: what runs, or has run, is not run again."""
    imported = fetch(request, pk)
    gate.require_kind(request.user, "import", RESOURCES[imported.kind].record())
    if imported.phase == Phase.CHECKED:
        imported.run_rows()
    return redirect(imported)


def fetch(request: SignedIn, pk: int) -> Import:
    imports = Import.objects.visible_to(request.user).select_related("job__by__profile", "export")
    found: Import = get_object_or_404(imports, pk=pk)
    return found


def may_import(request: SignedIn) -> None:
    """Raise ``Refused`` unless the profile lets one import something."""
    if not kinds(request.user):
        gate.require_kind(request.user, "import", RESOURCES["opportunity"].record())


def where(imported: Import, step: str) -> HttpResponse | None:
    """The page an import is at, if it is not at this step any more."""
    if imported.is_over or imported.phase == Phase.RUNNING:
        return redirect(imported)
    if imported.phase == Phase.READING and step != "columns":
        return redirect("transfers:columns", imported.pk)
    if imported.phase == Phase.CHECKING and step != "preview":
        return redirect("transfers:preview", imported.pk)
    return None


def waiting(request: SignedIn, imported: Import, step: str) -> HttpResponse:
    """A page that follows the job until the step is ready."""
    return render(request, "transfers/waiting.html", {"import": imported, **steps(step, imported)})


def steps(step: str, imported: Import | None) -> dict[str, Any]:
    """The steps of the wizard, as far as they are done."""
    codes = [code for code, _label in STEPS]
    at = codes.index(step)
    kind = imported.kind if imported is not None else None
    return {
        "steps": [
            {
                "label": label,
                "is_done": index < at,
                "is_here": index == at,
                "url": imported is not None and 0 < index < at and code,
            }
            for index, (code, label) in enumerate(STEPS)
        ],
        "what": KINDS[kind] if kind else "",
    }


def rows_left(imported: Import) -> list[dict[str, Any]]:
    """What is around the table and is no record: ``rows 1, 2, 3: above the headers``."""
    found: dict[str, list[int]] = {}
    for number, why in imported.format.get("left", []):
        found.setdefault(why, []).append(number)
    return [
        {"why": Why(why).label, "count": len(rows), "rows": ", ".join(map(str, rows[:8])), "more": len(rows) > 8}
        for why, rows in found.items()
    ]


def column_rows(imported: Import, form: ColumnsForm) -> list[dict[str, Any]]:
    """The columns of the file as the page shows them."""
    rows = []
    chosen = {name: form[name].value() for name in form.fields if name.startswith(("column-", "also-"))}
    for at, profile in enumerate(imported.profiles):
        also = form[f"also-{at}"]
        rows.append(
            {
                "header": profile.header,
                "samples": " · ".join(profile.samples),
                "field": form[f"column-{at}"],
                "also": also,
                "shows_also": bool(also.value()),
                "order": form[f"order-{at}"],
                "decimal": form[f"decimal-{at}"],
                "asks_order": form.feeds(at, chosen, Date) and looks_dated(profile),
                "asks_decimal": form.feeds(at, chosen, *NUMBERS) and (profile.decimal or profile.asks_decimal),
                "note": note_of(profile, form, at, chosen),
                "errors": [error for name in ASKED for error in form[f"{name}-{at}"].errors],
                "is_near": is_near(profile, form, at),
                "is_key": form[f"column-{at}"].value() in (form["match"].value() or "").split("_"),
            }
        )
    return rows


def note_of(profile: Profile, form: ColumnsForm, at: int, chosen: dict[str, Any]) -> Any:
    """How the dates of a column are read, where they say less, or other, than a day."""
    if not form.feeds(at, chosen, Date):
        return ""
    widget = next(
        form.resource.columns()[name].widget
        for name in (chosen[f"column-{at}"], chosen[f"also-{at}"])
        if name and isinstance(form.resource.columns()[name].widget, Date)
    )
    if profile.periods:
        first = isinstance(widget, Date) and widget.first
        return (
            _("A month or a quarter is read as its first day.")
            if first
            else _("A month or a quarter is read as its last day.")
        )
    return _("Numbers are read as the days that Excel counts.") if profile.serials else ""


def is_near(profile: Profile, form: ColumnsForm, at: int) -> bool:
    """Whether a column's header is only nearly the name of the field that it feeds."""
    name, columns = form[f"column-{at}"].value(), form.resource.columns()
    header = key(profile.header)
    if name not in columns or header in words_of(name, columns[name]):
        return False
    return nearest(header, profile, {name: columns[name]}) == name


def looks_dated(profile: Profile) -> bool:
    """Whether a column holds dates of numbers, whose order can be chosen."""
    return bool(profile.day_first or profile.month_first or profile.either_first)
