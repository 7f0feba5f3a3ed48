//! The provider block. Names and meaning are those of `hashicorp/aws`, so that a block can be
//! copied over.

use crate::framework::schema::{Attribute, Block, NestedBlock, Schema};
use crate::framework::validators::{Validator, each, one_of, pattern, whole_number};
use crate::framework::value::Value;

pub(super) fn provider() -> Schema {
    Schema::new(
        Block::new(
            "Connects Salesforce cases to Amazon Connect: an AppFlow connection and event flow, \
             the event integration, and the rules that make tasks.",
            credentials().into_iter().chain(guards()).chain(transport()),
        )
        .block(NestedBlock::list("assume_role", 0, assume_role()))
        .block(NestedBlock::single("assume_role_with_web_identity", web_identity()))
        .block(NestedBlock::single("default_tags", default_tags()))
        .block(NestedBlock::single("ignore_tags", ignore_tags()))
        .block(NestedBlock::single("endpoints", endpoints()))
        .block(NestedBlock::single("rate_limits", rate_limits())),
    )
}

fn credentials() -> Vec<Attribute> {
    vec![
        Attribute::string("region")
            .optional()
            .doc("Region to work in. Also `AWS_REGION`, `AWS_DEFAULT_REGION` or the profile."),
        Attribute::string("profile")
            .optional()
            .doc("Profile of the shared configuration files. Also `AWS_PROFILE`."),
        Attribute::string("access_key")
            .optional()
            .doc("Access key id. Better: `AWS_ACCESS_KEY_ID`, a profile, or a role."),
        Attribute::string("secret_key")
            .optional()
            .sensitive()
            .doc("Secret access key. Better: `AWS_SECRET_ACCESS_KEY`, a profile, or a role."),
        Attribute::string("token")
            .optional()
            .sensitive()
            .doc("Session token of temporary credentials. Also `AWS_SESSION_TOKEN`."),
        Attribute::list_of_strings("shared_config_files")
            .optional()
            .doc("Configuration files instead of `~/.aws/config`."),
        Attribute::list_of_strings("shared_credentials_files")
            .optional()
            .doc("Credentials files instead of `~/.aws/credentials`."),
    ]
}

fn guards() -> Vec<Attribute> {
    vec![
        Attribute::set_of_strings("allowed_account_ids")
            .optional()
            .check(each(account_id()))
            .doc("Accounts to work in; any other is refused before anything happens."),
        Attribute::set_of_strings("forbidden_account_ids")
            .optional()
            .check(each(account_id()))
            .doc("Accounts never to work in."),
        Attribute::bool("skip_credentials_validation")
            .optional()
            .doc("Do not check the credentials with STS when the provider starts."),
        Attribute::bool("skip_requesting_account_id")
            .optional()
            .doc("Never ask STS for the account. ARNs are then known only after apply."),
        Attribute::bool("skip_region_validation").optional().doc("Accept any name as a region."),
    ]
}

fn transport() -> Vec<Attribute> {
    vec![
        Attribute::number("max_retries")
            .optional()
            .check(whole_number(0..=i64::from(u32::MAX)))
            .doc("Attempts per call, the first included. Also `AWS_MAX_ATTEMPTS`."),
        Attribute::string("retry_mode")
            .optional()
            .check(one_of(&["standard", "adaptive"]))
            .doc("How retries are paced: `standard` or `adaptive`. Also `AWS_RETRY_MODE`."),
        Attribute::string("http_proxy")
            .optional()
            .doc("Proxy for `http` endpoints, and for `https` ones unless `https_proxy` is set."),
        Attribute::string("https_proxy").optional().doc("Proxy for `https` endpoints."),
        Attribute::string("no_proxy").optional().doc("Hosts to reach without a proxy."),
        Attribute::string("custom_ca_bundle")
            .optional()
            .doc("PEM file of certificate authorities to trust. Also `AWS_CA_BUNDLE`."),
        Attribute::bool("insecure").optional().doc("Accept any certificate of the endpoints."),
        Attribute::bool("use_fips_endpoint")
            .optional()
            .doc("Use FIPS endpoints. Also `AWS_USE_FIPS_ENDPOINT`."),
        Attribute::bool("use_dualstack_endpoint")
            .optional()
            .doc("Use dual-stack endpoints. Also `AWS_USE_DUALSTACK_ENDPOINT`."),
        Attribute::list_of_strings("user_agent")
            .optional()
            .doc("Products to add to the user agent of every request, as in `team/1.0`."),
    ]
}

fn assume_role() -> Block {
    Block::new(
        "A role to assume; several are assumed one after the other.",
        [Attribute::string("role_arn").required().doc("ARN of the role.")]
            .into_iter()
            .chain(session())
            .chain([
                Attribute::string("external_id")
                    .optional()
                    .doc("External id that the role's trust policy asks for."),
                Attribute::map_of_strings("tags").optional().doc("Tags of the session."),
                Attribute::set_of_strings("transitive_tag_keys")
                    .optional()
                    .doc("Session tags that the next role inherits."),
                Attribute::string("source_identity")
                    .optional()
                    .doc("Who stands behind the session."),
            ]),
    )
}

fn web_identity() -> Block {
    Block::new(
        "A role that trusts the token of an identity provider, such as a CI system's.",
        [Attribute::string("role_arn").optional().doc("ARN of the role. Also `AWS_ROLE_ARN`.")]
            .into_iter()
            .chain(session())
            .chain([
                Attribute::string("web_identity_token")
                    .optional()
                    .sensitive()
                    .doc("The token itself."),
                Attribute::string("web_identity_token_file")
                    .optional()
                    .doc("File that holds the token. Also `AWS_WEB_IDENTITY_TOKEN_FILE`."),
            ]),
    )
}

fn session() -> Vec<Attribute> {
    vec![
        Attribute::string("session_name").optional().doc("Name of the session in CloudTrail."),
        Attribute::string("duration").optional().doc("How long a session lives, as in `1h`."),
        Attribute::string("policy").optional().doc("Policy in JSON that narrows the role."),
        Attribute::set_of_strings("policy_arns")
            .optional()
            .doc("Managed policies that narrow the role."),
    ]
}

fn default_tags() -> Block {
    Block::new(
        "Tags of everything the provider makes.",
        [Attribute::map_of_strings("tags").optional().doc("The tags.")],
    )
}

fn ignore_tags() -> Block {
    Block::new(
        "Tags that others manage: neither shown nor removed.",
        [
            Attribute::set_of_strings("keys").optional().doc("Whole keys."),
            Attribute::set_of_strings("key_prefixes").optional().doc("Beginnings of keys."),
        ],
    )
}

fn endpoints() -> Block {
    let services = [
        ("appflow", "Amazon AppFlow"),
        ("appintegrations", "Amazon AppIntegrations"),
        ("connect", "Amazon Connect"),
        ("events", "Amazon EventBridge"),
        ("sts", "AWS STS"),
    ];
    Block::new(
        "Other endpoints than AWS's, such as the emulator's. Also `AWS_ENDPOINT_URL`, for all of them.",
        services.map(|(name, service)| {
            Attribute::string(name).optional().check(url()).doc(format!("URL for {service}."))
        }),
    )
}

fn rate_limits() -> Block {
    let services = [
        ("appflow", "AppFlow; not limited by default"),
        ("appintegrations", "AppIntegrations; not limited by default"),
        ("connect", "Connect; 2 by default, with bursts of 4, just within AWS's limit"),
        ("events", "EventBridge; not limited by default"),
    ];
    Block::new(
        "Requests a second, for each operation of a service, account and region.",
        services.map(|(name, service)| {
            Attribute::number(name)
                .optional()
                .check(positive())
                .doc(format!("Requests a second to {service}."))
        }),
    )
}

fn account_id() -> Validator {
    pattern("[0-9]{12}", "be an account id of 12 digits")
}

fn url() -> Validator {
    pattern("https?://[^\\s/]+.*", "be a URL that begins with `https://` or `http://`")
}

fn positive() -> Validator {
    Validator::new("be more than 0", |value| match value {
        Value::Number(number) => number.as_f64() > 0.0,
        _ => true,
    })
}
