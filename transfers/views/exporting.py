"""Exporting what a list shows (DATA-1)."""

from django import forms
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from core.forms import Counted
from core.models import Job
from core.templatetags.components import language
from records import gate
from transfers.models import Export
from transfers.resources import RESOURCES
from transfers.selecting import QueryRefused, selected
from users.middleware import SignedIn
from users.models.notice import seen_at

ROWS = (("opportunity", _("an opportunity")), ("line", _("a line of an opportunity")))


class ExportForm(Counted, forms.Form):
    kind = forms.ChoiceField(choices=[(kind, kind) for kind in RESOURCES], widget=forms.HiddenInput)
    query = forms.CharField(required=False, widget=forms.HiddenInput, max_length=4_000)
    format = forms.ChoiceField(label=_("Format"), choices=Export.Format, widget=forms.RadioSelect, initial="xlsx")
    columns = forms.ChoiceField(
        label=_("Columns"),
        choices=(("all", _("All columns")), ("shown", _("The columns shown"))),
        widget=forms.RadioSelect,
        initial="all",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn) -> HttpResponse:
    """Asks for the format and the columns, then has the file made."""
    form = ExportForm(request.POST or None, initial={name: request.GET.get(name, "") for name in ("kind", "query")})
    kind = request.POST.get("kind") or request.GET.get("kind") or ""
    if kind not in RESOURCES:
        raise Http404
    record = RESOURCES[kind].record()
    gate.require_kind(request.user, "export", record)
    query = (request.POST.get("query") or request.GET.get("query") or "").lstrip("?")
    try:
        count = selected(record.gate_key(), request.user, query).count()
    except QueryRefused as refused:
        form.add_error(None, str(refused)) if form.is_bound else None
        count = 0
    if request.method == "POST" and form.is_valid():
        made = Export.start(
            by=request.user,
            kind=kind,
            query=query,
            format=form.cleaned_data["format"],
            only_shown=form.cleaned_data["columns"] == "shown",
            speech=language(),
        )
        return redirect(made)
    template = "transfers/_export.html" if request.htmx else "transfers/export.html"
    context = {"form": form, "kind": kind, "count": count, "query": query, "what": record._meta.verbose_name_plural}
    context["rows"] = ROWS if kind in dict(ROWS) else ()
    return render(request, template, context, status=422 if form.errors else 200)


@require_safe
def exported(request: SignedIn, pk: int) -> HttpResponse:
    """The progress, then the link to the file."""
    export = fetch(request, pk)
    seen_at(request.user, export.get_absolute_url())
    context = {
        "export": export,
        "ready": export.job.state == Job.State.DONE,
        "failed": export.job.state == Job.State.FAILED,
    }
    return render(request, "transfers/exported.html", context)


@require_safe
def file(request: SignedIn, pk: int) -> HttpResponse:
    """As it was written; who has lost the right to export since does not get it any more."""
    export = fetch(request, pk)
    gate.require_kind(request.user, "export", RESOURCES[export.kind].model)
    if not export.file:
        raise Http404
    return FileResponse(export.file.open(), as_attachment=True, filename=export.file_name)  # type: ignore[return-value]


def fetch(request: SignedIn, pk: int) -> Export:
    found: Export = get_object_or_404(Export.objects.visible_to(request.user).select_related("job"), pk=pk)
    return found
