from django.urls import path

from gaps import views

urlpatterns = [
    path("", views.gap_list, name="gap_list"),
    path("<slug:uid>/", views.gap_detail, name="gap_detail"),
]
