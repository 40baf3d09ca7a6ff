from django.urls import path

from tasks.views import acts, calendar, day, listing, set_up, task, tracks

app_name = "tasks"
urlpatterns = [
    path("tasks/", listing.index, name="index"),
    path("tasks/calendar/", calendar.month, name="calendar"),
    path("tasks/new/", task.new, name="new"),
    path("tasks/quick/", day.quick, name="quick"),
    path("tasks/late/today/", day.postpone_late, name="postpone_late"),
    path("tasks/<pk:pk>/", task.task, name="task"),
    path("tasks/<pk:pk>/menu/", task.menu, name="menu"),
    path("tasks/<pk:pk>/complete/", acts.complete, name="complete"),
    path("tasks/<pk:pk>/reopen/", acts.reopen, name="reopen"),
    path("tasks/<pk:pk>/postpone/", acts.postpone, name="postpone"),
    path("tasks/<pk:pk>/assign/", acts.assign, name="assign"),
    path("tasks/<pk:pk>/remove/", acts.remove, name="remove"),
    path("opportunities/<pk:pk>/tracks/add/", tracks.add, name="add_track"),
    path("opportunities/<pk:pk>/tracks/move/", tracks.move, name="move_tracks"),
    path("tracks/preview/", tracks.preview, name="preview_track"),
    path("tracks/<pk:pk>/remove/", tracks.remove, name="remove_track"),
    path("settings/task-categories/", set_up.TaskCategories.as_view(), name="categories"),
    path("settings/tracks/", set_up.Tracks.as_view(), name="tracks"),
    path("settings/tracks/<pk:pk>/", set_up.Steps.as_view(), name="steps"),
    path("settings/holidays/", set_up.Holidays.as_view(), name="holidays"),
]
