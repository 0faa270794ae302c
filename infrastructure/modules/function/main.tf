# One function with an account of its own. Who may call it is said outside.

resource "google_service_account" "this" {
  account_id   = var.name
  display_name = var.name
  description  = var.description
}

resource "google_cloudfunctions2_function" "this" {
  name        = var.name
  description = var.description
  location    = var.region

  build_config {
    runtime           = "python313"
    entry_point       = var.entry_point
    service_account   = var.build_account
    docker_repository = var.repository

    source {
      storage_source {
        bucket = var.source_bucket
        object = var.source_object
      }
    }
  }

  service_config {
    service_account_email            = google_service_account.this.email
    ingress_settings                 = var.public ? "ALLOW_ALL" : "ALLOW_INTERNAL_ONLY"
    available_cpu                    = "1"
    available_memory                 = var.memory
    max_instance_count               = var.max_instances
    max_instance_request_concurrency = var.concurrency
    timeout_seconds                  = var.timeout_seconds

    # With fewer threads requests would queue inside of the instance, unseen,
    # while their deadlines run; with more a late one could work on behind.
    environment_variables = merge(var.environment, { THREADS = tostring(var.concurrency) })
  }
}
