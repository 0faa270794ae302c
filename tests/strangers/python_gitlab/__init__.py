"""Walks through every manager of python-gitlab that has calls which the stand-in claims."""
