from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrialsConfig(AppConfig):
    name = "trials"
    verbose_name = _("Crossover trials")

    def ready(self) -> None:
        """Tell the register what only protocols know: moves of gaps, and what a study of one takes."""
        from gaps.evidence import planning
        from gaps.exports import nice
        from trials import feasibility, from_register, gap_moves

        gap_moves.register()
        nice.add_feasibility(feasibility.feasibility)
        planning.add_taker(from_register.can_take)
