"""Measures the service against the tool that it replaces, on the same stand-ins in the same run."""
