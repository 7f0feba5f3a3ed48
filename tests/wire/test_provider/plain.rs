//! `test_plain`: the least of a resource, without identity, blocks or computed attributes, and
//! with a model that insists on its argument.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use terraform_provider_connect::framework::context::Cx;
use terraform_provider_connect::framework::error::{Error, Kind, Result};
use terraform_provider_connect::framework::identity::IdentitySchema;
use terraform_provider_connect::framework::resource::{Applied, ImportId, Resource};
use terraform_provider_connect::framework::schema::{Attribute, Block, Schema};
use terraform_provider_connect::framework::timeouts::Timeouts;
use terraform_provider_connect::framework::value::Value;

use super::Configured;

#[derive(Debug)]
pub(super) struct Plain;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Model {
    text: String,
}

#[async_trait]
impl Resource<Configured> for Plain {
    type Model = Model;

    const TYPE: &'static str = "test_plain";

    const TIMEOUTS: Timeouts = Timeouts {
        create: Duration::from_mins(1),
        update: Duration::from_mins(1),
        delete: Duration::from_mins(1),
    };

    fn schema(&self) -> Schema {
        Schema::new(Block::new("", [Attribute::string("text").required()]))
    }

    fn identity(&self) -> IdentitySchema {
        IdentitySchema::default()
    }

    fn identify(&self, _: &Value) -> BTreeMap<String, Value> {
        BTreeMap::new()
    }

    async fn create(&self, _: &Cx<Configured>, plan: Model) -> Applied<Model> {
        Ok(plan)
    }

    async fn read(&self, _: &Cx<Configured>, state: Model) -> Result<Option<Model>> {
        Ok(Some(state))
    }

    async fn update(&self, _: &Cx<Configured>, _: Model, plan: Model) -> Applied<Model> {
        Ok(plan)
    }

    async fn delete(&self, _: &Cx<Configured>, _: Model) -> Applied<(), Model> {
        Ok(())
    }

    fn import(&self, _: &ImportId) -> Result<BTreeMap<String, Value>> {
        Err(Error::new(Kind::Invalid, "a plain text cannot be imported"))
    }
}
