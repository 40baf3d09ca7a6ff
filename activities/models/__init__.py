from activities.models.activity import Activity, ActivityLink, ActivityQuerySet
from activities.models.calendar_feed import CalendarFeed
from activities.models.kind import ActivityType, activity_types
from activities.models.time_entry import TimeEntry

__all__ = [
    "Activity",
    "ActivityLink",
    "ActivityQuerySet",
    "ActivityType",
    "CalendarFeed",
    "TimeEntry",
    "activity_types",
]
