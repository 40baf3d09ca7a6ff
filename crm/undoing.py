"""Taking back what was done, from the toast after it, the history of a record, or the journal (LOG-2)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.contenttypes.models import ContentType
from django.contrib.messages.storage.base import Message
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from core import dates
from core.coming_from import coming_from
from core.templatetags.components import language
from records import gate, journal
from records.history import kept_told
from records.models import Operation, OwnedRecord, Record, StaleRecord, Undo, UndoLine
from records.undoing import ARCHIVE, RESTORE, TRASH, Taken
from users.middleware import SignedIn

LOOKED_AT = 10  # changes of an operation, before it is offered to be undone
PLANNED = 500  # changes that the question looks at
SHOWN = 20
GIVING = {"owner_id", "shares", "assignees"}  # what decides who may do what


class UndoToast:
    """Middleware: the notice after a write offers to take it back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return self.get_response(request)
        with journal.noting() as written:
            response = self.get_response(request)
        if written and response.status_code in (200, 302):
            offer(request, response, written[-1])
        return response


def offer(request: Any, response: HttpResponse, written: Operation) -> None:
    """Put the offer on the notice that waits for the next page; or send a notice along to the page that is there."""
    if (
        not request.user.is_authenticated
        or written.by_id != request.user.pk
        or not may_be_undone(written, request.user)
    ):
        return
    storage: Any = messages.get_messages(request)
    waiting = storage._queued_messages
    leaves = response.status_code == 302 or "HX-Redirect" in response.headers
    if leaves and not waiting:
        messages.success(request, _("Saved."))
    if waiting:
        waiting[-1].extra_tags = str(written.pk)
    elif request.htmx and not response.streaming and response.headers.get("Content-Type", "").startswith("text/html"):
        note = Message(messages.SUCCESS, _("Saved."), extra_tags=str(written.pk))
        response.content += render_to_string("components/toast_along.html", {"message": note}, request).encode()
        response.headers.pop("Content-Length", None)


def may_be_undone(operation: Operation, user: Any) -> bool:
    """Whether it changed anything of a kind that this person can take back; after giving something, what of it: with a
    record one may give the right to take it back away as well."""
    for pk, record, fields in operation.changes.order_by("pk").values_list("model", "record_id", "fields")[:LOOKED_AT]:
        model: Any = ContentType.objects.get_for_id(pk).model_class()
        if issubclass(model, OwnedRecord) and not GIVING.isdisjoint(fields):
            return any(taken.returns or taken.turn for taken in Undo(of=operation, by=user).planned(LOOKED_AT))
        if issubclass(model, OwnedRecord) or (issubclass(model, Record) and model.taken_back_by(user, [record])):
            return True
    return False


@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: SignedIn, pk: int) -> HttpResponse:
    """Says what will return and what is kept; posted, takes it back."""
    operation = Operation.objects.select_related("by", "job").filter(pk=pk).first()
    if operation is None or not touches_seen(operation, request.user):
        raise Http404
    shown = reads(operation, request.user)
    back = coming_from(request, reverse("operation", args=[pk]) if shown else reverse("journal"))
    refusal = Undo.why_not(operation, request.user)
    if request.method == "POST":
        return take_back(request, operation, back)
    planned = Undo(of=operation, by=request.user).planned(PLANNED) if not refusal else []
    count = operation.changes.count()
    context = {
        "operation": operation,
        "refusal": refusal,
        "done": undone_before(operation),
        "count": count,
        "planned": min(count, PLANNED),
        "may": bool(planned) and (any(taken.returns or taken.turn for taken in planned) or len(planned) == PLANNED),
        **tally(planned),
        "kept": lines_of(planned, request.user)[:SHOWN],
        "back": back,
    }
    template = "crm/undo/_question.html" if request.htmx else "crm/undo/question.html"
    return render(request, template, context, status=403 if refusal and operation.by_id != request.user.pk else 200)


def undone_before(operation: Operation) -> Undo | None:
    """Its undoing, if it was taken back already."""
    return Undo.objects.filter(of=operation, operation__isnull=False).select_related("by", "operation").first()


def take_back(request: SignedIn, operation: Operation, back: str) -> HttpResponse:
    done = undone_before(operation)
    if done is not None and done.operation is not None and not done.is_running:
        day = dates.short_date(timezone.localtime(done.operation.at).date(), language(), dates.today().year)
        said_already = _("%(who)s has undone it already, %(when)s, by operation no. %(n)s.")
        who = done.by or _("The CRM")
        messages.info(request, said_already % {"who": who, "when": day, "n": done.operation_id})
        return redirect(away(back, done))
    try:
        undone = operation.undo(by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(back)
    except StaleRecord:
        messages.error(request, _("Somebody else changed it just now. Look again."))
        return redirect(back)
    if undone.is_running:
        messages.info(request, _("It is being taken back. This page shows how far it is."))
        return redirect("operation", operation.pk)
    told = said(undone, request.user)
    (messages.success if undone.operation_id else messages.info)(request, told)
    return redirect(away(back, undone))


def away(back: str, undone: Undo) -> str:
    """Where to go: not to the page of a record that is not there any more."""
    if undone.counts.get("trashed"):
        parts = [part for part in back.split("?")[0].split("/") if part]
        if len(parts) > 1 and parts[1].isdecimal() and parts[0] in ("opportunities", "accounts", "contacts"):
            return f"/{parts[0]}/"
    return back


def touches_seen(operation: Operation, user: Any) -> bool:
    """Whether this person did it, or sees something of it in the journal."""
    return operation.by_id == user.pk or reads(operation, user)


def reads(operation: Operation, user: Any) -> bool:
    """Whether this person may read the whole journal, or sees one of its records."""
    if user.can("journal"):
        return True
    for pk in operation.changes.order_by().values_list("model", flat=True).distinct():
        model: Any = ContentType.objects.get_for_id(pk).model_class()
        if issubclass(model, OwnedRecord):
            ids = operation.changes.filter(model=pk).values("record_id")
            if model.objects.visible_to(user).filter(pk__in=ids).exists():
                return True
    return False


def tally(planned: Iterable[Taken]) -> dict[str, int]:
    planned = list(planned)
    return {
        "returned": sum(taken.returns for taken in planned),
        "trashed": sum(taken.turn in (TRASH, ARCHIVE) for taken in planned),
        "restored": sum(taken.turn == RESTORE for taken in planned),
        "stay": sum(bool(taken.kept) for taken in planned),
    }


def said(undone: Undo, user: Any) -> str:
    """What became of it, in a sentence or two."""
    counts = undone.counts
    parts = [
        text % {"n": counts[name]}
        for name, text in (
            ("returned", ngettext("%(n)s record returned", "%(n)s records returned", counts.get("returned", 0))),
            ("trashed", ngettext("%(n)s put in the trash", "%(n)s put in the trash", counts.get("trashed", 0))),
            ("restored", ngettext("%(n)s restored", "%(n)s restored", counts.get("restored", 0))),
        )
        if counts.get(name)
    ]
    told = _("Undone: %(what)s.") % {"what": ", ".join(parts)} if parts else _("Nothing could be taken back.")
    stay = [f"{line.name}, {line.text}" if line.name else line.text for line in stored_lines(undone, user)[:3]]
    return " ".join([told, _("Kept: %(what)s.") % {"what": "; ".join(stay)}]) if stay else told


@dataclass(frozen=True)
class Stay:
    """Something that is kept: the record's name, and which field, by whom changed and when."""

    name: str
    url: str
    text: str
    is_seen: bool


def lines_of(planned: Iterable[Taken], user: Any) -> list[Stay]:
    found = [
        UndoLine(
            model=ContentType.objects.get_for_model(taken.model),
            record_id=taken.pk,
            name=kept.name,
            why=kept.why,
            by_id=kept.by,
            at=kept.at,
            text=kept.text,
        )
        for taken in planned
        for kept in taken.kept
    ]
    return told(found[:SHOWN], user)


def stored_lines(undone: Undo, user: Any, most: int = SHOWN) -> list[Stay]:
    return told(list(undone.lines.select_related("model", "by")[:most]), user)


def told(lines: list[UndoLine], user: Any) -> list[Stay]:
    """Lines in the reader's words; a record that they do not see is not named (GIVE-4)."""
    names: dict[tuple[int, int], Any] = {}
    for pk in {line.model_id for line in lines}:
        model: Any = ContentType.objects.get_for_id(pk).model_class()
        rows = model._default_manager.filter(pk__in=[line.record_id for line in lines if line.model_id == pk])
        if issubclass(model, OwnedRecord):
            rows = gate.visible_to(rows.live(), user, few=True)
        elif hasattr(rows, "visible_to"):
            rows = rows.visible_to(user)
        names |= {(pk, row.pk): row for row in rows}
    stay = []
    for line in lines:
        record: Any = names.get((line.model_id, line.record_id))
        model = ContentType.objects.get_for_id(line.model_id).model_class()
        url = record.get_absolute_url() if hasattr(record, "gate_key") else ""
        stay.append(
            Stay(
                str(record) if record is not None else _("a record you do not see"),
                url,
                kept_told(model, line),
                record is not None,
            )
        )
    return stay
