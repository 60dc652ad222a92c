from django.urls import path, re_path

from gaps.views import evidence_map, gap, listing, saved

UID = r"(?P<uid>GAP-[0-9]+)"

urlpatterns = [
    path("", listing.gap_list, name="gap_list"),
    path("map/", evidence_map.evidence_map, name="evidence_map"),
    path("views/<slug:page>/save/", saved.save_view, name="save_view"),
    path("views/<int:pk>/delete/", saved.delete_view, name="delete_view"),
    re_path(rf"^{UID}/$", gap.gap_detail, name="gap_detail"),
]
