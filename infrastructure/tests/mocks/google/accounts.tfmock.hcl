# Made up by Terraform are random texts; accounts need such that tell them apart.

override_resource {
  target = module.function["webhook"].google_service_account.this
  values = {
    id     = "projects/demo-project/serviceAccounts/aic-webhook@demo-project.iam.gserviceaccount.com"
    email  = "aic-webhook@demo-project.iam.gserviceaccount.com"
    member = "serviceAccount:aic-webhook@demo-project.iam.gserviceaccount.com"
  }
}

override_resource {
  target = module.function["deploy"].google_service_account.this
  values = {
    id     = "projects/demo-project/serviceAccounts/aic-deploy@demo-project.iam.gserviceaccount.com"
    email  = "aic-deploy@demo-project.iam.gserviceaccount.com"
    member = "serviceAccount:aic-deploy@demo-project.iam.gserviceaccount.com"
  }
}

override_resource {
  target = module.function["plan"].google_service_account.this
  values = {
    id     = "projects/demo-project/serviceAccounts/aic-plan@demo-project.iam.gserviceaccount.com"
    email  = "aic-plan@demo-project.iam.gserviceaccount.com"
    member = "serviceAccount:aic-plan@demo-project.iam.gserviceaccount.com"
  }
}

override_resource {
  target = module.function["snapshot"].google_service_account.this
  values = {
    id     = "projects/demo-project/serviceAccounts/aic-snapshot@demo-project.iam.gserviceaccount.com"
    email  = "aic-snapshot@demo-project.iam.gserviceaccount.com"
    member = "serviceAccount:aic-snapshot@demo-project.iam.gserviceaccount.com"
  }
}

override_resource {
  target = module.function["command"].google_service_account.this
  values = {
    id     = "projects/demo-project/serviceAccounts/aic-command@demo-project.iam.gserviceaccount.com"
    email  = "aic-command@demo-project.iam.gserviceaccount.com"
    member = "serviceAccount:aic-command@demo-project.iam.gserviceaccount.com"
  }
}

override_resource {
  target = module.function["dead_letter"].google_service_account.this
  values = {
    id     = "projects/demo-project/serviceAccounts/aic-dead-letter@demo-project.iam.gserviceaccount.com"
    email  = "aic-dead-letter@demo-project.iam.gserviceaccount.com"
    member = "serviceAccount:aic-dead-letter@demo-project.iam.gserviceaccount.com"
  }
}

override_resource {
  target = google_service_account.push["deploy"]
  values = {
    id     = "projects/demo-project/serviceAccounts/aic-deploy-push@demo-project.iam.gserviceaccount.com"
    email  = "aic-deploy-push@demo-project.iam.gserviceaccount.com"
    member = "serviceAccount:aic-deploy-push@demo-project.iam.gserviceaccount.com"
  }
}

override_resource {
  target = google_service_account.push["plan"]
  values = {
    id     = "projects/demo-project/serviceAccounts/aic-plan-push@demo-project.iam.gserviceaccount.com"
    email  = "aic-plan-push@demo-project.iam.gserviceaccount.com"
    member = "serviceAccount:aic-plan-push@demo-project.iam.gserviceaccount.com"
  }
}

override_resource {
  target = google_service_account.push["snapshot"]
  values = {
    id     = "projects/demo-project/serviceAccounts/aic-snapshot-push@demo-project.iam.gserviceaccount.com"
    email  = "aic-snapshot-push@demo-project.iam.gserviceaccount.com"
    member = "serviceAccount:aic-snapshot-push@demo-project.iam.gserviceaccount.com"
  }
}

override_resource {
  target = google_service_account.push["command"]
  values = {
    id     = "projects/demo-project/serviceAccounts/aic-command-push@demo-project.iam.gserviceaccount.com"
    email  = "aic-command-push@demo-project.iam.gserviceaccount.com"
    member = "serviceAccount:aic-command-push@demo-project.iam.gserviceaccount.com"
  }
}

override_resource {
  target = google_service_account.push["dead_letter"]
  values = {
    id     = "projects/demo-project/serviceAccounts/aic-dead-letter-push@demo-project.iam.gserviceaccount.com"
    email  = "aic-dead-letter-push@demo-project.iam.gserviceaccount.com"
    member = "serviceAccount:aic-dead-letter-push@demo-project.iam.gserviceaccount.com"
  }
}

override_resource {
  target = google_service_account.build
  values = {
    id     = "projects/demo-project/serviceAccounts/aic-build@demo-project.iam.gserviceaccount.com"
    email  = "aic-build@demo-project.iam.gserviceaccount.com"
    member = "serviceAccount:aic-build@demo-project.iam.gserviceaccount.com"
  }
}
