"""The list of priority rounds."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from gaps.models import PriorityRound


class RoundTable(tables.Table):
    """One row a round: what it asks, of how many gaps, and how far it is."""

    caption = _("Priority rounds")
    row_header = "name"

    name = tables.TemplateColumn(template_name="gaps/_round_name.html", verbose_name=_("Round"), attrs={"td": {"class": "full"}})
    state = tables.TemplateColumn(
        template_name="gaps/_round_state.html",
        order_by=("closed_at", "opened_at"),
        verbose_name=_("State"),
        attrs={"td": {"class": "nowrap"}},
    )
    method = tables.Column(verbose_name=_("Method"), attrs={"td": {"class": "full"}})
    gap_count = tables.Column(verbose_name=_("Gaps"), attrs={"td": {"class": "r lab"}, "th": {"class": "r"}})
    opened_at = tables.DateTimeColumn(format="j M Y", verbose_name=_("Opened"), attrs={"td": {"class": "nowrap lab"}})
    closed_at = tables.DateTimeColumn(format="j M Y", verbose_name=_("Closed"), attrs={"td": {"class": "nowrap lab"}})

    class Meta:
        model = PriorityRound
        fields = ("name", "state", "method", "gap_count", "opened_at", "closed_at")
        order_by = ("-opened_at",)
        attrs = {"class": "table table-hover stack cards"}
