variable "name" {
  description = "Name of the function, of the Cloud Run service behind it, and of its account."
  type        = string
}

variable "description" {
  description = "What the function is for, in one line."
  type        = string
}

variable "entry_point" {
  description = "Name of the function in main.py."
  type        = string
}

variable "region" {
  description = "Region that it runs in."
  type        = string
}

variable "public" {
  description = "Whether requests from the internet reach it at all; otherwise only those from inside of the project."
  type        = bool
}

variable "memory" {
  description = "Memory of an instance, such as 512Mi."
  type        = string
}

variable "concurrency" {
  description = "How many requests an instance works on at once."
  type        = number
}

variable "max_instances" {
  description = "How many instances there may be; Google may exceed it for a short time."
  type        = number
}

variable "timeout_seconds" {
  description = "How long a request may take."
  type        = number
}

variable "environment" {
  description = "The service's settings, as docs/settings.md names them."
  type        = map(string)
}

variable "source_bucket" {
  description = "Bucket with the archive of the sources."
  type        = string
}

variable "source_object" {
  description = "Name of the archive in the bucket; with other sources it is another name."
  type        = string
}

variable "build_account" {
  description = "Id of the account that builds the image."
  type        = string
}

variable "repository" {
  description = "Id of the repository that the image goes to."
  type        = string
}
