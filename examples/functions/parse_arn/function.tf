# us-east-1
output "region" {
  value = provider::connect::parse_arn(
    "arn:aws:appflow:us-east-1:111122223333:flow/cases"
  ).region
}
