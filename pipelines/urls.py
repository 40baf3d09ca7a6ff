from django.urls import path

from pipelines.views import lists, stages

app_name = "pipelines"
urlpatterns = [
    path("pipelines/", stages.index, name="index"),
    path("pipelines/new/", stages.new, name="new"),
    path("pipelines/archived/", stages.archived, name="archived"),
    path("pipelines/<pk:pk>/", stages.Stages.as_view(), name="stages"),
    path("pipelines/<pk:pk>/unarchive/", stages.unarchive, name="unarchive"),
    path("sources/", lists.Sources.as_view(), name="sources"),
    path("lost-reasons/", lists.LostReasons.as_view(), name="lost_reasons"),
    path("origins/", lists.OriginTypes.as_view(), name="origin_types"),
    path("origins/<pk:pk>/", lists.Origins.as_view(), name="origins"),
]
