"""One field edited where it stands: a click turns it into an input, ↵ saves it (design, *Inline edit*)."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from core.coming_from import coming_from
from opportunities.inline import InlineForm, fields_of, title_of, verb_for
from opportunities.views.form import symbol
from opportunities.views.record import fetch
from records import gate
from records.merging import until_fresh
from users.middleware import SignedIn


@require_http_methods(["GET", "HEAD", "POST"])
def field(request: SignedIn, pk: int, name: str) -> HttpResponse:
    """Its input; sent, the page where it was edited, or the input with what is wrong."""
    names = fields_of(name)
    if not names:
        raise Http404

    def attempt() -> HttpResponse:
        opportunity = fetch(request, pk)
        gate.require(request.user, verb_for(name), opportunity)
        form = InlineForm(request.POST or None, user=request.user, instance=opportunity, names=names)
        if request.method == "POST" and form.is_valid():
            try:
                form.save_as(request.user)
            except ValidationError as error:
                form.explain(error)
            else:
                messages.success(request, form.said(title_of(name)))
                return redirect(coming_from(request, opportunity.get_absolute_url()))
        return show(request, form, name)

    return until_fresh(attempt)


def show(request: SignedIn, form: InlineForm, name: str) -> HttpResponse:
    """The input in its place, or on a page of its own where there is no script."""
    place = "tab" if request.GET.get("place", request.POST.get("place")) == "tab" else "head"
    here = request.htmx.current_url_abs_path if request.htmx else None
    context = {
        "opportunity": form.instance,
        "form": form,
        "inputs": [form[one] for one in form.names],
        "name": name,
        "title": title_of(name),
        "place": place,
        "currency_symbol": symbol(form.instance),
        "back": coming_from(request, here or form.instance.get_absolute_url()),
    }
    status = 409 if form.clashes else 422 if form.errors else 200
    template = "opportunities/_inline.html" if request.htmx else "opportunities/inline.html"
    response = render(request, template, context, status=status)
    if request.htmx and request.method == "POST":
        response["HX-Retarget"] = response["HX-Reselect"] = f"#inline-{place}-{name}"
        response["HX-Reswap"] = "outerHTML"
    return response
