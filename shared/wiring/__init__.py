"""Settings → adapters → flows, one module per entry point, so that each loads only what it needs.

Nothing is built before the first request: clients made before the functions' server forks don't survive it.
"""
