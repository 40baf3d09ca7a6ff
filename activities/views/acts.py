"""Editing, removing, moving one activity (ACT-2)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from activities.models import Activity
from core.forms import Counted
from opportunities.models import Opportunity
from records.forms import RecordForm
from records.gate import Refused
from records.models import StaleRecord
from users.middleware import SignedIn
from users.models import User


class ActivityForm(RecordForm):
    class Meta:
        model = Activity
        fields = ("subject", "text")
        widgets = {"text": forms.Textarea(attrs={"rows": 6})}


class MoveForm(Counted, forms.Form):
    opportunity = forms.CharField(
        label=gettext_lazy("ID of the opportunity"),
        error_messages={"required": gettext_lazy("Enter the ID of the opportunity.")},
    )
    keep = forms.BooleanField(label=gettext_lazy("Show it on both"), required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_opportunity(self) -> Opportunity:
        text = self.cleaned_data["opportunity"].strip().lstrip("#")
        found = None
        if text.isdecimal() and len(text) < 19:
            found = Opportunity.objects.visible_to(self.user, few=True).filter(pk=text).first()
        if found is None:
            raise ValidationError(_("There is no such opportunity, or it is not yours to see."))
        return found


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedIn, pk: int) -> HttpResponse:
    activity = changeable(request, pk)
    form = ActivityForm(request.POST or None, instance=activity)
    if request.method == "POST" and form.is_valid():
        try:
            activity.edit(by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        except StaleRecord:
            form.add_error(None, _("Somebody else saved this just now. Save again to merge both."))
        else:
            messages.success(request, _("Saved."))
            return _to(request, activity)
    context = {"form": form, "activity": activity, "back": activity.get_absolute_url()}
    template = "activities/_edit.html" if request.htmx else "activities/edit.html"
    return render(request, template, context, status=409 if form.clashes else 422 if form.errors else 200)


@require_POST
def remove(request: SignedIn, pk: int) -> HttpResponse:
    activity = changeable(request, pk)
    activity.remove(by=request.user)
    messages.success(request, _("Taken out of the history."))
    return redirect(activity.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: SignedIn, pk: int) -> HttpResponse:
    """To another opportunity, or shown on both."""
    activity = changeable(request, pk)
    back = activity.get_absolute_url()
    form = MoveForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        to = form.cleaned_data["opportunity"]
        if form.cleaned_data["keep"]:
            activity.link_to(to, by=request.user)
            messages.success(request, _("Shown on “%(opportunity)s” as well.") % {"opportunity": to})
        else:
            activity.move_to(to, by=request.user)
            messages.success(request, _("Moved to “%(opportunity)s”.") % {"opportunity": to})
        return _to(request, activity)
    template = "activities/_move.html" if request.htmx else "activities/move.html"
    return render(
        request, template, {"form": form, "activity": activity, "back": back}, status=422 if form.errors else 200
    )


def changeable(request: SignedIn, pk: int) -> Activity:
    """404 if one does not see the record; ``Refused`` if one neither wrote it nor may edit the record."""
    seen = Activity.objects.visible_to(request.user).select_related("opportunity", "account", "contact", "made_by")
    found: Activity | None = seen.filter(pk=pk).first()
    if found is None:
        raise Http404
    if not found.may_be_changed_by(request.user):
        said = _("%(person)s wrote it, and can change it, as can whoever may edit the record.")
        raise Refused(said % {"person": found.made_by or _("Somebody")})
    return found


def _to(request: SignedIn, activity: Activity) -> HttpResponse:
    url = activity.get_absolute_url()
    return HttpResponse(headers={"HX-Redirect": url}) if request.htmx else redirect(url)
