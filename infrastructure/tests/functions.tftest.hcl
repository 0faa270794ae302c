# How the functions run, and what they are made of.

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

run "functions" {
  command = plan

  assert {
    condition     = { for name, each in local.functions : name => each.pushed } == { webhook = false, deploy = true, plan = true, snapshot = true, command = true, dead_letter = true }
    error_message = "The webhook is the one function that is not pushed to, and so the one that is public."
  }

  assert {
    condition     = alltrue([for name, each in local.functions : each.concurrency == (name == "webhook" ? 8 : 1)])
    error_message = "A run takes all of an instance; hooks share one."
  }

  assert {
    condition     = local.side_by_side == 5
    error_message = "Four workspaces: never under five instances."
  }

  assert {
    condition     = google_storage_bucket_object.source.name == "functions-${data.archive_file.source.output_sha256}.zip"
    error_message = "Other sources have another name; under the same one they would not be deployed."
  }

  assert {
    condition = alltrue([for each in [google_storage_bucket.source, google_storage_bucket.backups] :
      each.uniform_bucket_level_access && each.public_access_prevention == "enforced" && each.versioning[0].enabled && !each.force_destroy
    ])
    error_message = "No bucket can become public, object by object or as a whole; all keep versions, and none is deleted with what it holds."
  }

  assert {
    condition     = google_storage_bucket.backups.soft_delete_policy[0].retention_duration_seconds == 30 * 86400
    error_message = "What is deleted from the backups can be brought back."
  }

  assert {
    condition     = [for each in google_storage_bucket.backups.lifecycle_rule : one(each.condition).days_since_noncurrent_time if one(each.action).type == "Delete"] == [30]
    error_message = "Nothing but older versions is deleted by the bucket itself, and those after thirty days."
  }
}

run "room_for_many" {
  command = plan

  variables {
    projects_file = "tests/samples/many.projects.yaml"
  }

  assert {
    condition     = local.side_by_side == 12
    error_message = "Twelve workspaces that are asked for at once each find an instance, or they would lose delivery attempts."
  }
}
