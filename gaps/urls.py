from django.urls import path, re_path

from gaps.views import gap, listing

UID = r"(?P<uid>GAP-[0-9]+)"

urlpatterns = [
    path("", listing.gap_list, name="gap_list"),
    re_path(rf"^{UID}/$", gap.gap_detail, name="gap_detail"),
]
