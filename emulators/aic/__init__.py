"""A stand-in of AIC's REST API as far as it is known."""
