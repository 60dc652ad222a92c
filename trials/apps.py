from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrialsConfig(AppConfig):
    name = "trials"
    verbose_name = _("Crossover trials")

    def ready(self) -> None:
        """Tell the register what only protocols know: moves of gaps, and the protocols on a gap's page at the desk."""
        from trials import gap_moves

        gap_moves.register()
