# Copy this file and example.projects.yaml, change what is yours, and keep them
# in a repository of your own. There is no secret in either.

project_id    = "my-gitops-project"
region        = "europe-west1"
projects_file = "environments/example.projects.yaml"
gitlab_url    = "https://git.example.com"
operators     = ["group:data-platform@example.com"]
time_zone     = "Europe/Berlin"

notification_channels = ["projects/my-gitops-project/notificationChannels/1234567890"]
runbook_url           = "https://git.example.com/data-platform/aic-gitops/-/blob/main/docs/runbook.md"
