from tasks.models.category import TaskCategory, task_categories
from tasks.models.task import Task, TaskQuerySet

__all__ = ["Task", "TaskCategory", "TaskQuerySet", "task_categories"]
