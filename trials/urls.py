"""Addresses under /protocols/."""

from django.urls import path

from trials.views import conformance, designs, export, protocol, sizing

urlpatterns = [
    path("", protocol.protocol_list, name="protocol_list"),
    path("new/", protocol.protocol_add, name="protocol_add"),
    path("preview/", protocol.protocol_preview, name="protocol_preview"),
    path("sizings/<slug:uid>/", sizing.sizing_report, name="sizing_report"),
    path("sizings/<slug:uid>/<slug:extension>/", sizing.sizing_file, name="sizing_file"),
    path("<slug:uid>/", protocol.protocol_detail, name="protocol_detail"),
    path("<slug:uid>/edit/", protocol.protocol_edit, name="protocol_edit"),
    path("<slug:uid>/conformance/", conformance.protocol_conformance, name="protocol_conformance"),
    path("<slug:uid>/designs/", designs.protocol_designs, name="protocol_designs"),
    path("<slug:uid>/exports/", export.protocol_exports, name="protocol_exports"),
    path("<slug:uid>/exports/<slug:name>/", export.protocol_file, name="protocol_file"),
    path("<slug:uid>/preview/", protocol.protocol_preview, name="protocol_preview_of"),
    path("<slug:uid>/duplicate/", protocol.protocol_duplicate, name="protocol_duplicate"),
    path("<slug:uid>/withdraw/", protocol.protocol_withdraw, name="protocol_withdraw"),
]
