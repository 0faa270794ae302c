"""Tests of what is deployed: the archive that Terraform makes, installed and started as Google does it."""
