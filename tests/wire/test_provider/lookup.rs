//! `test_lookup`: a data source that finds what the test wants.

use async_trait::async_trait;
use serde_json::{Value as Json, json};
use terraform_provider_connect::framework::context::Cx;
use terraform_provider_connect::framework::data_source::DataSource;
use terraform_provider_connect::framework::error::{Error, Kind, Result};
use terraform_provider_connect::framework::schema::{Attribute, Block, Schema};
use terraform_provider_connect::framework::validators::length;

use super::Configured;

#[derive(Debug)]
pub(super) struct Lookup;

#[async_trait]
impl DataSource<Configured> for Lookup {
    type Model = Json;

    const TYPE: &'static str = "test_lookup";

    fn schema(&self) -> Schema {
        Schema::new(Block::new(
            "",
            [
                Attribute::string("name").required().check(length(1..=40)),
                Attribute::string("found").computed(),
                Attribute::string("label").computed(),
            ],
        ))
    }

    async fn read(&self, cx: &Cx<Configured>, config: Json) -> Result<Json> {
        match config["name"].as_str() {
            Some("null") => Ok(Json::Null),
            Some("misfit") => Ok(json!({ "name": "misfit", "found": {} })),
            Some("panic") => panic!("as the test wants it"),
            Some("missing") => Err(Error::new(Kind::NotFound, "there is none").at("name")),
            name => Ok(json!({ "name": name, "found": "yes", "label": cx.provider()?.label })),
        }
    }
}
