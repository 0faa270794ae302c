# Who may call, publish, read and write what: exactly these and nobody else.
# That nothing beyond these lines gives a right is in tests/security.

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
  operators     = ["group:data@example.com"]
}

run "rights" {
  command = plan

  assert {
    condition     = google_cloud_run_v2_service_iam_binding.webhook.members == toset(["allUsers"]) && google_cloud_run_v2_service_iam_binding.webhook.name == "aic-webhook"
    error_message = "Everybody may call the webhook, for GitLab has no Google account."
  }

  assert {
    condition = { for name, each in google_cloud_run_v2_service_iam_binding.subscriber : each.name => tolist(each.members) } == {
      aic-deploy      = tolist(["serviceAccount:aic-deploy-push@demo-project.iam.gserviceaccount.com"])
      aic-plan        = tolist(["serviceAccount:aic-plan-push@demo-project.iam.gserviceaccount.com"])
      aic-snapshot    = tolist(["serviceAccount:aic-snapshot-push@demo-project.iam.gserviceaccount.com"])
      aic-command     = tolist(["serviceAccount:aic-command-push@demo-project.iam.gserviceaccount.com"])
      aic-dead-letter = tolist(["serviceAccount:aic-dead-letter-push@demo-project.iam.gserviceaccount.com"])
    }
    error_message = "Each function that Pub/Sub calls is called by an account of its own alone."
  }

  assert {
    condition     = alltrue([for each in concat([google_cloud_run_v2_service_iam_binding.webhook], values(google_cloud_run_v2_service_iam_binding.subscriber)) : each.role == "roles/run.invoker"])
    error_message = "The right to call is roles/run.invoker and no more."
  }

  assert {
    condition = { for name, each in google_pubsub_topic_iam_binding.publisher : name => sort(each.members) } == {
      deploy = tolist([
        "group:data@example.com",
        "serviceAccount:aic-command@demo-project.iam.gserviceaccount.com",
        "serviceAccount:aic-dead-letter@demo-project.iam.gserviceaccount.com",
        "serviceAccount:aic-snapshot@demo-project.iam.gserviceaccount.com",
        "serviceAccount:aic-webhook@demo-project.iam.gserviceaccount.com",
      ])
      snapshot = tolist([
        "group:data@example.com",
        "serviceAccount:aic-command@demo-project.iam.gserviceaccount.com",
        "serviceAccount:aic-snapshot@demo-project.iam.gserviceaccount.com",
      ])
      command = tolist([
        "group:data@example.com",
        "serviceAccount:aic-command@demo-project.iam.gserviceaccount.com",
        "serviceAccount:aic-dead-letter@demo-project.iam.gserviceaccount.com",
        "serviceAccount:aic-deploy@demo-project.iam.gserviceaccount.com",
        "serviceAccount:aic-snapshot@demo-project.iam.gserviceaccount.com",
        "serviceAccount:aic-webhook@demo-project.iam.gserviceaccount.com",
      ])
      plan = tolist([
        "group:data@example.com",
        "serviceAccount:aic-command@demo-project.iam.gserviceaccount.com",
        "serviceAccount:aic-webhook@demo-project.iam.gserviceaccount.com",
      ])
    }
    error_message = "The functions whose code publishes to a topic may, and the operators."
  }

  assert {
    condition     = alltrue([for each in google_pubsub_topic_iam_binding.publisher : each.role == "roles/pubsub.publisher"])
    error_message = "The right to publish is roles/pubsub.publisher and no more."
  }

  assert {
    condition = { for name, each in google_secret_manager_secret_iam_binding.reader : name => sort(each.members) } == {
      gitlab-webhook-token = tolist(["serviceAccount:aic-webhook@demo-project.iam.gserviceaccount.com"])
      gitlab-signing-token = tolist(["serviceAccount:aic-webhook@demo-project.iam.gserviceaccount.com"])
      gitlab-token = tolist([
        "serviceAccount:aic-command@demo-project.iam.gserviceaccount.com",
        "serviceAccount:aic-dead-letter@demo-project.iam.gserviceaccount.com",
        "serviceAccount:aic-deploy@demo-project.iam.gserviceaccount.com",
        "serviceAccount:aic-plan@demo-project.iam.gserviceaccount.com",
        "serviceAccount:aic-snapshot@demo-project.iam.gserviceaccount.com",
      ])
      market-gitlab-token = tolist([
        "serviceAccount:aic-command@demo-project.iam.gserviceaccount.com",
        "serviceAccount:aic-dead-letter@demo-project.iam.gserviceaccount.com",
        "serviceAccount:aic-deploy@demo-project.iam.gserviceaccount.com",
        "serviceAccount:aic-plan@demo-project.iam.gserviceaccount.com",
        "serviceAccount:aic-snapshot@demo-project.iam.gserviceaccount.com",
      ])
      aic-api-key = tolist([
        "serviceAccount:aic-command@demo-project.iam.gserviceaccount.com",
        "serviceAccount:aic-dead-letter@demo-project.iam.gserviceaccount.com",
        "serviceAccount:aic-deploy@demo-project.iam.gserviceaccount.com",
        "serviceAccount:aic-plan@demo-project.iam.gserviceaccount.com",
        "serviceAccount:aic-snapshot@demo-project.iam.gserviceaccount.com",
      ])
    }
    error_message = "The public function reads the hook's secrets, the others those that open GitLab and AIC; nobody reads both."
  }

  assert {
    condition     = alltrue([for each in google_secret_manager_secret_iam_binding.reader : each.role == "roles/secretmanager.secretAccessor"])
    error_message = "Functions read secrets and do nothing else with them."
  }

  assert {
    condition = google_storage_bucket_iam_binding.backups.role == "roles/storage.objectUser" && sort(google_storage_bucket_iam_binding.backups.members) == tolist([
      "serviceAccount:aic-command@demo-project.iam.gserviceaccount.com",
      "serviceAccount:aic-deploy@demo-project.iam.gserviceaccount.com",
      "serviceAccount:aic-snapshot@demo-project.iam.gserviceaccount.com",
    ])
    error_message = "The public function can't touch a backup."
  }

  assert {
    condition     = google_project_iam_member.build_logs.role == "roles/logging.logWriter" && google_project_iam_member.build_sources.role == "roles/storage.objectViewer"
    error_message = "In the project as a whole only the build account has rights: to write logs and to read sources."
  }

  assert {
    condition     = google_project_iam_member.build_sources.condition[0].expression == "resource.name.startsWith(\"projects/_/buckets/gcf-v2-sources-\")"
    error_message = "Builds read the sources of functions and no other bucket: backups stay out of their reach."
  }

  assert {
    condition     = alltrue([for each in google_pubsub_topic_iam_binding.dead_letter : each.role == "roles/pubsub.publisher" && each.members == toset([google_project_service_identity.pubsub.member])])
    error_message = "Pub/Sub's own account, and it alone, may dead-letter."
  }

  assert {
    condition     = alltrue([for each in google_pubsub_subscription_iam_binding.dead_letter : each.role == "roles/pubsub.subscriber" && each.members == toset([google_project_service_identity.pubsub.member])])
    error_message = "Pub/Sub's own account must be able to take a message off the subscription that gives it up."
  }

  assert {
    condition = toset(keys(google_pubsub_subscription_iam_binding.redrive)) == toset(keys(google_pubsub_subscription.dead_letter)) && alltrue([
      for each in google_pubsub_subscription_iam_binding.redrive : each.role == "roles/pubsub.subscriber" && sort(each.members) == tolist([
        "group:data@example.com",
        "serviceAccount:aic-command@demo-project.iam.gserviceaccount.com",
      ])
    ])
    error_message = "What was given up is taken by the function that sends it once more, and by the operators."
  }

  assert {
    condition     = toset(keys(google_pubsub_topic_iam_binding.dead_letter)) == toset(keys(google_pubsub_topic.dead_letter)) && toset(keys(google_pubsub_subscription_iam_binding.dead_letter)) == toset(keys(google_pubsub_subscription.push))
    error_message = "Each dead-letter topic and each subscription has its grant: without one nothing is dead-lettered, and nobody is told."
  }
}

run "publishing_without_operators" {
  command = plan

  variables {
    operators = []
  }

  assert {
    condition     = toset(keys(google_pubsub_topic_iam_binding.publisher)) == toset(["command", "deploy", "plan", "snapshot"])
    error_message = "Nobody may publish by hand unless named as an operator."
  }
}

run "hooks_that_are_added" {
  command = plan

  variables {
    webhook_url = "https://aic-webhook-1234.a.run.app"
  }

  assert {
    condition = { for name in ["gitlab-webhook-token", "gitlab-signing-token"] : name => sort(google_secret_manager_secret_iam_binding.reader[name].members) } == {
      for name in ["gitlab-webhook-token", "gitlab-signing-token"] : name => tolist([
        "serviceAccount:aic-command@demo-project.iam.gserviceaccount.com",
        "serviceAccount:aic-webhook@demo-project.iam.gserviceaccount.com",
      ])
    }
    error_message = "Who adds hooks shows them their secrets."
  }
}
