"""The service behind the functions: pure rules (domain), stories (flows), outside systems (adapters)."""
