output "name" {
  description = "Name of the function and of the Cloud Run service behind it."
  value       = google_cloudfunctions2_function.this.name
}

output "uri" {
  description = "URL that the service answers at."
  value       = google_cloudfunctions2_function.this.service_config[0].uri
}

output "member" {
  description = "The function's account, as IAM writes it."
  value       = google_service_account.this.member
}
