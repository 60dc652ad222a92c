"""Every address of the site."""

from django.contrib import admin
from django.contrib.auth import views as auth_views
from django.urls import include, path

from ldnplanner import views

urlpatterns = [
    path("", views.home, name="home"),
    path("help/", views.help, name="help"),
    path("display/", views.scheme, name="scheme"),
    path("account/", views.account, name="account"),
    path("account/sign-in/", auth_views.LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("account/sign-out/", auth_views.LogoutView.as_view(), name="logout"),
    path("account/password/", auth_views.PasswordChangeView.as_view(), name="password_change"),
    path("account/password/done/", auth_views.PasswordChangeDoneView.as_view(), name="password_change_done"),
    path("gaps/", include("gaps.urls")),
    path("protocols/", include("trials.urls")),
    path("admin/", admin.site.urls),
]
