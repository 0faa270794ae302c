# What rings: one alert for each section of docs/runbook.md, chapter Alerts. What
# it looks at is either a metric of Google's own, or counted from our log.

locals {
  # As shared/domain/signals.py names and filters them; tests/meta compares the two.
  signals = {
    backup_failed = {
      filter = "(jsonPayload.drives_failed>=1) OR (jsonPayload.event_kind=\"command\" AND jsonPayload.workflow=\"backup\" AND jsonPayload.outcome=\"incomplete\")"
      labels = ["project", "workspace"]
    }
    conflict_old = {
      filter = "jsonPayload.event_kind=\"command\" AND jsonPayload.workflow=\"sweep\" AND jsonPayload.oldest_conflict_hours>=24"
      labels = []
    }
    deploy_failed = {
      filter = "jsonPayload.event_kind=\"deploy\" AND jsonPayload.outcome=(\"failed\" OR \"half-deployed\" OR \"refused\")"
      labels = ["project", "workspace"]
    }
    drill_failed = {
      filter = "jsonPayload.event_kind=\"command\" AND jsonPayload.workflow=\"drill\" AND jsonPayload.outcome=(\"damaged\" OR \"failed\")"
      labels = []
    }
    hook_disabled = {
      filter = "jsonPayload.event_kind=\"command\" AND jsonPayload.workflow=\"sweep\" AND jsonPayload.disabled_hooks>=1"
      labels = []
    }
    snapshot_succeeded = {
      filter = "jsonPayload.event_kind=\"snapshot\" AND jsonPayload.outcome=(\"captured\" OR \"clean\" OR \"conflict\" OR \"proposed\" OR \"withheld\")"
      labels = ["project", "workspace"]
    }
    snapshot_tried = {
      filter = "jsonPayload.event_kind=\"snapshot\" AND jsonPayload.outcome=(\"captured\" OR \"clean\" OR \"conflict\" OR \"failed\" OR \"incomplete\" OR \"proposed\" OR \"refused\" OR \"withheld\")"
      labels = ["project", "workspace"]
    }
    token_expiring = {
      filter = "jsonPayload.signal=\"token-expiring\""
      labels = []
    }
    deploys = {
      filter = "jsonPayload.event_kind=\"deploy\" AND jsonPayload.outcome=(\"conflict\" OR \"deployed\" OR \"failed\" OR \"half-deployed\" OR \"held\" OR \"ignored\" OR \"planned\" OR \"refused\" OR \"superseded\" OR \"unchanged\")"
      labels = ["outcome"]
    }
    drift = {
      filter = "jsonPayload.event_kind=\"snapshot\" AND jsonPayload.drifted>=0"
      labels = ["workspace"]
      value  = "drifted"
    }
    seconds = {
      filter = "jsonPayload.seconds>=0"
      labels = ["event_kind"]
      value  = "seconds"
    }
  }

  runbook = coalesce(var.runbook_url, "docs/runbook.md")
  webhook = "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=\"${module.function["webhook"].name}\""

  # Name of the section => what rings when it is more than `above` within `seconds`.
  #
  #   signal  one of the above; or `filter` of a metric of Google's own
  #   by      one alert for each value of these labels
  #   passes  it lasts until somebody does something, and then the end is told too
  alerts = {
    dead-letters = {
      means   = "A message was delivered as often as it may be, and nobody could work on it. It stays in the subscription that is named here."
      filter  = "resource.type=\"pubsub_subscription\" AND metric.type=\"pubsub.googleapis.com/subscription/num_undelivered_messages\" AND resource.labels.subscription_id=one_of(${join(",", [for each in google_pubsub_subscription.dead_letter : "\"${each.name}\""])})"
      by      = ["resource.label.subscription_id"]
      aligner = "ALIGN_MAX"
      above   = 0
      seconds = 300
      passes  = true
    }
    old-message = {
      means   = "A message has waited longer than twice the time that a run may take: runs fail over and over, or nothing is delivered."
      filter  = "resource.type=\"pubsub_subscription\" AND metric.type=\"pubsub.googleapis.com/subscription/oldest_unacked_message_age\" AND resource.labels.subscription_id=monitoring.regex.full_match(\"aic-.+-push\")"
      by      = ["resource.label.subscription_id"]
      aligner = "ALIGN_MAX"
      above   = 2 * var.ack_deadline_seconds
      seconds = 300
      passes  = true
    }
    deploy-failed = {
      means   = "A deploy failed or was refused. The note on the merge request, or on the branch's newest commit, says why."
      signal  = "deploy_failed"
      by      = ["metric.label.project", "metric.label.workspace"]
      above   = 0
      seconds = 300
      passes  = false
    }
    old-conflict = {
      means   = "A merge has been in conflict with edits made in AIC for more than a day. Nothing of its branch is deployed meanwhile."
      signal  = "conflict_old"
      by      = []
      above   = 0
      seconds = 3600 # a sweep says so every ten minutes
      passes  = true
    }
    webhook-errors = {
      means   = "The webhook answers GitLab with 5xx. What GitLab meant to tell is found by the sweep, up to ten minutes later."
      filter  = "${local.webhook} AND metric.type=\"run.googleapis.com/request_count\" AND metric.labels.response_code_class=\"5xx\""
      by      = []
      above   = 1 # one alone may be an instance that was just replaced
      seconds = 900
      passes  = false
    }
    webhook-unauthorized = {
      means   = "Hooks are turned down with 401: a secret does not fit, a project is not in the settings, or a stranger tries."
      filter  = "${local.webhook} AND metric.type=\"run.googleapis.com/request_count\" AND metric.labels.response_code=\"401\""
      by      = []
      above   = 4
      seconds = 3600
      passes  = false
    }
    hook-disabled = {
      means   = "GitLab has stopped sending a hook of ours. Merges are still deployed, by the sweep, up to ten minutes later."
      signal  = "hook_disabled"
      by      = []
      above   = 0
      seconds = 3600
      passes  = true
    }
    token-expiring = {
      means   = "A token of the service ends soon. On that day everything stops."
      signal  = "token_expiring"
      by      = []
      above   = 0
      seconds = 300
      passes  = false
    }
    backup-failed = {
      means   = "A backup could not be stored on a drive."
      signal  = "backup_failed"
      by      = ["metric.label.project", "metric.label.workspace"]
      above   = 0
      seconds = 300
      passes  = false
    }
    drill-failed = {
      means   = "A backup that was read back is damaged, or could not be read."
      signal  = "drill_failed"
      by      = []
      above   = 0
      seconds = 300
      passes  = false
    }
  }

  # In PromQL, since no other condition looks back for more than a day.
  counted = { for name in ["snapshot_tried", "snapshot_succeeded"] :
    name => "logging_googleapis_com:user_${google_logging_metric.this[name].name}{monitored_resource=\"cloud_run_revision\"}"
  }
}

resource "google_logging_metric" "this" {
  for_each = local.signals

  name            = "aic_${each.key}"
  description     = "Counted from the functions' log; see infrastructure/monitoring.tf"
  filter          = "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=~\"^aic-\" AND (${each.value.filter})"
  value_extractor = try("EXTRACT(jsonPayload.${each.value.value})", null)

  label_extractors = { for label in each.value.labels : label => "EXTRACT(jsonPayload.${label})" }

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = can(each.value.value) ? "DISTRIBUTION" : "INT64"

    dynamic "labels" {
      for_each = each.value.labels

      content {
        key         = labels.value
        value_type  = "STRING"
        description = "The field of this name"
      }
    }
  }

  depends_on = [google_project_service.this]
}

resource "google_monitoring_alert_policy" "this" {
  for_each = local.alerts

  display_name          = "aic: ${replace(each.key, "-", " ")}"
  combiner              = "OR"
  notification_channels = var.notification_channels

  conditions {
    display_name = replace(each.key, "-", " ")

    condition_threshold {
      filter          = try("resource.type=\"cloud_run_revision\" AND metric.type=\"logging.googleapis.com/user/${google_logging_metric.this[each.value.signal].name}\"", each.value.filter)
      comparison      = "COMPARISON_GT"
      threshold_value = each.value.above
      duration        = "0s"

      aggregations {
        alignment_period     = "${each.value.seconds}s"
        per_series_aligner   = try(each.value.aligner, "ALIGN_DELTA")
        cross_series_reducer = "REDUCE_SUM"
        group_by_fields      = each.value.by
      }
    }
  }

  documentation {
    subject   = "aic: ${replace(each.key, "-", " ")}"
    content   = "${each.value.means}\n\nWhat to do: ${local.runbook}#${each.key}"
    mime_type = "text/markdown"
  }

  alert_strategy {
    auto_close           = "1800s"
    notification_prompts = each.value.passes ? ["OPENED", "CLOSED"] : ["OPENED"]
  }

  depends_on = [google_project_service.this]
}

# Silence: a workspace that a snapshot was tried of within a week, and that none
# has succeeded of for 26 hours. One that was taken out of the settings is
# forgotten after that week.
resource "google_monitoring_alert_policy" "no_snapshot" {
  display_name          = "aic: no snapshot"
  combiner              = "OR"
  notification_channels = var.notification_channels

  conditions {
    display_name = "no snapshot"

    condition_prometheus_query_language {
      query = join(" unless ", [
        "sum by (project, workspace) (increase(${local.counted.snapshot_tried}[7d])) > 0",
        "sum by (project, workspace) (increase(${local.counted.snapshot_succeeded}[26h])) > 0",
      ])
      duration            = "0s"
      evaluation_interval = "300s"
    }
  }

  documentation {
    subject   = "aic: no snapshot"
    content   = "For 26 hours no snapshot of the workspace has ended well. What people type into AIC is in no Git and in no backup since.\n\nWhat to do: ${local.runbook}#no-snapshot"
    mime_type = "text/markdown"
  }

  alert_strategy {
    auto_close = "1800s"
  }

  depends_on = [google_project_service.this]
}
