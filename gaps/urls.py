from django.urls import path, re_path

from gaps.views import evidence, exports, gap, listing, studies

UID = r"(?P<uid>GAP-[0-9]+)"

urlpatterns = [
    path("", listing.gap_list, name="gap_list"),
    path("export/<slug:form>/", exports.gap_export, name="gap_export"),
    path("studies/", studies.study_list, name="study_list"),
    path("studies/<slug:slug>/", studies.study_detail, name="study_detail"),
    re_path(rf"^{UID}/as/(?P<form>[a-z]+)/$", exports.gap_file, name="gap_file"),
    re_path(rf"^{UID}/$", gap.gap_detail, name="gap_detail"),
    re_path(rf"^{UID}/evidence/$", evidence.gap_evidence, name="gap_evidence"),
]
