# The table of functions: each line of main.py is one entry here.
#
#   pushed     Pub/Sub calls it: with the messages of the topic aic-<name>, and
#              dead_letter with what all the others have given up
#   publishes  the topics that its code publishes to
#   reads      the kinds of secrets that it may read
#   backups    whether it may read and write backups
#
# Memory and processors: one processor, so that a start takes a second and
# several requests can share an instance; a deploy of 1,000 pipelines of 200 kB
# takes 143 MiB.
locals {
  functions = {
    webhook = {
      description = "From GitLab's hooks to messages"
      pushed      = false
      memory      = "512Mi"
      concurrency = 8
      instances   = var.webhook_max_instances # what a flood of requests can cost
      timeout     = 30                        # GitLab hangs up after ten seconds
      publishes   = ["command", "deploy", "plan"]
      reads       = ["gitlab-webhook-token", "gitlab-signing-token"]
      backups     = false
    }
    deploy = {
      description = "Makes a workspace as its branch says"
      pushed      = true
      memory      = "1Gi"
      concurrency = 1 # a run takes all of an instance
      instances   = local.side_by_side
      timeout     = var.ack_deadline_seconds
      publishes   = ["command"] # news
      reads       = ["gitlab-token", "aic-api-key"]
      backups     = true
    }
    plan = {
      description = "Says on an open merge request what merging it would do"
      pushed      = true
      memory      = "1Gi"
      concurrency = 1
      instances   = max(20, local.side_by_side) # a sweep may ask for so many at once
      timeout     = var.ack_deadline_seconds
      publishes   = []
      reads       = ["gitlab-token", "aic-api-key"]
      backups     = false
    }
    snapshot = {
      description = "Brings what was edited in AIC into Git and to the backups"
      pushed      = true
      memory      = "1Gi"
      concurrency = 1
      instances   = local.side_by_side
      timeout     = var.ack_deadline_seconds
      publishes   = ["command", "deploy", "snapshot"]
      reads       = ["gitlab-token", "aic-api-key"]
      backups     = true
    }
    command = {
      description = "Carries out what people and the scheduler ask for"
      pushed      = true
      memory      = "1Gi"
      concurrency = 1
      instances   = local.side_by_side
      timeout     = var.ack_deadline_seconds
      publishes   = ["command", "deploy", "plan", "snapshot"] # whatever was given up may be sent once more
      reads       = concat(["gitlab-token", "aic-api-key"], local.channel_secrets, local.hook_secrets)
      backups     = true
    }
    dead_letter = {
      description = "Takes back and tells what the others have given up"
      pushed      = true
      memory      = "1Gi"
      concurrency = 1
      instances   = local.side_by_side
      timeout     = var.ack_deadline_seconds
      publishes   = ["command", "deploy"] # news, and a deploy where two runs crossed
      reads       = ["gitlab-token", "aic-api-key"]
      backups     = false
    }
  }

  # In names Google takes no underscores.
  names = { for name in keys(local.functions) : name => "aic-${replace(name, "_", "-")}" }

  pushed      = toset([for name, each in local.functions : name if each.pushed])
  subscribers = setintersection(local.pushed, local.topics)

  # A message that finds no free instance is answered with 429, and that costs
  # it a delivery attempt: there is room for all workspaces at once.
  side_by_side = max(5, min(100, sum([for each in local.projects : length(each.workspaces)])))

  projects_text = file(var.projects_file)
  projects      = yamldecode(local.projects_text)

  # Read by the function that tells news, where the channel is set up.
  channel_secrets = concat(
    try(strcontains(var.smtp_url, "@"), false) ? ["smtp-password"] : [],
    var.slack_api_url == null ? [] : ["slack-token"],
  )

  # Read by the function that adds hooks, where it is told where they lead.
  hook_secrets = var.webhook_url == null ? [] : ["gitlab-webhook-token", "gitlab-signing-token"]

  # As docs/settings.md names them; what is null keeps the service's default.
  settings = { for name, value in {
    GOOGLE_CLOUD_PROJECT = var.project_id
    PROJECTS             = local.projects_text
    GITLAB_URL           = var.gitlab_url
    AIC_URL_PROD         = var.aic_url_prod
    AIC_URL_QA           = var.aic_url_qa
    SECRETS              = "manager"
    SMTP_URL             = var.smtp_url
    MAIL_FROM            = var.mail_from
    SLACK_API_URL        = var.slack_api_url
    WEBHOOK_URL          = var.webhook_url
    LOG_LEVEL            = var.log_level
    DELIVERY_ATTEMPTS    = tostring(var.delivery_attempts)
    ACK_DEADLINE_SECONDS = tostring(var.ack_deadline_seconds)
  } : name => value if value != null }
}

module "function" {
  source   = "./modules/function"
  for_each = local.functions

  name            = local.names[each.key]
  description     = each.value.description
  entry_point     = each.key
  region          = var.region
  public          = !each.value.pushed
  memory          = each.value.memory
  concurrency     = each.value.concurrency
  max_instances   = each.value.instances
  timeout_seconds = each.value.timeout
  environment     = local.settings
  source_bucket   = google_storage_bucket.source.name
  source_object   = google_storage_bucket_object.source.name
  build_account   = google_service_account.build.id
  repository      = google_artifact_registry_repository.images.id

  # A build that starts before its account has its rights fails.
  depends_on = [
    google_project_service.this,
    google_project_iam_member.build_logs,
    google_project_iam_member.build_sources,
    google_artifact_registry_repository_iam_member.build,
  ]
}
