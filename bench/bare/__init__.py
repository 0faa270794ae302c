"""The least that a webhook has to do."""
