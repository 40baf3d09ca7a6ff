"""The screen of task categories (SET-1)."""

from django.utils.translation import gettext_lazy

from records.set_up.page import SetUpPage
from tasks.forms import TaskCategoryForm
from tasks.models import TaskCategory


class TaskCategories(SetUpPage):
    model = TaskCategory
    form_class = TaskCategoryForm
    title = gettext_lazy("Task categories")
    group = gettext_lazy("Activity")
    add_label = gettext_lazy("Add a category")
    uses = (
        ("task", gettext_lazy("Tasks"), gettext_lazy("one category each; its icon stands before the task")),
        ("list", gettext_lazy("List and board"), gettext_lazy("the icon of the next step")),
    )
