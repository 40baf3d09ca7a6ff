"""Forms about people."""

import zoneinfo

from django import forms
from django.utils.translation import gettext_lazy as _

from users.models import User


class PreferencesForm(forms.ModelForm):  # type: ignore[type-arg]
    timezone = forms.ChoiceField(label=_("Time zone"), required=False)

    class Meta:
        model = User
        fields = ("first_name", "last_name", "language", "timezone", "theme", "density", "single_keys")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        zones = sorted(zone for zone in zoneinfo.available_timezones() if "/" in zone)
        self.fields["timezone"].choices = [("", _("As the house")), *((zone, zone) for zone in zones)]  # type: ignore[attr-defined]
