"""git itself over HTTP: clone, fetch and push, with GitLab's rules in front of git's own server side."""
