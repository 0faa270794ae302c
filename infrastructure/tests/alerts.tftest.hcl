# What rings, and who hears it.

mock_provider "google" {
  source = "./tests/mocks/google"

  override_during = plan
}

mock_provider "google-beta" {
  source = "./tests/mocks/google-beta"

  override_during = plan
}

variables {
  project_id    = "demo-project"
  region        = "europe-west1"
  projects_file = "environments/example.projects.yaml"
  gitlab_url    = "https://git.example.com"
}

run "alerts" {
  command = plan

  variables {
    notification_channels = ["projects/demo-project/notificationChannels/17"]
    runbook_url           = "https://git.example.com/platform/aic/-/blob/main/docs/runbook.md"
    ack_deadline_seconds  = 300
  }

  assert {
    condition = toset(concat(keys(google_monitoring_alert_policy.this), ["no-snapshot"])) == toset([
      "backup-failed",
      "dead-letters",
      "deploy-failed",
      "drill-failed",
      "hook-disabled",
      "no-snapshot",
      "old-conflict",
      "old-message",
      "token-expiring",
      "webhook-errors",
      "webhook-unauthorized",
    ])
    error_message = "The set of alerts is complete: eleven, each with its section in docs/runbook.md."
  }

  assert {
    condition = alltrue([for each in concat(values(google_monitoring_alert_policy.this), [google_monitoring_alert_policy.no_snapshot]) :
      toset(each.notification_channels) == toset(["projects/demo-project/notificationChannels/17"])
    ])
    error_message = "Every alert rings at the channels of the variable."
  }

  assert {
    condition = alltrue([for name, each in google_monitoring_alert_policy.this :
      endswith(each.documentation[0].content, "\n\nWhat to do: https://git.example.com/platform/aic/-/blob/main/docs/runbook.md#${name}")
    ]) && endswith(google_monitoring_alert_policy.no_snapshot.documentation[0].content, "/docs/runbook.md#no-snapshot")
    error_message = "The text of every alert ends with the link to its own section."
  }

  assert {
    condition = { for name, each in google_monitoring_alert_policy.this : name =>
      "${each.conditions[0].condition_threshold[0].threshold_value} in ${each.conditions[0].condition_threshold[0].aggregations[0].alignment_period}"
      } == {
      backup-failed        = "0 in 300s"
      dead-letters         = "0 in 300s"
      deploy-failed        = "0 in 300s"
      drill-failed         = "0 in 300s"
      hook-disabled        = "0 in 3600s"
      old-conflict         = "0 in 3600s"
      old-message          = "600 in 300s"
      token-expiring       = "0 in 300s"
      webhook-errors       = "1 in 900s"
      webhook-unauthorized = "4 in 3600s"
    }
    error_message = "More than so many within so many seconds ring; an old message is one that is older than two runs may take."
  }

  assert {
    condition = alltrue([for each in google_monitoring_alert_policy.this :
      each.conditions[0].condition_threshold[0].comparison == "COMPARISON_GT" && each.conditions[0].condition_threshold[0].duration == "0s" && length(each.conditions) == 1
    ])
    error_message = "The first one that is too many rings."
  }

  assert {
    condition = toset([for name, each in google_monitoring_alert_policy.this : name if contains(each.alert_strategy[0].notification_prompts, "CLOSED")]) == toset([
      "dead-letters", "hook-disabled", "old-conflict", "old-message",
    ])
    error_message = "An end is told of what lasts. That nothing more failed for five minutes mends nothing."
  }

  assert {
    condition     = alltrue([for each in google_pubsub_subscription.dead_letter : strcontains(local.alerts["dead-letters"].filter, "\"${each.name}\"")]) && !strcontains(local.alerts["dead-letters"].filter, "-push\"")
    error_message = "A dead letter rings in whichever kept subscription it lies."
  }

  assert {
    condition = strcontains(local.alerts["old-message"].filter, "full_match(\"aic-.+-push\")") && alltrue(concat(
      [for each in google_pubsub_subscription.push : can(regex("^aic-.+-push$", each.name))],
      [for each in google_pubsub_subscription.dead_letter : !can(regex("^aic-.+-push$", each.name))],
    ))
    error_message = "Messages are looked at on their way to each function; dead letters are there to wait."
  }

  assert {
    condition     = google_monitoring_alert_policy.no_snapshot.conditions[0].condition_prometheus_query_language[0].query == "sum by (project, workspace) (increase(logging_googleapis_com:user_aic_snapshot_tried{monitored_resource=\"cloud_run_revision\"}[7d])) > 0 unless sum by (project, workspace) (increase(logging_googleapis_com:user_aic_snapshot_succeeded{monitored_resource=\"cloud_run_revision\"}[26h])) > 0"
    error_message = "Each workspace by itself: one that succeeds does not hide another one."
  }
}

run "nobody_named" {
  command = plan

  assert {
    condition     = alltrue([for each in google_monitoring_alert_policy.this : length(coalesce(each.notification_channels, [])) == 0])
    error_message = "Without channels alerts are seen in the console alone."
  }

  assert {
    condition     = alltrue([for name, each in google_monitoring_alert_policy.this : endswith(each.documentation[0].content, "\n\nWhat to do: docs/runbook.md#${name}")])
    error_message = "Without an address of the runbook the text has its path in the project."
  }
}

run "dashboard" {
  command = plan

  assert {
    condition = length(setintersection(toset(flatten([for each in jsondecode(google_monitoring_dashboard.this.dashboard_json).mosaicLayout.tiles :
      regexall("^(?:Deploys|Seconds|Drift|Queue|Errors)", each.widget.title)
    ])), ["Deploys", "Seconds", "Drift", "Queue", "Errors"])) == 5
    error_message = "Deploys, durations, drift, queue and errors can be seen at one glance."
  }

  assert {
    condition     = length(distinct([for each in jsondecode(google_monitoring_dashboard.this.dashboard_json).mosaicLayout.tiles : "${each.xPos} ${each.yPos}"])) == length(local.charts)
    error_message = "No chart lies on another one."
  }
}
