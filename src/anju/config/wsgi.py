"""What the web server calls."""

import ctypes
import os
import signal

from django.core.wsgi import get_wsgi_application

PR_SET_PDEATHSIG = 1

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anju.config.settings")
if os.environ.get("ANJU_SERVING"):
    # The server's main process may be killed; its workers would hold the port for ever.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
application = get_wsgi_application()
