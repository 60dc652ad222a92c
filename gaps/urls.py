from django.urls import path, re_path

from gaps.views import gap, imports, listing

UID = r"(?P<uid>GAP-[0-9]+)"

urlpatterns = [
    path("", listing.gap_list, name="gap_list"),
    path("imports/", imports.import_list, name="import_list"),
    path("imports/add/", imports.import_add, name="import_add"),
    path("imports/<int:pk>/", imports.import_detail, name="import_detail"),
    path("imports/<int:pk>/columns/", imports.import_columns, name="import_columns"),
    re_path(rf"^{UID}/$", gap.gap_detail, name="gap_detail"),
]
