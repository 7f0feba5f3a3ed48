data "connect_instance" "by_alias" {
  alias = "acme"
}

data "connect_instance" "by_id" {
  id = "11111111-2222-4333-8444-555555555555"
}

output "access_url" {
  value = data.connect_instance.by_alias.access_url
}
