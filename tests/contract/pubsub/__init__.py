"""Contract tests of the Pub/Sub stand-in and of the publisher that speaks with it."""
