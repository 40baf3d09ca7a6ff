from django.urls import path

from users.views import groups, notices, people, preferences, profiles, sharing, teams

app_name = "users"
urlpatterns = [
    path("preferences/", preferences.profile, name="preferences"),
    path("preferences/display/", preferences.display, name="display"),
    path("preferences/notifications/", notices.ways, name="notice_ways"),
    path("preferences/sign-in/", preferences.sign_in, name="sign_in"),
    path("preferences/sessions/<pk:pk>/end/", preferences.end_session, name="end_session"),
    path("preferences/sessions/end-others/", preferences.end_other_sessions, name="end_other_sessions"),
    path("preferences/theme/", preferences.theme, name="theme"),
    path("preferences/density/", preferences.density, name="density"),
    path("auth/language/", preferences.language, name="language"),
    path("notifications/", notices.index, name="notices"),
    path("notifications/read/", notices.read_all, name="read_notices"),
    path("notifications/<pk:pk>/", notices.read, name="read_notice"),
    path("notifications/stop/<str:token>/", notices.stop, name="stop_notices"),
    path("people/holders/", sharing.holders, name="holders"),
    path("settings/people/", people.index, name="people"),
    path("settings/people/new/", people.new, name="new_person"),
    path("settings/people/<pk:pk>/", people.edit, name="person"),
    path("settings/people/<pk:pk>/menu/", people.menu, name="person_menu"),
    path("settings/people/<pk:pk>/deactivate/", people.deactivate, name="deactivate"),
    path("settings/people/<pk:pk>/reactivate/", people.reactivate, name="reactivate"),
    path("settings/people/<pk:pk>/reset-factor/", people.reset_factor, name="reset_factor"),
    path("settings/people/<pk:pk>/send-link/", people.send_link, name="send_link"),
    path("settings/teams/", teams.Teams.as_view(), name="teams"),
    path("settings/teams/<pk:pk>/", teams.members, name="team"),
    path("settings/groups/", groups.index, name="groups"),
    path("settings/groups/new/", groups.new, name="new_group"),
    path("settings/groups/<pk:pk>/", groups.edit, name="group"),
    path("settings/profiles/", profiles.index, name="profiles"),
    path("settings/profiles/<pk:pk>/", profiles.profile, name="profile"),
    path("settings/profiles/<pk:pk>/effect/", profiles.effect, name="profile_effect"),
    path("settings/profiles/<pk:pk>/duplicate/", profiles.duplicate, name="duplicate_profile"),
]
