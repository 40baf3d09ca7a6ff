from django.urls import path

from users.views import preferences

app_name = "users"
urlpatterns = [
    path("preferences/", preferences.edit, name="preferences"),
    path("preferences/theme/", preferences.theme, name="theme"),
    path("preferences/density/", preferences.density, name="density"),
    path("auth/language/", preferences.language, name="language"),
]
