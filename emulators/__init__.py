"""Stand-ins of GitLab, AIC and Pub/Sub, each a process of its own; nothing of the service imports them."""
