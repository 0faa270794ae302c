"""The bodies of web hooks: pure functions from what happened to GitLab's documents."""
