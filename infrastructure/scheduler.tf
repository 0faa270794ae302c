# What runs by the clock goes through the topics that people use as well.

locals {
  schedules = {
    snapshot = {
      description = "Every night: what was edited in AIC into Git and to the backups"
      topic       = "snapshot"
      message     = {}
    }
    board = {
      description = "Every night, after the snapshot: each project's board onto its drives"
      topic       = "command"
      message     = { workflow = "board", parameters = {} }
    }
    sweep = {
      description = "Every few minutes: deploys whose hook was lost"
      topic       = "command"
      message     = { workflow = "sweep", parameters = {} }
    }
    tokens = {
      description = "Every day: how long do the access tokens live?"
      topic       = "command"
      message     = { workflow = "check_tokens", parameters = {} }
    }
    drill = {
      description = "Every week: can the backups be read back?"
      topic       = "command"
      message     = { workflow = "drill", parameters = {} }
    }
  }
}

resource "google_cloud_scheduler_job" "this" {
  for_each = local.schedules

  name        = "aic-${each.key}"
  description = each.value.description
  region      = var.region
  schedule    = var.schedules[each.key]
  time_zone   = var.time_zone

  pubsub_target {
    topic_name = google_pubsub_topic.this[each.value.topic].id
    data       = base64encode(jsonencode(each.value.message))
    attributes = { origin = "scheduler" } # no person asked
  }

  retry_config {
    retry_count = 3 # by default there is none, and a night without a snapshot
  }

  depends_on = [google_project_service.this]
}
