# The archive that the functions are built from: these four, a team's own steps
# where there are any (docs/promotion.md), and nothing else, whatever lies about
# in somebody's copy of the project.

locals {
  top      = "${path.module}/.."
  packed   = ["main.py", "requirements.txt", "functions", "shared", "steps"]
  unpacked = setsubtract([for path in fileset(local.top, "**") : split("/", path)[0]], local.packed)
}

data "archive_file" "source" {
  type             = "zip"
  source_dir       = local.top
  excludes         = setunion(local.unpacked, [for name in local.unpacked : "${name}/**"], ["**/__pycache__/**", "**/*.pyc"])
  output_path      = "${local.top}/dist/functions.zip"
  output_file_mode = "0644" # one archive from all machines
}

resource "google_storage_bucket" "source" {
  # checkov:skip=CKV_GCP_62: holds what is in Git; who may read it stands here, and audit logs of reads are set for a project as a whole
  name                        = "${var.project_id}-aic-source"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = false

  versioning {
    enabled = true
  }

  lifecycle_rule {
    condition {
      days_since_noncurrent_time = 30
    }

    action {
      type = "Delete"
    }
  }

  depends_on = [google_project_service.this]
}

# Under one name a changed archive would not be noticed, and nothing deployed.
resource "google_storage_bucket_object" "source" {
  bucket = google_storage_bucket.source.name
  name   = "functions-${data.archive_file.source.output_sha256}.zip"
  source = data.archive_file.source.output_path
}

resource "google_artifact_registry_repository" "images" {
  # checkov:skip=CKV_GCP_84: images hold published packages and this code, nothing of anybody; Google encrypts them by keys of its own
  repository_id = "aic-functions"
  location      = var.region
  format        = "DOCKER"
  description   = "Images of the functions"

  cleanup_policies {
    id     = "keep-ten"
    action = "KEEP"

    most_recent_versions {
      keep_count = 10
    }
  }

  cleanup_policies {
    id     = "delete-old"
    action = "DELETE"

    condition {
      older_than = "2592000s"
    }
  }

  depends_on = [google_project_service.this]
}

# Backups: the drive `gs://<this bucket>/<prefix>` of a project's settings.
# What is deleted or replaced stays for a while, twice over: as an older version,
# and after that as a soft-deleted object. The bucket has no retention policy:
# that would also forbid the service to replace a half-written backup, and to
# take away old ones.
resource "google_storage_bucket" "backups" {
  # checkov:skip=CKV_GCP_62: the functions log what they read and write by folder; audit logs of all reads are set for a project as a whole
  name                        = "${var.project_id}-aic-backups"
  location                    = coalesce(var.backup_location, var.region)
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = false

  versioning {
    enabled = true
  }

  lifecycle_rule {
    condition {
      days_since_noncurrent_time = var.backup_retention_days
    }

    action {
      type = "Delete"
    }
  }

  lifecycle_rule {
    condition {
      age = 7
    }

    action {
      type = "AbortIncompleteMultipartUpload"
    }
  }

  soft_delete_policy {
    retention_duration_seconds = var.backup_soft_delete_days * 86400
  }

  depends_on = [google_project_service.this]
}

resource "google_storage_bucket_iam_binding" "backups" {
  bucket  = google_storage_bucket.backups.name
  role    = "roles/storage.objectUser"
  members = [for name, each in local.functions : module.function[name].member if each.backups]
}
