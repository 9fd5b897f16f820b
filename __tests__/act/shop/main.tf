terraform {
  required_providers {
    neon = {
      source = "kislerdm/neon"
    }
  }
}

variable "project_id" {
  type = string
}

resource "neon_branch" "shop" {
  project_id = var.project_id
  name       = "shop"
}
