from activities.models.activity import Activity, ActivityLink, ActivityQuerySet
from activities.models.kind import ActivityType, activity_types
from activities.models.time_entry import TimeEntry

__all__ = ["Activity", "ActivityLink", "ActivityQuerySet", "ActivityType", "TimeEntry", "activity_types"]
