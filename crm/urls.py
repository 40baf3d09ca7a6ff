"""Every address of the CRM (ARCHITECTURE 9)."""

from django.urls import include, path, register_converter

from core.converters import IdConverter
from crm import journal, searching, styleguide, trash, undoing, views
from crm.set_up import archives, first, home, house
from opportunities.views import targets
from tasks.views import day

register_converter(IdConverter, "pk")


urlpatterns = [
    path("", day.day, name="home"),
    path("setup/", first.setup, name="setup"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("robots.txt", views.robots, name="robots"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("search/", searching.search, name="search"),
    path("journal/", journal.index, name="journal"),
    path("journal/<pk:pk>/", journal.operation, name="operation"),
    path("journal/<pk:pk>/undo/", undoing.undo, name="undo"),
    path("trash/", trash.index, name="trash"),
    path("trash/<slug:kind>/<pk:pk>/restore/", trash.restore, name="restore"),
    path("settings/", home.index, name="settings"),
    path("settings/house/", house.house, name="house"),
    path("settings/archives/", archives.index, name="archives"),
    path("settings/archives/make/", archives.make, name="make_archive"),
    path("settings/archives/<pk:pk>/file/", archives.file, name="archive_file"),
    path("settings/archives/<pk:pk>/delete/", archives.discard, name="delete_archive"),
    path("settings/targets/", targets.targets, name="targets"),
    path("settings/", include("pipelines.urls")),
    path("settings/", include("attributes.urls")),
    path("settings/lists/", include("accounts.list_urls")),
    path("opportunities/", include("opportunities.urls")),
    path("accounts/", include("accounts.urls")),
    path("contacts/", include("accounts.contact_urls")),
    path("imports/", include("transfers.urls")),
    path("reports/", include("reports.urls")),
    path("", include("tasks.urls")),
    path("", include("activities.urls")),
    path("", include("users.urls")),
    path("auth/", include("users.auth_urls")),
]

handler400 = "crm.errors.bad_request"
handler403 = "crm.errors.forbidden"
handler404 = "crm.errors.not_found"
handler500 = "crm.errors.server_error"
