"""People: who is there, what they may do, adding, editing, deactivating them (SET-1, GIVE-3)."""

from typing import Any

from allauth.account.forms import ResetPasswordForm
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.folding import fold
from records.gate import Refused
from records.models import Change, StaleRecord
from users import changed_keys
from users.forms.people import PersonForm
from users.middleware import SignedIn
from users.models import Ability, Profile, Team, User
from users.models.user import UserQuerySet, owned_counts

SHOWN = 200


@require_safe
def index(request: SignedIn) -> HttpResponse:
    """Everybody, those who are deactivated apart, with what they still own."""
    request.user.require_ability(Ability.PEOPLE)
    found = narrowed(request, User.objects.select_related("profile", "team").prefetch_related("groups", "led_teams"))
    active, gone = list(found.active()[: SHOWN + 1]), list(found.filter(is_active=False)[:SHOWN])
    owned = owned_counts([person.pk for person in gone], request.user)
    since = deactivations(gone)
    context = {
        "people": [(person, request.user.may_manage(person)) for person in active[:SHOWN]],
        "more": len(active) > SHOWN,
        "gone": [(person, owned[person.pk], since.get(person.pk)) for person in gone],
        "counts": User.objects.aggregate(
            active=models.Count("pk", filter=models.Q(is_active=True)),
            gone=models.Count("pk", filter=models.Q(is_active=False)),
        ),
        "chips": chips(request),
        "q": request.GET.get("q", ""),
        "counted_query": "&".join(f"row={person.pk}" for person in active),
        "teams": teams(),
        "groups": groups(),
    }
    return render(request, "users/people/index.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn) -> HttpResponse:
    request.user.require_ability(Ability.PEOPLE)
    initial = {"team": request.GET.get("team", "")}
    form = PersonForm(request.POST or None, instance=User(), manager=request.user, initial=initial)
    if request.method == "POST" and (person := save(form, request)):
        messages.success(request, _("%(person)s is there.") % {"person": person})
        if person.signs_in:
            invite(request, person)
        return redirect("users:people")
    return render(request, "users/people/form.html", {"form": form}, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedIn, pk: int) -> HttpResponse:
    person = fetch(request, pk)
    form = PersonForm(request.POST or None, instance=person, manager=request.user)
    if request.method == "POST" and save(form, request):
        messages.success(request, _("Saved."))
        return redirect("users:people")
    context = {
        "form": form,
        "person": User.objects.select_related("profile", "team").get(pk=pk),
        "owned": owned_counts([pk], request.user)[pk],
        "leads": list(person.led_teams.all()),
        "is_me": person.pk == request.user.pk,
        "factors": changed_keys.factors_told(person),
    }
    return render(request, "users/people/form.html", context, status=status_of(form))


@require_safe
def menu(request: SignedIn, pk: int) -> HttpResponse:
    """The actions on a row of the table."""
    person = fetch(request, pk)
    context = {"person": person, "is_me": person.pk == request.user.pk}
    return render(request, "users/people/_menu.html" if request.htmx else "users/people/menu.html", context)


@require_POST
def deactivate(request: SignedIn, pk: int) -> HttpResponse:
    person = fetch(request, pk)
    try:
        person.deactivate(by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("%(person)s cannot sign in any more.") % {"person": person})
    return redirect("users:people")


@require_POST
def reactivate(request: SignedIn, pk: int) -> HttpResponse:
    person = fetch(request, pk)
    person.reactivate(by=request.user)
    messages.success(request, _("%(person)s is active again.") % {"person": person})
    return redirect("users:people")


@require_POST
def reset_factor(request: SignedIn, pk: int) -> HttpResponse:
    """For who lost the second factor: the password alone signs in again."""
    person = fetch(request, pk)
    try:
        changed_keys.reset_factor(person, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("%(person)s signs in with the password alone again.") % {"person": person})
    return redirect("users:person", pk)


@require_POST
def send_link(request: SignedIn, pk: int) -> HttpResponse:
    """Mail a link to choose a password, once more."""
    invite(request, fetch(request, pk))
    return redirect("users:person", pk)


def fetch(request: SignedIn, pk: int) -> User:
    """The person, if one manages people and they are not above one's own level."""
    request.user.require_ability(Ability.PEOPLE)
    person: User = get_object_or_404(User.objects.select_related("profile"), pk=pk)
    if not request.user.may_manage(person):
        said = _(
            "%(person)s has the profile “%(profile)s”, which is above your own. Only one of that level can do this."
        )
        raise Refused(said % {"person": person, "profile": person.profile})
    return person


def save(form: PersonForm, request: SignedIn) -> User | None:
    """The person as saved; nothing if the form has to be corrected."""
    if not form.is_valid():
        return None
    try:
        return form.save_as(request.user)
    except ValidationError as error:
        form.add_error(None, error)
    except StaleRecord:
        form.add_error(None, _("Somebody else saved this just now. Save again to merge both."))
    except IntegrityError:
        form.add_error("email", _("Somebody has this address."))
    return None


def status_of(form: PersonForm) -> int:
    return 409 if form.clashes else 422 if form.errors else 200


def invite(request: SignedIn, person: User) -> None:
    """Mail a link to choose a password, and say where it went; a mail that fails is told, the person stays."""
    form = ResetPasswordForm({"email": person.email})
    if not (person.signs_in and person.is_active and form.is_valid()):
        messages.error(request, _("%(person)s does not sign in: no link was sent.") % {"person": person})
        return
    try:
        form.save(request)
    except OSError as error:
        said = _("The mail to %(address)s could not be sent (%(error)s). Try again from the page of the person.")
        messages.error(request, said % {"address": person.email, "error": error})
    else:
        messages.info(request, where_it_went() % {"address": person.email, "folder": settings.EMAIL_FILE_PATH})


def where_it_went() -> str:
    """Whether mail goes out of this installation at all."""
    if "filebased" in settings.EMAIL_BACKEND:
        return _("No mail server is set up: the mail with the link for %(address)s lies in %(folder)s.")
    return _("A link to choose a password is on its way to %(address)s.")


def narrowed(request: SignedIn, people: UserQuerySet) -> UserQuerySet:
    """The people of the search box and the chips."""
    if words := fold(request.GET.get("q", "")[:200]):
        people = people.filter(models.Q(name_key__contains=words) | models.Q(email__contains=words))
    for name in ("team", "profile", "groups"):
        value = request.GET.get(name, "")
        if value.isdecimal() and len(value) < 19:
            people = people.filter(**{name: value})
    return people


def chips(request: SignedIn) -> list[dict[str, Any]]:
    """What the table is narrowed by, each with the query without it."""
    found = []
    for name, label, model in (
        ("team", _("Team"), Team),
        ("profile", _("Profile"), Profile),
        ("groups", _("Group"), Group),
    ):
        value = request.GET.get(name, "")
        row = model._default_manager.filter(pk=value).first() if value.isdecimal() and len(value) < 19 else None
        if row is not None:
            rest = request.GET.copy()
            rest.pop(name)
            found.append({"name": name, "key": label, "pk": row.pk, "value": row, "without": f"?{rest.urlencode()}"})
    return found


def teams() -> list[Any]:
    people = models.Count("people", filter=models.Q(people__is_active=True))
    return list(Team.objects.active().select_related("manager").annotate(size=people).order_by("position", "id"))


def groups() -> list[Any]:
    people = models.Count("user", filter=models.Q(user__is_active=True))
    return list(Group.objects.annotate(size=people).order_by("name"))


def deactivations(people: list[User]) -> dict[int, Any]:
    """When each of them was deactivated, from the journal."""
    done = Change.objects.filter(
        model__app_label="users",
        model__model="user",
        record_id__in=[person.pk for person in people],
        operation__what="user.deactivate",
    )
    return dict(done.values_list("record_id").annotate(at=models.Max("operation__at")))
