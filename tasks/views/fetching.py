"""How the pages of tasks fetch one: not seen is 404, seen but not to be changed is 403 with whom to ask."""

from django.http import Http404
from django.utils.translation import gettext as _

from records.gate import Refused
from tasks.models import Task
from tasks.rows import RELATED
from users.middleware import SignedIn


def fetch(request: SignedIn, pk: int) -> Task:
    found: Task | None = Task.objects.visible_to(request.user).select_related(*RELATED).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def changeable(request: SignedIn, pk: int) -> Task:
    """Raises ``Refused`` unless the task is one's own, or on a record that one may change."""
    found = fetch(request, pk)
    if not found.may_be_changed_by(request.user):
        said = _("It is to be done by %(person)s, who can change it, as can whoever may edit the record that it is on.")
        raise Refused(said % {"person": found.assignee or found.made_by or _("nobody yet")})
    return found
