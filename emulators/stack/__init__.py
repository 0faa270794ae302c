"""The whole service on one machine: the stand-ins, the functions, and projects to work on."""
