# Every plan and apply tells when a case does not become a task any more.
check "salesforce_cases_become_tasks" {
  data "connect_integration_health" "acme" {
    instance_id = "11111111-2222-4333-8444-555555555555"
  }

  assert {
    condition     = data.connect_integration_health.acme.healthy
    error_message = join("\n", data.connect_integration_health.acme.problems)
  }
}
