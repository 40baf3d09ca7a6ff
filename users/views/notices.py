"""What one is told: the list, the choice of ways, and the link that stops mails (ALL-4)."""

from collections.abc import Iterable

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.keyset import PAGE
from users.forms.notices import NoticesForm
from users.mailing import read_token
from users.middleware import SignedIn
from users.models import Kind, Mail, Notice
from users.models.notice import still_seen
from users.models.telling import ICONS
from users.views.preferences import answer


@require_safe
def index(request: SignedIn) -> HttpResponse:
    """Newest first, page by page; those about what is hidden from one by now are left out."""
    told = Notice.objects.told_to(request.user)
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 19:
        told = told.filter(pk__lt=int(before))
    found = list(told[: PAGE + 1])
    page = found[:PAGE]
    seen = still_seen(page, request.user)
    gone = [notice.pk for notice in page if notice not in seen and notice.read_at is None]
    if gone:
        Notice.objects.filter(pk__in=gone).seen()
    context = {
        "notices": [(notice, ICONS.get(notice.kind, "bell")) for notice in seen],
        "unread": any(notice.read_at is None for notice in seen),
        "next": f"?before={page[-1].pk}" if len(found) > PAGE else "",
        "start": "?" if before else "",
    }
    return render(request, "users/notices/index.html", context)


@require_safe
def read(request: SignedIn, pk: int) -> HttpResponse:
    """To what a notice is about; it counts as read."""
    notice = get_object_or_404(Notice.objects.told_to(request.user), pk=pk)
    if not still_seen([notice], request.user):
        raise Http404
    Notice.objects.filter(pk=pk).seen()
    return redirect(notice.url)


@require_POST
def read_all(request: SignedIn) -> HttpResponse:
    Notice.objects.told_to(request.user).seen()
    return redirect("users:notices")


@require_http_methods(["GET", "HEAD", "POST"])
def ways(request: SignedIn) -> HttpResponse:
    """In the CRM, by mail at once, once a day, or not at all: for each kind."""
    return answer(request, NoticesForm, "users:notice_ways")


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """From a mail, without signing in: asks first; mail programs post here at once."""
    found = read_token(token)
    if found is None:
        raise Http404
    person, kinds = found
    if request.method == "POST":
        ways = dict(person.notice_ways)
        for kind in kinds:
            ways[kind] = {"app": person.is_told(kind), "mail": Mail.NEVER.value}
        person.edit(by=person, what="user.preferences", notice_ways=ways)
    context = {"kinds": _named(kinds), "person": person, "done": request.method == "POST"}
    return render(request, "users/notices/stop.html", context)


def _named(kinds: Iterable[str]) -> list[str]:
    return [str(Kind(kind).label) for kind in kinds]
