output "webhook_url" {
  description = "The URL for the hook in GitLab."
  value       = module.function["webhook"].uri
}

output "secrets" {
  description = "The secrets that wait for a value each; of the two kinds for the hook one is enough."
  value       = sort(keys(local.secrets))
}

output "topics" {
  description = "The topics that people publish to."
  value       = sort([for each in google_pubsub_topic.this : each.name])
}

output "dead_letters" {
  description = "The subscriptions in which messages stay that could not be worked on."
  value       = sort([for each in google_pubsub_subscription.dead_letter : each.name])
}

output "backup_drive" {
  description = "What to write under backup_drives in the projects file, for backups in the bucket that is made here."
  value       = google_storage_bucket.backups.url
}

output "accounts" {
  description = "The functions' accounts, for rights outside of this folder, such as a backup bucket in another project."
  value       = { for name, each in module.function : name => each.member }
}
