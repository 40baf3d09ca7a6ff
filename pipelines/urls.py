from django.urls import path

from pipelines.views import currencies, lists, products, stages, two_levels

app_name = "pipelines"
urlpatterns = [
    path("pipelines/", stages.index, name="index"),
    path("pipelines/new/", stages.new, name="new"),
    path("pipelines/archived/", stages.archived, name="archived"),
    path("pipelines/<pk:pk>/", stages.Stages.as_view(), name="stages"),
    path("pipelines/<pk:pk>/unarchive/", stages.unarchive, name="unarchive"),
    path("sources/", lists.Sources.as_view(), name="sources"),
    path("lost-reasons/", lists.LostReasons.as_view(), name="lost_reasons"),
    path("origins/", two_levels.OriginTypes.as_view(), name="origin_types"),
    path("origins/<pk:pk>/", two_levels.Origins.as_view(), name="origins"),
    path("categories/", two_levels.Categories.as_view(), name="categories"),
    path("categories/<pk:pk>/", two_levels.Subcategories.as_view(), name="subcategories"),
    path("families/", two_levels.Families.as_view(), name="families"),
    path("families/<pk:pk>/", two_levels.Subfamilies.as_view(), name="subfamilies"),
    path("establishments/", lists.Establishments.as_view(), name="establishments"),
    path("sectors/", lists.Sectors.as_view(), name="sectors"),
    path("sale-types/", lists.SaleTypes.as_view(), name="sale_types"),
    path("products/", products.Products.as_view(), name="products"),
    path("currencies/", currencies.Currencies.as_view(), name="currencies"),
    path("currencies/<pk:pk>/", currencies.rates, name="rates"),
    path("currencies/rates/<pk:pk>/withdraw/", currencies.withdraw, name="withdraw_rate"),
    path("roles/", lists.PersonRoles.as_view(), name="person_roles"),
]
