"""Stand-in for Pub/Sub push: topics, subscriptions, filters, ordering keys, back-off, dead letters; it only carries."""
