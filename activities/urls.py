from django.urls import path

from activities.views import acts, calendar_feed, feed, set_up, time

app_name = "activities"
urlpatterns = [
    *(
        path(f"{place}/<pk:pk>/activity/", feed.feed, {"kind": kind}, name=f"{kind}")
        for kind, place in (("opportunity", "opportunities"), ("account", "accounts"), ("contact", "contacts"))
    ),
    path("opportunities/<pk:pk>/time/", time.declare, name="time"),
    path("time/<pk:pk>/remove/", time.remove, name="remove_time"),
    path("activities/<pk:pk>/", acts.edit, name="edit"),
    path("activities/<pk:pk>/remove/", acts.remove, name="remove"),
    path("activities/<pk:pk>/move/", acts.move, name="move"),
    path("preferences/calendar/", calendar_feed.page, name="calendar_feed"),
    path("preferences/calendar/renew/", calendar_feed.renew, name="renew_calendar"),
    path("preferences/calendar/stop/", calendar_feed.stop, name="stop_calendar"),
    path("calendar/<str:token>.ics", calendar_feed.calendar, name="calendar"),
    path("settings/activity-types/", set_up.ActivityTypes.as_view(), name="types"),
]
