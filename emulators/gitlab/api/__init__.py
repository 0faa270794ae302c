"""One module for each part of the REST API; `routes(router, world)` adds its calls."""
