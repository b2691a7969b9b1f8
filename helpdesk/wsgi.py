import os

from django.core.wsgi import get_wsgi_application

from helpdesk.checks import refuse_broken_settings
from helpdesk.stack import with_room

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")

application = with_room(get_wsgi_application())
refuse_broken_settings()
