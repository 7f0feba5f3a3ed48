variable "authorization_code" {
  description = "Authorization code of a fresh login to Salesforce. Needed once, at creation."
  type        = string
  default     = null
  ephemeral   = true
}

variable "contact_flow_id" {
  description = "Contact flow that the tasks go through."
  type        = string
}
