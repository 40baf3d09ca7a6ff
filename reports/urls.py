from django.urls import path

from reports.views import parties

app_name = "reports"
urlpatterns = [
    path("", parties.index, name="index"),
    path("opportunities/", parties.opportunities, name="opportunities"),
]
