variable "project_id" {
  description = "Id of the Google Cloud project that everything is made in. It may hold other things too, but only one installation of this service."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "project_id must be the id of a Google Cloud project (6 to 30 small letters, digits and hyphens), not its name or number."
  }
}

variable "region" {
  description = "Region of the functions, topics and buckets, such as europe-west1."
  type        = string

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "region must be a region such as europe-west1, not a zone (europe-west1-b) or a multi-region (EU)."
  }
}

variable "projects_file" {
  description = "Path, from this folder, of the file that names the GitLab projects and the AIC workspaces that the service may touch; docs/settings.md, section Projects, says what stands in it."
  type        = string

  validation {
    condition     = fileexists(var.projects_file)
    error_message = "projects_file must be the path of a file; a relative one is seen from the folder infrastructure."
  }

  validation {
    condition = try(alltrue([
      for each in yamldecode(file(var.projects_file)) :
      length(each.gitlab_project) > 0 && length(each.aic_project) > 0 && length(keys(each.workspaces)) > 0
    ]), false) && try(length(yamldecode(file(var.projects_file))) > 0, false)
    error_message = "projects_file must hold a YAML list of projects, each with gitlab_project, aic_project and workspaces; docs/settings.md has an example."
  }

  validation {
    condition     = try(length(base64encode(file(var.projects_file))) <= 40000, true)
    error_message = "projects_file must not be over 30,000 bytes: a function takes at most 32 KiB of settings. Take out comments first."
  }
}

variable "gitlab_url" {
  description = "Base URL of GitLab, such as https://git.example.com."
  type        = string

  validation {
    condition     = can(regex("^https://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9./_-]*)?$", var.gitlab_url))
    error_message = "gitlab_url must begin with https:// and hold no user, query or fragment."
  }
}

variable "aic_url_prod" {
  description = "Base URL of AIC's production instance up to /apis/core/v1; null keeps the default of docs/settings.md."
  type        = string
  default     = null

  validation {
    condition     = var.aic_url_prod == null || can(regex("^https://[^@?#]+/apis/core/v1$", var.aic_url_prod))
    error_message = "aic_url_prod must begin with https:// and end with /apis/core/v1."
  }
}

variable "aic_url_qa" {
  description = "The same of AIC's QA instance."
  type        = string
  default     = null

  validation {
    condition     = var.aic_url_qa == null || can(regex("^https://[^@?#]+/apis/core/v1$", var.aic_url_qa))
    error_message = "aic_url_qa must begin with https:// and end with /apis/core/v1."
  }
}

variable "smtp_url" {
  description = "Mail server, such as smtps://user@mail.example.com:465; null sends no e-mail. Its password is the secret smtp-password."
  type        = string
  default     = null

  validation {
    condition     = var.smtp_url == null || can(regex("^smtps?://([^:@/]+@)?[A-Za-z0-9.-]+(:[0-9]+)?$", var.smtp_url))
    error_message = "smtp_url must be like smtps://user@host:465, without a password."
  }
}

variable "mail_from" {
  description = "Sender of e-mails, alone or as Name <address>; needed with smtp_url."
  type        = string
  default     = null

  validation {
    condition     = var.smtp_url == null || var.mail_from != null
    error_message = "mail_from must be set, as smtp_url is."
  }
}

variable "slack_api_url" {
  description = "Base URL of Slack's API, https://slack.com/api; null posts nothing there. The token is the secret slack-token."
  type        = string
  default     = null

  validation {
    condition     = var.slack_api_url == null || can(regex("^https://[^@?#]+$", var.slack_api_url))
    error_message = "slack_api_url must begin with https://."
  }
}

variable "webhook_url" {
  description = "The output webhook_url of an earlier apply, for the hook of projects that initialize_repository makes; null makes them without one, and the command function can't read the hook's secrets."
  type        = string
  default     = null

  validation {
    condition     = var.webhook_url == null || can(regex("^https://[^/@?#]+/?$", var.webhook_url))
    error_message = "webhook_url must begin with https:// and have no path."
  }
}

variable "log_level" {
  description = "How much the functions log."
  type        = string
  default     = "INFO"

  validation {
    condition     = contains(["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], var.log_level)
    error_message = "log_level must be DEBUG, INFO, WARNING, ERROR or CRITICAL."
  }
}

variable "operators" {
  description = "Who may publish messages by hand, as IAM writes members: group:data-platform@example.com. They can deploy, snapshot and restore what the projects file allows."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for each in var.operators : can(regex("^(user|group|serviceAccount):[^@\\s]+@[^@\\s]+$", each))])
    error_message = "operators must be written like group:name@example.com, user:… or serviceAccount:…; everybody (allUsers, allAuthenticatedUsers, domain:…) is not allowed."
  }
}

variable "delivery_attempts" {
  description = "How often a message is delivered before it is dead-lettered. The functions are told as well: on the last one they give up in order."
  type        = number
  default     = 5

  validation {
    condition     = var.delivery_attempts >= 5 && var.delivery_attempts <= 100 && floor(var.delivery_attempts) == var.delivery_attempts
    error_message = "delivery_attempts must be a whole number from 5 to 100, as Pub/Sub takes no other."
  }
}

variable "ack_deadline_seconds" {
  description = "How long Pub/Sub waits for a function's answer. The functions are told as well: they stop working in time."
  type        = number
  default     = 600

  validation {
    condition     = var.ack_deadline_seconds >= 10 && var.ack_deadline_seconds <= 600 && floor(var.ack_deadline_seconds) == var.ack_deadline_seconds
    error_message = "ack_deadline_seconds must be a whole number from 10 to 600, as Pub/Sub takes no other."
  }
}

variable "webhook_max_instances" {
  description = "How many instances of the public function there may be: the most that a flood of requests can cost. Each takes eight requests at once."
  type        = number
  default     = 5

  validation {
    condition     = var.webhook_max_instances >= 1 && var.webhook_max_instances <= 100 && floor(var.webhook_max_instances) == var.webhook_max_instances
    error_message = "webhook_max_instances must be a whole number from 1 to 100."
  }
}

variable "schedules" {
  description = "When the nightly snapshot, the nightly board, the search for lost hooks (sweep), the daily look at the access tokens (tokens) and the weekly trial of the backups (drill) run, as cron writes it."
  type = object({
    snapshot = optional(string, "0 2 * * *")
    board    = optional(string, "0 4 * * *")
    sweep    = optional(string, "*/10 * * * *")
    tokens   = optional(string, "0 6 * * *")
    drill    = optional(string, "0 5 * * 0")
  })
  default = {}

  validation {
    condition     = alltrue([for each in values(var.schedules) : can(regex("^[0-9*,/-]+( [0-9A-Za-z*,/-]+){4}$", each))])
    error_message = "schedules must be in cron's five fields, such as \"0 2 * * *\": minute, hour, day, month, day of the week."
  }
}

variable "time_zone" {
  description = "Time zone of the schedules, by its name in the tz database. UTC has no summer time, which skips or doubles an hour in spring and autumn."
  type        = string
  default     = "Etc/UTC"

  validation {
    condition     = can(regex("^(UTC|[A-Z][A-Za-z_]+(/[A-Za-z0-9_+-]+)+)$", var.time_zone))
    error_message = "time_zone must be a name of the tz database, such as Europe/Berlin or Etc/UTC."
  }
}

variable "backup_location" {
  description = "Location of the backup bucket; null puts it into the region of everything else. Another one survives the loss of the region."
  type        = string
  default     = null

  validation {
    condition     = var.backup_location == null || can(regex("^([a-z]+-[a-z]+[0-9]+|EU|US|ASIA|EUR[0-9]|NAM[0-9]|ASIA[0-9])$", var.backup_location))
    error_message = "backup_location must be a region such as europe-west4, a pair of regions such as EUR4, or EU, US or ASIA."
  }
}

variable "backup_retention_days" {
  description = "How many days a backup that was deleted or replaced stays in the bucket as an older version. How many backups are kept at all stands in the projects file."
  type        = number
  default     = 30

  validation {
    condition     = var.backup_retention_days >= 1 && floor(var.backup_retention_days) == var.backup_retention_days
    error_message = "backup_retention_days must be a whole number of at least 1."
  }
}

variable "backup_soft_delete_days" {
  description = "How many days more Google can bring it back after that; 0 turns this off."
  type        = number
  default     = 30

  validation {
    condition     = var.backup_soft_delete_days == 0 || (var.backup_soft_delete_days >= 7 && var.backup_soft_delete_days <= 90 && floor(var.backup_soft_delete_days) == var.backup_soft_delete_days)
    error_message = "backup_soft_delete_days must be 0, or a whole number from 7 to 90, as Cloud Storage takes no other."
  }
}

variable "notification_channels" {
  description = "Who is told when an alert rings: notification channels of Cloud Monitoring by their full names. Without one, alerts are only seen in the console."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for each in var.notification_channels : can(regex("^projects/[^/]+/notificationChannels/[0-9]+$", each))])
    error_message = "notification_channels must be full names such as projects/my-project/notificationChannels/123, as `gcloud beta monitoring channels list` prints them."
  }
}

variable "runbook_url" {
  description = "Where people read docs/runbook.md, for the links in the alerts' texts; null writes the path alone."
  type        = string
  default     = null

  validation {
    condition     = var.runbook_url == null || can(regex("^https://[^?#\\s]+/docs/runbook\\.md$", var.runbook_url))
    error_message = "runbook_url must begin with https:// and end with /docs/runbook.md."
  }
}
