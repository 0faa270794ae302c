"""Cloud Storage, by Google's own client."""
