resource "google_project_service" "this" {
  for_each = toset([
    "artifactregistry.googleapis.com",
    "cloudbuild.googleapis.com",
    "cloudfunctions.googleapis.com",
    "cloudscheduler.googleapis.com",
    "iam.googleapis.com",
    "logging.googleapis.com",
    "monitoring.googleapis.com",
    "pubsub.googleapis.com",
    "run.googleapis.com",
    "secretmanager.googleapis.com",
    "storage.googleapis.com",
  ])

  service            = each.key
  disable_on_destroy = false # others in the project may use it too
}

# Pub/Sub's own account. It is made here, since rights for an account that does
# not exist yet are refused, and Google makes it only when it is first needed.
resource "google_project_service_identity" "pubsub" {
  provider = google-beta

  service = google_project_service.this["pubsub.googleapis.com"].service
}
