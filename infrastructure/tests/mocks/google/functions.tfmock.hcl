# Where each function answers.

override_resource {
  target = module.function["webhook"].google_cloudfunctions2_function.this
  values = {
    service_config = {
      uri = "https://aic-webhook.a.run.app"
    }
  }
}

override_resource {
  target = module.function["deploy"].google_cloudfunctions2_function.this
  values = {
    service_config = {
      uri = "https://aic-deploy.a.run.app"
    }
  }
}

override_resource {
  target = module.function["plan"].google_cloudfunctions2_function.this
  values = {
    service_config = {
      uri = "https://aic-plan.a.run.app"
    }
  }
}

override_resource {
  target = module.function["snapshot"].google_cloudfunctions2_function.this
  values = {
    service_config = {
      uri = "https://aic-snapshot.a.run.app"
    }
  }
}

override_resource {
  target = module.function["command"].google_cloudfunctions2_function.this
  values = {
    service_config = {
      uri = "https://aic-command.a.run.app"
    }
  }
}

override_resource {
  target = module.function["dead_letter"].google_cloudfunctions2_function.this
  values = {
    service_config = {
      uri = "https://aic-dead-letter.a.run.app"
    }
  }
}
