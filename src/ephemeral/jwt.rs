//! `connect_salesforce_jwt`: a bearer assertion, signed anew for every run.

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::framework::context::Cx;
use crate::framework::ephemeral::EphemeralResource;
use crate::framework::error::{Error, Kind, Result};
use crate::framework::schema::{Attribute, Block, Schema};
use crate::framework::secret::Secret;
use crate::framework::validators::{length, pattern, whole_number};
use crate::provider::Configured;
use crate::salesforce::bearer::Claims;

/// The ephemeral resource.
#[derive(Debug)]
pub(super) struct SalesforceJwt;

/// Arguments and results.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Model {
    client_id: String,
    username: String,
    private_key: Secret,
    audience: Option<String>,
    lifetime: Option<i64>,
    token: Option<String>,
    expires_at: Option<String>,
}

#[async_trait]
impl EphemeralResource<Configured> for SalesforceJwt {
    type Model = Model;

    const TYPE: &'static str = "connect_salesforce_jwt";

    fn schema(&self) -> Schema {
        Schema::new(Block::new(
            "A signed assertion with which a connected app logs in to Salesforce without a \
             browser. It is made anew for every run, so there is nothing to paste and nothing to \
             expire.",
            [
                Attribute::string("client_id")
                    .required()
                    .check(length(1..=1024))
                    .doc("Consumer key of the connected app."),
                Attribute::string("username")
                    .required()
                    .check(length(1..=256))
                    .doc("User to log in as; pre-authorised for the connected app."),
                Attribute::string("private_key").required().sensitive().doc(
                    "RSA key in PEM (PKCS#1 or PKCS#8), whose certificate the connected app has.",
                ),
                Attribute::string("audience")
                    .optional()
                    .computed()
                    .check(pattern("https://[^\\s/]+", "be a URL without a path"))
                    .doc(format!(
                        "Login host: `{PRODUCTION}` by default, `https://test.salesforce.com` for \
                         sandboxes, or the My Domain URL of the org."
                    )),
                Attribute::number("lifetime")
                    .optional()
                    .computed()
                    .check(whole_number(1..=3600))
                    .doc(format!(
                        "Seconds that the assertion is good for; {LIFETIME} by default. Salesforce \
                         wants a few minutes at most."
                    )),
                Attribute::string("token")
                    .computed()
                    .sensitive()
                    .doc("The assertion, for `jwt_token_wo`."),
                Attribute::string("expires_at")
                    .computed()
                    .doc("When it is no longer good, in RFC 3339."),
            ],
        ))
    }

    async fn open(&self, _cx: &Cx<Configured>, config: Model) -> Result<Model> {
        let lifetime = config.lifetime.unwrap_or(LIFETIME);
        let audience = config.audience.clone().unwrap_or_else(|| PRODUCTION.to_owned());
        let claims = Claims {
            client_id: config.client_id.clone(),
            username: config.username.clone(),
            audience: audience.clone(),
            issued_at: OffsetDateTime::now_utc(),
            lifetime: Duration::from_secs(lifetime.unsigned_abs()),
        };
        let token = claims.sign(&config.private_key).map_err(|reason| {
            Error::new(Kind::Invalid, format!("the assertion cannot be signed: {reason}"))
                .remedy("Correct `private_key`.")
                .at("private_key")
        })?;
        Ok(Model {
            audience: Some(audience),
            lifetime: Some(lifetime),
            token: Some(token),
            expires_at: claims.expires_at().format(&Rfc3339).ok(),
            ..config
        })
    }
}

/// Salesforce's login host for production orgs.
const PRODUCTION: &str = "https://login.salesforce.com";

/// Seconds that are enough for an apply to reach the connection.
const LIFETIME: i64 = 180;
