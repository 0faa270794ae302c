"""Stand-in for Pub/Sub push: topics, push subscriptions, ordering keys, back-off, dead letters; it only carries."""
