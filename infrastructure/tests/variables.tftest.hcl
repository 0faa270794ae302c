# What is wrong is said before anything is made, by the variable that is wrong:
# each run has one wrong value for each of several variables, and all must say so.

mock_provider "google" {
  source = "./tests/mocks/google"
}

mock_provider "google-beta" {
  source = "./tests/mocks/google-beta"
}

variables {
  project_id    = "demo-project"
  region        = "europe-west1"
  projects_file = "environments/example.projects.yaml"
  gitlab_url    = "https://git.example.com"
}

run "wrong_1" {
  command = plan

  variables {
    project_id              = "Demo"
    region                  = "europe-west1-b"
    projects_file           = "environments/none.yaml"
    gitlab_url              = "http://git.example.com"
    aic_url_prod            = "https://aic.example.com"
    aic_url_qa              = "http://aic.example.com/apis/core/v1"
    log_level               = "LOUD"
    operators               = ["allUsers"]
    delivery_attempts       = 4
    ack_deadline_seconds    = 9
    webhook_max_instances   = 0
    schedules               = { sweep = "every ten minutes" }
    time_zone               = "CET summer"
    backup_location         = "the moon"
    backup_retention_days   = 0
    backup_soft_delete_days = 3
    notification_channels   = ["ops@example.com"]
    runbook_url             = "http://git.example.com/docs/runbook.md"
  }

  expect_failures = [
    var.project_id,
    var.region,
    var.projects_file,
    var.gitlab_url,
    var.aic_url_prod,
    var.aic_url_qa,
    var.log_level,
    var.operators,
    var.delivery_attempts,
    var.ack_deadline_seconds,
    var.webhook_max_instances,
    var.schedules,
    var.time_zone,
    var.backup_location,
    var.backup_retention_days,
    var.backup_soft_delete_days,
    var.notification_channels,
    var.runbook_url,
  ]
}

run "wrong_2" {
  command = plan

  variables {
    region                  = "EU"
    projects_file           = "tests/samples/no-list.yaml"
    gitlab_url              = "https://user:word@git.example.com"
    operators               = ["allAuthenticatedUsers"]
    delivery_attempts       = 101
    ack_deadline_seconds    = 601
    backup_soft_delete_days = 91
    notification_channels   = ["projects/demo-project/notificationChannels/"]
    runbook_url             = "https://git.example.com/docs/runbook.md#dead-letters"
  }

  expect_failures = [
    var.region,
    var.projects_file,
    var.gitlab_url,
    var.operators,
    var.delivery_attempts,
    var.ack_deadline_seconds,
    var.backup_soft_delete_days,
    var.notification_channels,
    var.runbook_url,
  ]
}

run "wrong_3" {
  command = plan

  variables {
    projects_file     = "tests/samples/no-workspaces.yaml"
    operators         = ["domain:example.com"]
    delivery_attempts = 5.5
  }

  expect_failures = [
    var.projects_file,
    var.operators,
    var.delivery_attempts,
  ]
}

run "wrong_4" {
  command = plan

  variables {
    projects_file = "tests/samples/empty.yaml"
    operators     = ["ann@example.com"]
  }

  expect_failures = [
    var.projects_file,
    var.operators,
  ]
}

run "wrong_5" {
  command = plan

  variables {
    projects_file = "tests/samples/broken.yaml"
  }

  expect_failures = [
    var.projects_file,
  ]
}
