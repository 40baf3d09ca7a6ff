from django.urls import path

from attributes.urls import under
from opportunities.models import Opportunity
from opportunities.views import (
    board,
    bulk,
    closing,
    deleting,
    form,
    lines,
    listing,
    moving,
    past,
    people,
    record,
    set_up,
)
from opportunities.views.giving import access, share
from opportunities.views.reassigning import reassign

app_name = "opportunities"
urlpatterns = [
    path("", past.index, name="index"),
    path("summary/", listing.summary, name="summary"),
    path("filters/", listing.filters, name="filters"),
    path("uses/<slug:by>/", set_up.uses, name="uses"),
    path("stage-effect/<pk:pk>/", set_up.stage_effect, name="stage_effect"),
    path("board/", board.index, name="board"),
    path("board/sums/", board.sums, name="board_sums"),
    path("board/stage/<pk:pk>/", board.column, name="board_column"),
    path("board/<pk:pk>/menu/", board.menu, name="board_menu"),
    path("board/<pk:pk>/move/", board.move, name="board_move"),
    path("board/<pk:pk>/lose/", board.lose, name="board_lose"),
    path("bulk/", bulk.choose, name="bulk"),
    path("bulk/<pk:pk>/", bulk.bulk, name="bulk_job"),
    path("bulk/<pk:pk>/cancel/", bulk.cancel, name="bulk_cancel"),
    path("new/", form.new, name="new"),
    path("<pk:pk>/", record.opportunity, name="opportunity"),
    path("<pk:pk>/custom/", record.custom, name="custom"),
    path("<pk:pk>/custom/edit/", record.edit_custom, name="edit_custom"),
    path("<pk:pk>/lines/", lines.lines, name="lines"),
    path("<pk:pk>/lines/preview/", lines.preview, name="preview_lines"),
    path("<pk:pk>/lines/follow/", lines.follow, name="follow_lines"),
    path("<pk:pk>/people/add/", people.add, name="add_person"),
    path("<pk:pk>/people/remove/", people.remove, name="remove_person"),
    path("<pk:pk>/history/", record.history, name="history"),
    path("<pk:pk>/menu/", record.menu, name="menu"),
    path("<pk:pk>/edit/", form.edit, name="edit"),
    path("<pk:pk>/delete/", deleting.delete, name="delete"),
    path("<pk:pk>/reassign/", reassign, name="reassign"),
    path("<pk:pk>/access/", access, name="access"),
    path("<pk:pk>/share/", share, name="share"),
    path("<pk:pk>/move/", moving.move, name="move"),
    path("<pk:pk>/win/", closing.win, name="win"),
    path("<pk:pk>/lose/", closing.lose, name="lose"),
    path("<pk:pk>/cancel/", closing.cancel, name="cancel"),
    path("<pk:pk>/reopen/", closing.reopen, name="reopen"),
    *under(Opportunity),
]
