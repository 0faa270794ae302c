# The places for secrets, and who may read each. People add the values
# (docs/install.md): none ever stands in a file, a variable or the state.

locals {
  secret_kinds = toset(flatten([for each in local.functions : each.reads]))

  # Name of each secret => the kinds that projects use it for: a project may
  # have names of its own, several projects may share one.
  secrets = { for each in flatten([
    for project in local.projects : [
      for kind in local.secret_kinds : {
        name = coalesce(try(tostring(project.secrets[kind]), null), kind)
        kind = kind
      }
    ]
  ]) : each.name => each.kind... }
}

resource "google_secret_manager_secret" "this" {
  for_each = local.secrets

  secret_id = each.key

  replication {
    auto {}
  }

  depends_on = [google_project_service.this]
}

resource "google_secret_manager_secret_iam_binding" "reader" {
  for_each = local.secrets

  secret_id = google_secret_manager_secret.this[each.key].id
  role      = "roles/secretmanager.secretAccessor"
  members = [
    for function, each_function in local.functions : module.function[function].member
    if length(setintersection(each_function.reads, each.value)) > 0
  ]
}
