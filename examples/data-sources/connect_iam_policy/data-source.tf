# For the role of pull requests: it only reads.
data "connect_iam_policy" "plan" {
  mode = "plan"
}

# For the role that applies, narrowed to one instance.
data "connect_iam_policy" "apply" {
  mode                   = "apply"
  instance_id            = "11111111-2222-4333-8444-555555555555"
  client_credentials_arn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:salesforce-app-AbCdEf"
  error_bucket_name      = "acme-case-errors"
}

output "policies" {
  value = {
    plan   = data.connect_iam_policy.plan.json
    apply  = data.connect_iam_policy.apply.json
    secret = data.connect_iam_policy.apply.client_credentials_policy_json
    bucket = data.connect_iam_policy.apply.error_bucket_policy_json
  }
}
