//! Region, account and ids: where an object lives, and what can be said of it in advance.

use std::collections::BTreeMap;

use crate::aws::arn::Arn;
use crate::aws::{Session, is_region_name};
use crate::framework::context::Cx;
use crate::framework::error::Result;
use crate::framework::identity::IdentityAttribute;
use crate::framework::plan::Plan;
use crate::framework::schema::Attribute;
use crate::framework::validators::Validator;
use crate::framework::value::Value;
use crate::provider::Configured;

/// `id`, `arn` and `region`; `id_doc` says what the id is made of.
pub(super) fn attributes(id_doc: &str) -> Vec<Attribute> {
    vec![
        Attribute::string("id").computed().keeps().doc(id_doc),
        Attribute::string("arn").computed().keeps().doc("ARN of the object."),
        Attribute::string("region")
            .optional()
            .computed()
            .keeps()
            .replaces()
            .check(Validator::new("be the name of a region, such as `us-east-1`", |value| {
                value.as_str().is_none_or(is_region_name)
            }))
            .doc("Region of the object. Left out, it is the provider's."),
    ]
}

/// The parts of an identity that an import may leave to the provider.
pub(super) fn identity_attributes() -> [IdentityAttribute; 2] {
    [
        IdentityAttribute::optional(
            "account_id",
            "Account of the object; the provider's by default.",
        ),
        IdentityAttribute::optional("region", "Region of the object; the provider's by default."),
    ]
}

/// The account and region parts of an identity, as a state or plan shows them.
pub(super) fn identity(state: &Value) -> BTreeMap<String, Value> {
    BTreeMap::from([
        ("account_id".to_owned(), account(state.get("arn"))),
        ("region".to_owned(), state.get("region").clone()),
    ])
}

/// The account in an ARN; null or unknown with it.
pub(super) fn account(arn: &Value) -> Value {
    match arn {
        Value::String(arn) => arn.parse::<Arn>().map_or(Value::Null, |arn| arn.account.into()),
        open => open.clone(),
    }
}

/// Leaves the provider's own region out of a generated configuration.
pub(super) fn generate(cx: &Cx<Configured>, config: &mut Value) {
    let provider = cx.provider().ok().map(|configured| configured.aws.region_name());
    if provider.is_some() && config.get("region").as_str() == provider {
        config.put("region", Value::Null);
    }
}

/// The object's region, if it is another one than the provider's: import ids must name it then.
pub(super) fn other_than_providers<'a>(
    cx: &Cx<Configured>,
    region: Option<&'a str>,
) -> Option<&'a str> {
    let provider = cx.provider().ok()?.aws.region_name();
    region.filter(|region| *region != provider)
}

/// A session in the object's region, or the provider's.
///
/// # Errors
/// A provider that is not configured, or a region that is none.
pub(super) fn session(cx: &Cx<Configured>, region: Option<&str>) -> Result<Session> {
    cx.provider()?.aws.session(region, cx.stop().clone())
}

/// A session whose calls outlive Terraform's stop a little: to look up what became of a write.
///
/// # Errors
/// As [`session`].
pub(super) fn lookup_session(cx: &Cx<Configured>, region: Option<&str>) -> Result<Session> {
    Ok(session(cx, region)?.for_lookup())
}

/// Plans `region`: the configured one, else the state's, else the provider's.
///
/// A provider that works in another region than the state is refused with both ways out: the
/// object would silently be replaced in the other region otherwise.
pub(super) fn plan_region(cx: &Cx<Configured>, plan: &mut Plan<'_>) {
    let Ok(configured) = cx.provider() else { return };
    if !plan.config.get("region").is_null() {
        return;
    }
    let provider = configured.aws.region_name();
    match plan.prior.get("region").as_str() {
        None => plan.set("region", provider.into()),
        Some(state) if state != provider => {
            let detail = format!(
                "The object is in {state}, the provider now works in {provider}. To keep the \
                 object, set `region = \"{state}\"` on the resource or use a provider of that \
                 region. To make a new one in {provider}, set `region = \"{provider}\"`: the \
                 plan then shows the replacement."
            );
            plan.diags.error_at("region", "The provider's region has changed", detail);
        }
        Some(_) => {}
    }
}

/// The ARN that AWS will give an object, once its region and account are known; unknown before.
pub(super) async fn planned_arn(
    cx: &Cx<Configured>,
    plan: &Plan<'_>,
    service: &str,
    resource: &str,
) -> Value {
    let Ok(configured) = cx.provider() else { return Value::UNKNOWN };
    let Some(region) = plan.get("region").as_str() else { return Value::UNKNOWN };
    match configured.aws.account_id().await {
        Ok(account) => {
            let partition = crate::aws::partition(region);
            Value::String(format!("arn:{partition}:{service}:{region}:{account}:{resource}"))
        }
        Err(_) => Value::UNKNOWN,
    }
}
