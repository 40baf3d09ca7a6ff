"""The first set-up of a new installation: the first super administrator and what everybody starts with (SET-3)."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, password_validation
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from core.money import CURRENCIES
from core.templatetags.components import language as reader_language
from crm import starting_point
from crm.set_up.house import edit_house
from users.models import Profile, User

FREE = ("/setup/", "/healthz", "/readyz", "/favicon.ico", "/robots.txt", "/auth/language/", settings.STATIC_URL)


def install(
    *, email: str, password: str, language: str, first_name: str = "", last_name: str = "", house: Any = None
) -> User | None:
    """Make what is missing: the usual set-up, and this person as super administrator, who can sign in at once.

    Whoever has the address already stays as they are; then there is nobody to return.
    """
    with transaction.atomic():
        starting_point.start(language)
        if house:
            edit_house(house, by=None)
        if User.objects.filter(email=email.lower()).exists():
            return None
        profile = Profile.objects.filter(level=Profile.Level.SUPER_ADMINISTRATOR).order_by("position").first()
        person = User(
            email=email,
            first_name=first_name,
            last_name=last_name or email.partition("@")[0],
            profile=profile,
        )
        person.set_password(password)
        added: User = person.add(by=None)
        return added


def check_password(password: str, email: str, *names: str) -> None:
    """Raises ``ValidationError`` with every reason against a password."""
    first_name, last_name = (*names, "", "")[:2]
    password_validation.validate_password(password, User(email=email, first_name=first_name, last_name=last_name))


class FirstForm(forms.Form):
    use_required_attribute = False
    house = forms.CharField(label=gettext_lazy("Name of your house"), max_length=100)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    currency = forms.ChoiceField(
        label=gettext_lazy("Currency"), choices=[(code, code) for code in CURRENCIES], initial="EUR"
    )
    first_name = forms.CharField(label=gettext_lazy("First name"), max_length=80, required=False)
    last_name = forms.CharField(label=gettext_lazy("Last name"), max_length=80)
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=True),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, said in (
            ("house", _("Name the house.")),
            ("last_name", _("Enter your last name.")),
            ("email", _("Enter the address you will sign in with.")),
            ("password", _("Choose a password.")),
        ):
            self.fields[name].error_messages["required"] = said

    @property
    def error_count(self) -> int:
        return sum(len(errors) for errors in self.errors.values())

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("password"):
            try:
                check_password(
                    cleaned["password"],
                    cleaned.get("email", ""),
                    cleaned.get("first_name", ""),
                    cleaned.get("last_name", ""),
                )
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def setup(request: HttpRequest) -> HttpResponse:
    """The first page of an installation without demo data, as long as there is nobody."""
    if settings.DEMO or User.objects.exists():
        raise Http404
    form = FirstForm(request.POST or None, initial={"language": reader_language()})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            person = install(
                email=given["email"],
                password=given["password"],
                language=given["language"],
                first_name=given["first_name"],
                last_name=given["last_name"],
                house={name: given[name] for name in ("language", "currency")} | {"name": given["house"]},
            )
        except IntegrityError:  # somebody else has sent the form just before
            person = None
        if person is None:
            return redirect("account_login")
        login(request, person, backend="users.backends.People")
        messages.success(request, _("Your CRM is ready. Colleagues and stages are set up under Settings."))
        return redirect("home")
    return render(request, "crm/setup.html", {"form": form}, status=422 if form.errors else 200)


class FirstPage:
    """Middleware: while there is nobody and no demo data, every page leads to the first set-up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.settled = settings.DEMO

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not self.settled:
            self.settled = User.objects.exists()
            if not self.settled and not request.path.startswith(FREE):
                return redirect(reverse("setup"))
        return self.get_response(request)
