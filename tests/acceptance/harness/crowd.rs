//! Many rules and integrations on one instance.

use super::{CONTACT_FLOW, INSTANCE, ORG, World};

/// How many there are. Rules are spread over the integrations.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Crowd {
    pub(crate) rules: usize,
    pub(crate) integrations: usize,
}

impl Crowd {
    /// A world with all of them, in a hurry: neither the provider nor AWS keeps to Connect's rates.
    #[track_caller]
    pub(crate) fn applied(self) -> World {
        let world = World::new();
        // A trace of so much takes longer than the run.
        world.set_env("TF_LOG", "OFF");
        world.provider("rate_limits {\n    connect = 10000\n  }");
        world.aws().make_connection("salesforce-acme", ORG);
        let source = world.aws().make_event_source("cases", "salesforce-acme");
        world.write(self.configuration(&source));
        world.apply();
        world
    }

    fn configuration(self, source: &str) -> String {
        let Self { rules, integrations } = self;
        format!(
            r#"
resource "connect_salesforce_app_integration" "all" {{
  count             = {integrations}
  instance_id       = {INSTANCE:?}
  name              = "Salesforce ${{count.index}}"
  application_url   = "https://acme.my.salesforce.com"
  event_source_name = {source:?}
}}

locals {{
  associations = connect_salesforce_app_integration.all[*].integration_association_id
}}

resource "connect_salesforce_case_rule" "all" {{
  count                      = {rules}
  instance_id                = {INSTANCE:?}
  integration_association_id = local.associations[count.index % {integrations}]
  name                       = "cases-${{count.index}}"
  conditions                 = [{{ field = "Priority", value = "High" }}]
  task                       = {{ name = "Case", contact_flow_id = {CONTACT_FLOW:?} }}
}}
"#
        )
    }
}
