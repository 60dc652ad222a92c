from django.apps import AppConfig


class LdnPlannerConfig(AppConfig):
    """Holds the commands, base templates and static files."""

    name = "ldnplanner"
    verbose_name = "LDN Planner"
