from django.urls import URLPattern, path
from django.views.generic import RedirectView

from attributes.models import AttributedRecord
from attributes.views import set_up, tags

app_name = "attributes"
urlpatterns = [
    path("tags/", set_up.Tags.as_view(), name="tags"),
    path("fields/", RedirectView.as_view(pattern_name="attributes:fields"), {"of": "opportunity"}, name="all_fields"),
    path("fields/<slug:of>/", set_up.Fields.as_view(), name="fields"),
    path("fields/<slug:of>/new/", set_up.new_field, name="new_field"),
    path("fields/<slug:of>/groups/", set_up.Groups.as_view(), name="groups"),
    path("fields/<slug:of>/filled/", set_up.filled, name="filled"),
    path("fields/values/<pk:pk>/", set_up.Options.as_view(), name="options"),
]


def under(model: type[AttributedRecord]) -> list[URLPattern]:
    """The addresses under a record of this kind."""
    return [path("<pk:pk>/tags/", tags.retag, {"model": model}, name="retag")]
