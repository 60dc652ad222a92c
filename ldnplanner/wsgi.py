"""The entry point for a production server such as gunicorn: ``ldnplanner.wsgi:application``."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ldnplanner.settings")

application = get_wsgi_application()
