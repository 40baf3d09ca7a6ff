from django.urls import path

from transfers.views import conflicts, exporting, receipts, wizard

app_name = "transfers"
urlpatterns = [
    path("", receipts.index, name="index"),
    path("new/", wizard.new, name="new"),
    path("<pk:pk>/", receipts.receipt, name="import"),
    path("<pk:pk>/columns/", wizard.columns, name="columns"),
    path("<pk:pk>/sheet/", wizard.sheet, name="sheet"),
    path("<pk:pk>/values/", wizard.values, name="values"),
    path("<pk:pk>/preview/", wizard.preview, name="preview"),
    path("<pk:pk>/conflicts/", conflicts.conflicts, name="conflicts"),
    path("<pk:pk>/run/", wizard.run, name="run"),
    path("<pk:pk>/cancel/", receipts.cancel, name="cancel"),
    path("<pk:pk>/discard/", receipts.discard, name="discard"),
    path("<pk:pk>/refused/", receipts.refused, name="refused"),
    path("<pk:pk>/file/", receipts.file, name="file"),
    path("exports/new/", exporting.new, name="export"),
    path("exports/<pk:pk>/", exporting.exported, name="exported"),
    path("exports/<pk:pk>/file/", exporting.file, name="exported_file"),
]
