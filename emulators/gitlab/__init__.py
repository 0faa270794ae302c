"""A stand-in of GitLab over real bare git repositories: REST v4, web hooks and a control plane."""
