# One topic per kind of work, one push subscription per function. What can't be
# worked on ends in the topic's dead letters: the function dead_letter takes back
# what was left half done and tells people, and the message itself is kept.

locals {
  topics = toset(["deploy", "plan", "snapshot", "command"])
}

resource "google_pubsub_topic" "this" {
  # checkov:skip=CKV_GCP_83: messages name projects, branches and people, never content or secrets; Google encrypts them by keys of its own
  for_each = local.topics

  name = "aic-${each.key}"

  # Messages with a key are kept in order within one region only.
  message_storage_policy {
    allowed_persistence_regions = [var.region]
  }

  depends_on = [google_project_service.this]
}

resource "google_pubsub_topic" "dead_letter" {
  # checkov:skip=CKV_GCP_83: messages name projects, branches and people, never content or secrets; Google encrypts them by keys of its own
  for_each = local.topics

  name = "aic-${each.key}-dead-letter"

  message_storage_policy {
    allowed_persistence_regions = [var.region]
  }

  depends_on = [google_project_service.this]
}

resource "google_pubsub_subscription" "push" {
  for_each = local.subscribers

  name                       = "aic-${each.key}-push"
  topic                      = google_pubsub_topic.this[each.key].id
  ack_deadline_seconds       = var.ack_deadline_seconds # of a push: how long its request may take
  enable_message_ordering    = true
  message_retention_duration = "604800s"

  push_config {
    push_endpoint = module.function[each.key].uri

    oidc_token {
      service_account_email = google_service_account.push[each.key].email
      audience              = module.function[each.key].uri
    }
  }

  dead_letter_policy {
    dead_letter_topic     = google_pubsub_topic.dead_letter[each.key].id
    max_delivery_attempts = var.delivery_attempts
  }

  retry_policy {
    minimum_backoff = "10s"
    maximum_backoff = "600s"
  }

  # Otherwise a subscription that is idle for 31 days is deleted.
  expiration_policy {
    ttl = ""
  }
}

# It has no dead letters of its own: after a day the function takes a letter for
# told whatever came of it, and people find it below all the same.
resource "google_pubsub_subscription" "burial" {
  for_each = local.topics

  name                       = "aic-${each.key}-dead-letter-push"
  topic                      = google_pubsub_topic.dead_letter[each.key].id
  ack_deadline_seconds       = var.ack_deadline_seconds
  enable_message_ordering    = true
  message_retention_duration = "604800s"

  push_config {
    push_endpoint = module.function["dead_letter"].uri

    oidc_token {
      service_account_email = google_service_account.push["dead_letter"].email
      audience              = module.function["dead_letter"].uri
    }
  }

  retry_policy {
    minimum_backoff = "10s"
    maximum_backoff = "600s"
  }

  expiration_policy {
    ttl = ""
  }
}

# A dead letter without a subscription would be lost; here people find it.
resource "google_pubsub_subscription" "dead_letter" {
  for_each = local.topics

  name                       = "aic-${each.key}-dead-letter-kept"
  topic                      = google_pubsub_topic.dead_letter[each.key].id
  ack_deadline_seconds       = 600
  message_retention_duration = "2678400s" # 31 days, as long as Pub/Sub keeps anything

  expiration_policy {
    ttl = ""
  }
}

# Without these two, Pub/Sub drops no word and dead-letters nothing.
resource "google_pubsub_topic_iam_binding" "dead_letter" {
  for_each = local.topics

  topic   = google_pubsub_topic.dead_letter[each.key].id
  role    = "roles/pubsub.publisher"
  members = [google_project_service_identity.pubsub.member]
}

resource "google_pubsub_subscription_iam_binding" "dead_letter" {
  for_each = local.subscribers

  subscription = google_pubsub_subscription.push[each.key].name
  role         = "roles/pubsub.subscriber"
  members      = [google_project_service_identity.pubsub.member]

  # Some changes replace a subscription, and its rights go with the old one.
  lifecycle {
    replace_triggered_by = [google_pubsub_subscription.push[each.key].id]
  }
}
