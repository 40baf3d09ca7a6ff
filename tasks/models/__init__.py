from tasks.models.applied import AppliedTrack
from tasks.models.category import TaskCategory, task_categories
from tasks.models.reminding import Reminder
from tasks.models.task import Task, TaskQuerySet
from tasks.models.track import Step, Track
from tasks.models.working_days import Holiday, WorkingWeek

__all__ = [
    "AppliedTrack",
    "Holiday",
    "Reminder",
    "Step",
    "Task",
    "TaskCategory",
    "TaskQuerySet",
    "Track",
    "WorkingWeek",
    "task_categories",
]
