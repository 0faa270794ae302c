"""AIC, as far as its REST API is known."""
