# Who may call what. The bindings are exact: whoever is added by hand to one of
# these roles, at one of these places, is taken out again by the next apply.

# GitLab has no Google account: the webhook's own check of the hook's secret is
# the door. Nothing else in this folder is open to everybody.
resource "google_cloud_run_v2_service_iam_binding" "webhook" {
  location = var.region
  name     = module.function["webhook"].name
  role     = "roles/run.invoker"
  members  = ["allUsers"]
}

# One account per function, which may call that function and nothing else: a
# token that Google made for somebody else opens nothing.
resource "google_service_account" "push" {
  for_each = local.pushed

  account_id   = "${local.names[each.key]}-push"
  display_name = "${local.names[each.key]}-push"
  description  = "Pub/Sub calls the function ${local.names[each.key]} as this account"

  depends_on = [google_project_service.this]
}

resource "google_cloud_run_v2_service_iam_binding" "subscriber" {
  for_each = local.pushed

  location = var.region
  name     = module.function[each.key].name
  role     = "roles/run.invoker"
  members  = [google_service_account.push[each.key].member]
}

# Who may publish: the functions whose code does, and the operators. The
# scheduler has this right in the whole project, by Google's own role for it.
resource "google_pubsub_topic_iam_binding" "publisher" {
  for_each = { for name, members in {
    for name in local.topics : name => concat(
      [for function, each in local.functions : module.function[function].member if contains(each.publishes, name)],
      tolist(var.operators),
    )
  } : name => members if length(members) > 0 }

  topic   = google_pubsub_topic.this[each.key].id
  role    = "roles/pubsub.publisher"
  members = each.value
}

# What was given up is sent once more by the function that people ask for it.
resource "google_pubsub_subscription_iam_binding" "redrive" {
  for_each = local.topics

  subscription = google_pubsub_subscription.dead_letter[each.key].name
  role         = "roles/pubsub.subscriber"
  members      = concat([module.function["command"].member], tolist(var.operators))

  lifecycle {
    replace_triggered_by = [google_pubsub_subscription.dead_letter[each.key].id]
  }
}

# The account that builds the images.
resource "google_service_account" "build" {
  account_id   = "aic-build"
  display_name = "aic-build"
  description  = "Builds the functions from their sources"

  depends_on = [google_project_service.this]
}

# There is no smaller place than the project to give this one for.
resource "google_project_iam_member" "build_logs" {
  project = var.project_id
  role    = "roles/logging.logWriter"
  member  = google_service_account.build.member
}

# Google copies the sources to a bucket of its own making, which does not exist
# before the first function does: its name can only be given as a condition.
resource "google_project_iam_member" "build_sources" {
  project = var.project_id
  role    = "roles/storage.objectViewer"
  member  = google_service_account.build.member

  condition {
    title      = "sources-of-functions"
    expression = "resource.name.startsWith(\"projects/_/buckets/gcf-v2-sources-\")"
  }
}

resource "google_artifact_registry_repository_iam_member" "build" {
  location   = google_artifact_registry_repository.images.location
  repository = google_artifact_registry_repository.images.name
  role       = "roles/artifactregistry.writer"
  member     = google_service_account.build.member
}
