"""What each person sets for themselves: their name, how pages look and speak."""

import zoneinfo
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.models import House
from records.forms import RecordForm
from users.models import User


def zones() -> list[str]:
    return sorted(zone for zone in zoneinfo.available_timezones() if "/" in zone and not zone.startswith("Etc/"))


class NameForm(RecordForm):
    class Meta:
        model = User
        fields = ("first_name", "last_name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["last_name"].error_messages["required"] = _("Enter your last name.")


class DisplayForm(RecordForm):
    timezone = forms.ChoiceField(label=gettext_lazy("Time zone"), required=False)

    class Meta:
        model = User
        fields = ("language", "timezone", "theme", "density", "single_keys")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["single_keys"].widget.attrs["class"] = "check"
        for field in self.fields.values():
            field.always_set = True  # type: ignore[attr-defined]
        as_house = _("As the house: %(zone)s") % {"zone": House.current().timezone}
        self.fields["timezone"].choices = [("", as_house), *((zone, zone) for zone in zones())]  # type: ignore[attr-defined]
        self.fields["language"].choices = [("", _("As the browser")), *settings.LANGUAGES]  # type: ignore[attr-defined]
