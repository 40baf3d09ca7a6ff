from django.urls import path

from reports.views import activities, parties

app_name = "reports"
urlpatterns = [
    path("", parties.index, name="index"),
    path("activities/", activities.activities, name="activities"),
    path("activities/list/", activities.listing, name="activity_list"),
    path("activities/csv/", activities.sheet, name="activity_csv"),
    path("opportunities/", parties.opportunities, name="opportunities"),
]
