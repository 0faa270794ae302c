"""How the branches begin that the service itself makes beside the mapped ones."""

CAPTURES = "aic-sync/"
"""What was typed into AIC, on its way into Git."""
ROLLBACKS = "aic-rollback/"
"""An older version on its way back. While its merge request is open the pipelines that it returns are held."""
