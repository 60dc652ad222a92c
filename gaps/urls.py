from django.urls import path, re_path

from gaps.views import ballot, claims, decisions, evidence_map, exports, gap, history, imports, listing, priority, saved

UID = r"(?P<uid>GAP-[0-9]+)"

urlpatterns = [
    path("", listing.gap_list, name="gap_list"),
    path("claims/", claims.claim_list, name="claim_list"),
    path("export/<slug:form>/", exports.gap_export, name="gap_export"),
    re_path(rf"^{UID}/as/(?P<form>[a-z]+)/$", exports.gap_file, name="gap_file"),
    path("map/", evidence_map.evidence_map, name="evidence_map"),
    path("views/<slug:page>/save/", saved.save_view, name="save_view"),
    path("views/<int:pk>/delete/", saved.delete_view, name="delete_view"),
    path("imports/", imports.import_list, name="import_list"),
    path("imports/add/", imports.import_add, name="import_add"),
    path("imports/<int:pk>/", imports.import_detail, name="import_detail"),
    path("imports/<int:pk>/columns/", imports.import_columns, name="import_columns"),
    re_path(rf"^{UID}/$", gap.gap_detail, name="gap_detail"),
    re_path(rf"^{UID}/decisions/$", decisions.gap_decisions, name="gap_decisions"),
    re_path(rf"^{UID}/decisions/move/$", decisions.gap_move, name="gap_move"),
    re_path(rf"^{UID}/decisions/verification/$", decisions.gap_verify, name="gap_verify"),
    re_path(rf"^{UID}/decisions/certainty/$", decisions.gap_assess, name="gap_assess"),
    re_path(rf"^{UID}/decisions/tier/$", decisions.gap_tier, name="gap_tier"),
    re_path(rf"^{UID}/history/$", history.gap_history, name="gap_history"),
    path("rounds/", priority.round_list, name="round_list"),
    path("rounds/new/", priority.round_add, name="round_add"),
    path("rounds/<slug:slug>/", priority.round_detail, name="round_detail"),
    path("rounds/<slug:slug>/edit/", priority.round_edit, name="round_edit"),
    path("rounds/<slug:slug>/gaps/", priority.round_gaps, name="round_gaps"),
    path("rounds/<slug:slug>/open/", priority.round_open, name="round_open"),
    path("rounds/<slug:slug>/close/", priority.round_close, name="round_close"),
    path("rounds/<slug:slug>/tiers/", priority.round_tiers, name="round_tiers"),
    path("rounds/<slug:slug>/ballot/", ballot.round_ballot, name="round_ballot"),
]
