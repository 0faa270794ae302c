terraform {
  required_version = ">= 1.11" # what the tests use

  required_providers {
    archive     = { source = "hashicorp/archive", version = "~> 2.7" }
    google      = { source = "hashicorp/google", version = "~> 6.50" }
    google-beta = { source = "hashicorp/google-beta", version = "~> 6.50" }
  }

  # The bucket comes with `terraform init -backend-config="bucket=..."`.
  backend "gcs" {
    prefix = "aic-gitops"
  }
}

provider "google" {
  project        = var.project_id
  region         = var.region
  default_labels = { app = "aic-gitops" }
}

provider "google-beta" {
  project = var.project_id
  region  = var.region
}
