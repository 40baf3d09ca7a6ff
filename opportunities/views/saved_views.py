"""Saving how one looks at the list: filters, order, columns (LIST-3)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import Group
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.views.form import on_to
from core.columns import picks
from core.folding import fold
from core.sorting import Sort
from opportunities.columns import all_columns, chosen
from opportunities.filters import narrowing
from opportunities.models import SavedView
from opportunities.models.saved_view import MOST, views_of
from opportunities.sorting import orders
from records.gate import Refused
from users.middleware import SignedIn


class ViewForm(forms.Form):
    """Its name and who sees it; the groups that one may share with are those one is in."""

    AUDIENCES = (
        ("me", gettext_lazy("Me")),
        ("everybody", gettext_lazy("Everybody")),
        ("groups", gettext_lazy("Groups")),
    )

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        error_messages={"required": gettext_lazy("Give the view a name.")},
    )
    audience = forms.ChoiceField(
        label=gettext_lazy("Who sees it"), choices=AUDIENCES, widget=forms.RadioSelect, initial="me"
    )
    groups = forms.ModelMultipleChoiceField(
        Group.objects.none(), label=gettext_lazy("Groups"), required=False, widget=forms.CheckboxSelectMultiple
    )
    query = forms.CharField(required=False, max_length=MOST, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: Any, view: SavedView | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.view = user, view
        groups: Any = self.fields["groups"]
        groups.queryset = Group.objects.all() if user.can("set_up") else user.groups.all()
        groups.widget.choices = list(groups.choices)

    @property
    def error_count(self) -> int:
        return sum(len(errors) for errors in self.errors.values())

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        for other in views_of(self.user).values():
            own = other.owner_id == self.user.pk and other != self.view
            if own and fold(other.name) == fold(name):
                raise forms.ValidationError(_("You have a view of this name. Choose another one."))
        return name

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("audience") != "groups":
            given["groups"] = []
        elif not given.get("groups"):
            self.add_error("groups", _("Choose at least one group."))
        return given

    @property
    def shared(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "for_everybody": given["audience"] == "everybody",
            "groups": [group.pk for group in given["groups"]],
        }


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn) -> HttpResponse:
    """Saves the list as it is looked at now."""
    posted = request.POST if request.method == "POST" else None
    form = ViewForm(posted, user=request.user, initial={"query": request.GET.urlencode()})
    if form.is_valid():
        shared = form.shared
        groups = shared.pop("groups")
        view = SavedView(
            owner=request.user, name=form.cleaned_data["name"], **shared, **shape(form.cleaned_data["query"])
        )
        view.add(by=request.user, groups=groups)
        messages.success(request, _("The view “%(name)s” is saved.") % {"name": view})
        return on_to(request, view.get_absolute_url())
    return answer(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedIn, pk: int) -> HttpResponse:
    """Renames it, or shares it."""
    view = fetch(request, pk)
    audience = "everybody" if view.for_everybody else "groups" if view.group_ids else "me"
    initial = {"name": view.name, "audience": audience, "groups": list(view.group_ids)}
    posted = request.POST if request.method == "POST" else None
    form = ViewForm(posted, user=request.user, view=view, initial=initial)
    if form.is_valid():
        view.edit(by=request.user, name=form.cleaned_data["name"], **form.shared)
        messages.success(request, _("The view “%(name)s” is saved.") % {"name": view})
        return on_to(request, view.get_absolute_url())
    return answer(request, form, view)


@require_POST
def save(request: SignedIn, pk: int) -> HttpResponse:
    """Has an existing view show what one looks at now."""
    view = fetch(request, pk)
    view.edit(by=request.user, **shape(request.POST.get("query", "")[:MOST]))
    messages.success(request, _("The view “%(name)s” is saved.") % {"name": view})
    return redirect(view)


@require_POST
def delete(request: SignedIn, pk: int) -> HttpResponse:
    view = fetch(request, pk)
    view.archive(by=request.user)
    messages.success(request, _("The view “%(name)s” is deleted.") % {"name": view})
    return redirect("opportunities:index")


@require_POST
def first(request: SignedIn, pk: int) -> HttpResponse:
    """The list opens with this view, or no longer does."""
    view = seen(request, pk)
    if request.POST.get("first") == "no":
        view.open_no_longer(by=request.user)
    else:
        view.open_first(by=request.user)
        messages.success(request, _("The list opens with “%(name)s” now.") % {"name": view})
    return redirect(view)


@require_safe
def columns(request: SignedIn) -> HttpResponse:
    """Asks which columns to show, and in which order."""
    now = [column.code for column in chosen(request.GET)]
    context = picks(request.GET, all_columns(), now, reverse("opportunities:index"))
    return render(request, "components/columns.html" if request.htmx else "columns.html", context)


def shape(query: str) -> dict[str, Any]:
    """What a query says of how the list is shown; what the list does not know is left out."""
    given, filters = QueryDict(query), QueryDict(mutable=True)
    for name in narrowing(given):
        if values := [value for value in given.getlist(name) if value]:
            filters.setlist(name, values)
    named = [code for code in dict.fromkeys(given.getlist("columns")) if code in all_columns()]
    return {
        "query": filters.urlencode(),
        "sort": str(Sort.parse(given.get("sort", ""), orders()) or ""),
        "shown": named,
    }


def seen(request: SignedIn, pk: int) -> SavedView:
    if pk not in views_of(request.user):
        raise Http404
    return SavedView.objects.get(pk=pk)


def fetch(request: SignedIn, pk: int) -> SavedView:
    """A view that one may change: else 404, or 403 with whom to ask."""
    view = seen(request, pk)
    if not view.may_be_changed_by(request.user):
        raise Refused(_("The view belongs to %(owner)s, who can change it.") % {"owner": view.owner})
    return view


def answer(request: SignedIn, form: ViewForm, view: SavedView | None) -> HttpResponse:
    there = reverse("opportunities:edit_view", args=[view.pk]) if view else reverse("opportunities:new_view")
    context = {"form": form, "view": view, "there": there}
    template = f"opportunities/saved_views/{'_form' if request.htmx else 'form'}.html"
    return render(request, template, context, status=422 if form.errors else 200)
