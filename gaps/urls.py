from django.urls import path, re_path

from gaps.views import decisions, gap, history, listing

UID = r"(?P<uid>GAP-[0-9]+)"

urlpatterns = [
    path("", listing.gap_list, name="gap_list"),
    re_path(rf"^{UID}/$", gap.gap_detail, name="gap_detail"),
    re_path(rf"^{UID}/decisions/$", decisions.gap_decisions, name="gap_decisions"),
    re_path(rf"^{UID}/decisions/move/$", decisions.gap_move, name="gap_move"),
    re_path(rf"^{UID}/decisions/verification/$", decisions.gap_verify, name="gap_verify"),
    re_path(rf"^{UID}/decisions/certainty/$", decisions.gap_assess, name="gap_assess"),
    re_path(rf"^{UID}/decisions/tier/$", decisions.gap_tier, name="gap_tier"),
    re_path(rf"^{UID}/history/$", history.gap_history, name="gap_history"),
]
