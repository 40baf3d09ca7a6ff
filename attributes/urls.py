from django.urls import URLPattern, path

from attributes.models import AttributedRecord
from attributes.views import set_up, tags

app_name = "attributes"
urlpatterns = [
    path("tags/", set_up.Tags.as_view(), name="tags"),
]


def under(model: type[AttributedRecord]) -> list[URLPattern]:
    """The addresses under a record of this kind."""
    return [path("<pk:pk>/tags/", tags.retag, {"model": model}, name="retag")]
