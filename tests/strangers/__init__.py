"""Clients that know nothing of the stand-ins, in an environment of their own: `make strangers`."""
