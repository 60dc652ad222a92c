from django.urls import path, re_path

from gaps.views import comments, gap, listing, saved

UID = r"(?P<uid>GAP-[0-9]+)"

urlpatterns = [
    path("", listing.gap_list, name="gap_list"),
    path("views/<slug:page>/save/", saved.save_view, name="save_view"),
    path("views/<int:pk>/delete/", saved.delete_view, name="delete_view"),
    re_path(rf"^{UID}/comments/$", comments.gap_comments, name="gap_comments"),
    re_path(rf"^{UID}/comments/(?P<pk>[0-9]+)/edit/$", comments.comment_edit, name="comment_edit"),
    re_path(rf"^{UID}/comments/(?P<pk>[0-9]+)/resolve/$", comments.comment_resolve, name="comment_resolve"),
    re_path(rf"^{UID}/$", gap.gap_detail, name="gap_detail"),
]
