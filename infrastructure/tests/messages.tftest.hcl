# How messages travel, and where they stay.

mock_provider "google" {
  source = "./tests/mocks/google"
}

mock_provider "google-beta" {
  source = "./tests/mocks/google-beta"
}

variables {
  project_id    = "demo-project"
  region        = "europe-west1"
  projects_file = "environments/example.projects.yaml"
  gitlab_url    = "https://git.example.com"
}

run "messages" {
  command = apply

  assert {
    condition     = toset(keys(google_pubsub_subscription.push)) == toset(["deploy", "plan", "snapshot", "command"])
    error_message = "Each subscriber has its subscription."
  }

  assert {
    condition = alltrue([for name, each in google_pubsub_subscription.push :
      each.name == "aic-${name}-push" && each.topic == google_pubsub_topic.this[name].id
    ])
    error_message = "A subscription is of the topic that has its name."
  }

  assert {
    condition = alltrue([for name, each in google_pubsub_subscription.push :
      each.push_config[0].push_endpoint == module.function[name].uri
      && each.push_config[0].oidc_token[0].audience == module.function[name].uri
      && each.push_config[0].oidc_token[0].service_account_email == "aic-${name}-push@demo-project.iam.gserviceaccount.com"
    ])
    error_message = "A push goes to its own function, signed by its own account for that function and no other."
  }

  assert {
    condition     = length(distinct([for each in module.function : each.uri])) == 6
    error_message = "The addresses of the functions differ here too, or the comparison above would prove nothing."
  }

  assert {
    condition = alltrue([for name, each in google_pubsub_subscription.push :
      each.dead_letter_policy[0].dead_letter_topic == google_pubsub_topic.dead_letter[name].id
      && each.dead_letter_policy[0].max_delivery_attempts == 5
    ])
    error_message = "What can't be worked on is dead-lettered after five deliveries."
  }

  assert {
    condition = alltrue([for each in google_pubsub_subscription.push :
      each.enable_message_ordering
      && each.ack_deadline_seconds == 600
      && each.retry_policy[0].minimum_backoff == "10s"
      && each.retry_policy[0].maximum_backoff == "600s"
      && each.expiration_policy[0].ttl == ""
    ])
    error_message = "Messages of a key come in order, ten minutes apart at most, and a quiet year does not delete a subscription."
  }

  assert {
    condition = { for name, each in google_pubsub_subscription.burial : each.topic => each.push_config[0].push_endpoint } == {
      for name, each in google_pubsub_topic.dead_letter : each.id => "https://aic-dead-letter.a.run.app"
    }
    error_message = "What any topic gives up goes to the function that takes it back and tells people."
  }

  assert {
    condition = alltrue([for each in google_pubsub_subscription.burial :
      each.push_config[0].oidc_token[0].audience == module.function["dead_letter"].uri
      && each.push_config[0].oidc_token[0].service_account_email == "aic-dead-letter-push@demo-project.iam.gserviceaccount.com"
      && each.enable_message_ordering
      && each.ack_deadline_seconds == 600
      && each.retry_policy[0].minimum_backoff == "10s"
      && each.retry_policy[0].maximum_backoff == "600s"
      && each.expiration_policy[0].ttl == ""
      && length(each.dead_letter_policy) == 0
    ])
    error_message = "A letter is delivered as a message is, and is not given up."
  }

  assert {
    condition     = toset([for each in google_pubsub_subscription.dead_letter : each.topic]) == toset([for each in google_pubsub_topic.dead_letter : each.id])
    error_message = "A dead-letter topic without a subscription loses what it gets."
  }

  assert {
    condition = alltrue([for each in google_pubsub_subscription.dead_letter :
      each.message_retention_duration == "2678400s" && each.expiration_policy[0].ttl == "" && length(each.push_config) == 0
    ])
    error_message = "Dead letters wait for a person for 31 days."
  }

  assert {
    condition = alltrue([for each in concat(values(google_pubsub_topic.this), values(google_pubsub_topic.dead_letter)) :
      each.message_storage_policy[0].allowed_persistence_regions == toset(["europe-west1"])
    ])
    error_message = "Order is kept within one region only."
  }

  assert {
    condition = {
      for name, each in google_cloud_scheduler_job.this : name => "${each.schedule} ${each.pubsub_target[0].topic_name} ${base64decode(each.pubsub_target[0].data)}"
      } == {
      snapshot = "0 2 * * * ${google_pubsub_topic.this["snapshot"].id} {}"
      board    = "0 4 * * * ${google_pubsub_topic.this["command"].id} {\"parameters\":{},\"workflow\":\"board\"}"
      sweep    = "*/10 * * * * ${google_pubsub_topic.this["command"].id} {\"parameters\":{},\"workflow\":\"sweep\"}"
      tokens   = "0 6 * * * ${google_pubsub_topic.this["command"].id} {\"parameters\":{},\"workflow\":\"check_tokens\"}"
      drill    = "0 5 * * 0 ${google_pubsub_topic.this["command"].id} {\"parameters\":{},\"workflow\":\"drill\"}"
    }
    error_message = "A snapshot and a board every night, a sweep every ten minutes, a look at the tokens every day, a drill every week, through the topics that people use."
  }

  assert {
    condition     = alltrue([for each in google_cloud_scheduler_job.this : each.retry_config[0].retry_count == 3 && each.time_zone == "Etc/UTC"])
    error_message = "A scheduled message that could not be published is tried again."
  }
}

run "told_alike" {
  command = plan

  variables {
    delivery_attempts    = 12
    ack_deadline_seconds = 300
  }

  assert {
    condition = alltrue([for name, each in google_pubsub_subscription.push :
      each.ack_deadline_seconds == 300
      && each.dead_letter_policy[0].max_delivery_attempts == 12
      && local.settings.ACK_DEADLINE_SECONDS == "300"
      && local.settings.DELIVERY_ATTEMPTS == "12"
      && local.functions[name].timeout == 300
    ])
    error_message = "The functions are told the subscription's own deadline and attempts, and are ended at the deadline."
  }
}
