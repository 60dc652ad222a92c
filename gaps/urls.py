from django.urls import path, re_path

from gaps.views import claims, exports, gap, listing

UID = r"(?P<uid>GAP-[0-9]+)"

urlpatterns = [
    path("", listing.gap_list, name="gap_list"),
    path("claims/", claims.claim_list, name="claim_list"),
    path("export/<slug:form>/", exports.gap_export, name="gap_export"),
    re_path(rf"^{UID}/as/(?P<form>[a-z]+)/$", exports.gap_file, name="gap_file"),
    re_path(rf"^{UID}/$", gap.gap_detail, name="gap_detail"),
]
