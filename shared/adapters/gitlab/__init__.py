"""GitLab through python-gitlab."""
