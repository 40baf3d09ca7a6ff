"""The screen of activity types (SET-1, ACT-2)."""

from django.utils.translation import gettext_lazy

from activities.models import ActivityType
from records.set_up.forms import SetUpForm
from records.set_up.page import SetUpPage


class ActivityTypeForm(SetUpForm):
    class Meta(SetUpForm.Meta):
        model = ActivityType
        fields = ("name", "icon", "is_exchange")


class ActivityTypes(SetUpPage):
    model = ActivityType
    form_class = ActivityTypeForm
    title = gettext_lazy("Activity types")
    group = gettext_lazy("Activity")
    add_label = gettext_lazy("Add a type")
    uses = (
        ("comment", gettext_lazy("Composer"), gettext_lazy("what happened with a client, one of these each time")),
        ("report", gettext_lazy("Reports"), gettext_lazy("activities by person and by type")),
        ("asleep", gettext_lazy("Asleep"), gettext_lazy("an exchange with the client wakes an opportunity")),
    )
