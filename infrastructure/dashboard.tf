# What can be seen at one glance. Each chart is one entry of `charts`.

locals {
  # Title => what it shows: series of a metric, added up or else by `reducer`.
  charts = {
    "Deploys, by outcome" = {
      filter = local.from_log.deploys
      by     = ["metric.label.outcome"]
      plot   = "STACKED_BAR"
    }
    "Seconds that runs take, the slowest twentieth" = {
      filter  = local.from_log.seconds
      by      = ["metric.label.event_kind"]
      reducer = "REDUCE_PERCENTILE_95"
    }
    "Drift: pipelines edited in AIC, found by snapshots" = {
      filter  = local.from_log.drift
      by      = ["metric.label.workspace"]
      aligner = "ALIGN_PERCENTILE_99"
      reducer = "REDUCE_MAX"
      plot    = "STACKED_BAR"
    }
    "Queue: messages that wait, dead letters too" = {
      filter  = "${local.queues} AND metric.type=\"pubsub.googleapis.com/subscription/num_undelivered_messages\""
      by      = ["resource.label.subscription_id"]
      aligner = "ALIGN_MAX"
    }
    "Queue: age of the oldest message in seconds" = {
      filter  = "${local.queues} AND metric.type=\"pubsub.googleapis.com/subscription/oldest_unacked_message_age\""
      by      = ["resource.label.subscription_id"]
      aligner = "ALIGN_MAX"
      reducer = "REDUCE_MAX"
    }
    "Errors in the log, by function" = {
      filter = "${local.services} AND metric.type=\"logging.googleapis.com/log_entry_count\" AND metric.labels.severity=\"ERROR\""
      by     = ["resource.label.service_name"]
      plot   = "STACKED_BAR"
    }
    "Answers of the webhook" = {
      filter = "${local.webhook} AND metric.type=\"run.googleapis.com/request_count\""
      by     = ["metric.label.response_code"]
      plot   = "STACKED_BAR"
    }
    "Answers to Pub/Sub" = {
      filter = "${local.queues} AND metric.type=\"pubsub.googleapis.com/subscription/push_request_count\""
      by     = ["resource.label.subscription_id", "metric.label.response_class"]
      plot   = "STACKED_BAR"
    }
  }

  from_log = { for name, each in google_logging_metric.this :
    name => "resource.type=\"cloud_run_revision\" AND metric.type=\"logging.googleapis.com/user/${each.name}\""
  }
  queues   = "resource.type=\"pubsub_subscription\" AND resource.labels.subscription_id=starts_with(\"aic-\")"
  services = "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=starts_with(\"aic-\")"
}

resource "google_monitoring_dashboard" "this" {
  dashboard_json = jsonencode({
    displayName = "AIC GitOps"
    mosaicLayout = {
      columns = 48
      tiles = [for index, title in keys(local.charts) : {
        xPos   = index % 2 * 24
        yPos   = floor(index / 2) * 16
        width  = 24
        height = 16
        widget = {
          title = title
          xyChart = {
            dataSets = [{
              plotType = try(local.charts[title].plot, "LINE")
              timeSeriesQuery = {
                timeSeriesFilter = {
                  filter = local.charts[title].filter
                  aggregation = {
                    alignmentPeriod    = "300s"
                    perSeriesAligner   = try(local.charts[title].aligner, "ALIGN_DELTA")
                    crossSeriesReducer = try(local.charts[title].reducer, "REDUCE_SUM")
                    groupByFields      = local.charts[title].by
                  }
                }
              }
            }]
          }
        }
      }]
    }
  })

  depends_on = [google_project_service.this]
}
