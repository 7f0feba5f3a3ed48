//! `connect_iam_policy`: the policies that the provider, AppFlow and EventBridge need.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{result, results, session};
use crate::aws::partition;
use crate::aws::permissions::Purpose;
use crate::aws::policy::{self, Narrowing, Place};
use crate::framework::context::Cx;
use crate::framework::data_source::DataSource;
use crate::framework::error::Result;
use crate::framework::schema::{Attribute, Block, Schema};
use crate::framework::validators::{length, one_of, pattern};
use crate::provider::Configured;
use crate::resources::reference::{self, id_of};

/// The data source.
#[derive(Debug)]
pub(super) struct IamPolicy;

/// Arguments and results.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Model {
    mode: Option<String>,
    region: Option<String>,
    instance_id: Option<String>,
    connection_name: Option<String>,
    flow_name: Option<String>,
    client_credentials_arn: Option<String>,
    kms_key_arn: Option<String>,
    error_bucket_name: Option<String>,
    account_id: Option<String>,
    json: Option<String>,
    actions: Option<Vec<String>>,
    client_credentials_policy_json: Option<String>,
    kms_key_policy_json: Option<String>,
    error_bucket_policy_json: Option<String>,
}

#[async_trait]
impl DataSource<Configured> for IamPolicy {
    type Model = Model;

    const TYPE: &'static str = "connect_iam_policy";

    fn schema(&self) -> Schema {
        Schema::new(Block::new(
            "The least that the role of this provider must be allowed, and the policies that \
             AppFlow and EventBridge need on a secret, a key and a bucket. Nothing is looked up \
             but the account.",
            arguments().into_iter().chain([
                result("account_id", "Account that the policies are for: the provider's."),
                result("json", "Policy of the role, for `aws_iam_policy`."),
                results("actions", "Actions that the policy of the role allows, sorted."),
                result(
                    "client_credentials_policy_json",
                    "Resource policy of the secret, for `aws_secretsmanager_secret_policy`. Null \
                     without `client_credentials_arn`.",
                ),
                result(
                    "kms_key_policy_json",
                    "Policy of the key, for `aws_kms_key_policy`: the account manages it with \
                     IAM, AppFlow and EventBridge use it. Null without `kms_key_arn`.",
                ),
                result(
                    "error_bucket_policy_json",
                    "Policy of the bucket, for `aws_s3_bucket_policy`. Null without \
                     `error_bucket_name`.",
                ),
            ]),
        ))
    }

    async fn read(&self, cx: &Cx<Configured>, config: Model) -> Result<Model> {
        let session = session(cx, config.region.as_deref())?;
        let place = Place {
            partition: partition(session.region_name()).to_owned(),
            region: session.region_name().to_owned(),
            account: cx.provider()?.aws.account_id().await?,
        };
        let mode = config.mode.clone().unwrap_or_else(|| APPLY.to_owned());
        let purpose = if mode == APPLY { Purpose::Apply } else { Purpose::Plan };
        let narrowing = Narrowing {
            instance_id: config.instance_id.as_deref().map(|id| id_of(id).to_owned()),
            connection_name: config.connection_name.clone(),
            flow_name: config.flow_name.clone(),
            client_credentials_arn: config.client_credentials_arn.clone(),
            kms_key_arn: config.kms_key_arn.clone(),
        };
        let written = |document: serde_json::Value| format!("{document:#}");
        let of_secret = |secret: &String| written(policy::of_app_secret(&place, secret));
        let of_bucket = |bucket: &String| written(policy::of_error_bucket(&place, bucket));
        let actions = policy::actions(purpose, &narrowing);
        Ok(Model {
            mode: Some(mode),
            json: Some(written(policy::of_role(&place, purpose, &narrowing))),
            actions: Some(actions.into_iter().map(str::to_owned).collect()),
            client_credentials_policy_json: config.client_credentials_arn.as_ref().map(of_secret),
            kms_key_policy_json: config
                .kms_key_arn
                .as_ref()
                .map(|_| written(policy::of_key(&place))),
            error_bucket_policy_json: config.error_bucket_name.as_ref().map(of_bucket),
            region: Some(place.region),
            account_id: Some(place.account),
            ..config
        })
    }
}

const APPLY: &str = "apply";

fn arguments() -> Vec<Attribute> {
    vec![
        Attribute::string("mode").optional().computed().check(one_of(&["plan", APPLY])).doc(
            "What the role is for: `plan` only reads, which also does for refresh, import, \
                 query, data sources and `doctor`; `apply` may do everything. Left out, `apply`.",
        ),
        Attribute::string("region")
            .optional()
            .computed()
            .doc("Region that the role works in. Left out, the provider's."),
        reference::attribute("instance_id", "instance")
            .optional()
            .doc("Id or ARN of the only Connect instance to allow. Left out, all."),
        Attribute::string("connection_name")
            .optional()
            .check(length(1..=256))
            .doc("Name of the only connection to change; may end in `*`. Left out, all."),
        Attribute::string("flow_name")
            .optional()
            .check(length(1..=256))
            .doc("Name of the only flow to allow; may end in `*`. Left out, all."),
        Attribute::string("client_credentials_arn")
            .optional()
            .check(pattern("arn:[^:]+:secretsmanager:.+", "be the ARN of a secret"))
            .doc("ARN of the secret with the connected app's `clientId` and `clientSecret`."),
        Attribute::string("kms_key_arn")
            .optional()
            .check(pattern("arn:[^:]+:kms:.+", "be the ARN of a KMS key"))
            .doc("ARN of a customer-managed key that encrypts connection, flow, secret or bus."),
        Attribute::string("error_bucket_name")
            .optional()
            .check(length(3..=63))
            .doc("Bucket of the flow's `error_handling`."),
    ]
}
