//! `connect_salesforce_connection`: a login is precious, and never seen again.

use serde_json::{Value, json};

use crate::harness::Expected::{Nothing, Recorded, Refused, Replaced, ReplacementPlanned, Updated};
use crate::harness::{
    ACCESS_TOKEN, ACCOUNT, Action, Block, CODES, Change, Imports, JWT, ORG, REFRESH_TOKEN, Table,
    VERIFIER, World,
};

const ADDRESS: &str = "connect_salesforce_connection.acme";
const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd";
const OTHER_KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/5678efgh";
const SECRET: &str = "arn:aws:secretsmanager:us-east-1:111122223333:secret:connected-app";

fn connection() -> Block {
    Block::new(
        "connect_salesforce_connection",
        "acme",
        &[
            ("name", r#""salesforce-acme""#),
            ("instance_url", r#""https://acme.my.salesforce.com""#),
            ("authorization_code_wo", "var.code"),
            ("redirect_uri", r#""https://us-east-1.console.aws.amazon.com/appflow/oauth""#),
            ("credentials_wo_version", "1"),
        ],
    )
}

/// A world with the connection in it, and no code left in the environment.
fn connected() -> World {
    let world = World::new();
    world.set_secret("code", CODES[0]);
    world.write(connection());
    world.apply();
    world.unset_secret("code");
    world
}

#[test]
fn a_connection_comes_stays_and_goes() {
    let world = World::new();
    world.set_secret("code", CODES[0]);
    world.write(connection());
    assert_eq!(world.apply().action(ADDRESS), Some(Action::Create));
    world.unset_secret("code");
    world.assert_settled();
    world.refresh();
    world.assert_settled();
    let state = world.state(ADDRESS);
    assert_eq!(state["id"], "salesforce-acme");
    assert_eq!(
        state["arn"],
        format!("arn:aws:appflow:us-east-1:{ACCOUNT}:connectorprofile/salesforce-acme")
    );
    assert_eq!(state["sandbox"], false);
    assert_eq!(state["connection_mode"], "Public");
    assert!(state["credentials_arn"].as_str().is_some_and(|arn| arn.contains(":secret:appflow!")));
    assert!(world.destroy().warnings().is_empty());
    world.assert_nothing_left();
}

#[test]
fn each_argument_changes_as_aws_allows() {
    let world = World::new();
    world.set_secret("code", CODES[0]);
    world.set_secret("verifier", VERIFIER);
    world.set_secret("access_token", ACCESS_TOKEN);
    world.set_secret("refresh_token", REFRESH_TOKEN);
    world.set_secret("jwt", JWT);
    let table = Table {
        world: &world,
        base: connection(),
        rest: "",
        observe: &|world| {
            let name = world.state(ADDRESS)["name"].as_str().unwrap_or_default().to_owned();
            let mut seen = json!({"profile": world.aws().connection(&name)});
            seen["properties"] =
                seen["profile"]["connectorProfileProperties"]["Salesforce"].clone();
            seen["inventory"] = world.inventory("connector_profiles")[0].clone();
            seen
        },
    };
    // The base's code is spent by now: each change that needs a login brings a fresh one.
    let fresh_code = || world.set_secret("code", CODES[1]);
    table.walk_after(
        fresh_code,
        vec![
            Change::of("name", r#""salesforce-two""#)
                .is(Replaced)
                .shows("/profile/connectorProfileName", json!("salesforce-two")),
            Change::of("instance_url", r#""https://globex.my.salesforce.com""#)
                .is(Updated)
                .shows("/properties/instanceUrl", json!("https://globex.my.salesforce.com")),
            Change::of("connection_mode", r#""Private""#)
                .is(Updated)
                .shows("/profile/connectionMode", json!("Private"))
                .shows("/profile/privateConnectionProvisioningState/status", json!("CREATED")),
            Change::of("connection_mode", "")
                .from("connection_mode", r#""Private""#)
                .is(Nothing)
                .shows("/profile/connectionMode", json!("Private")),
            Change::of("use_private_link_for_metadata_and_authorization", "true")
                .and("connection_mode", r#""Private""#)
                .is(Updated)
                .shows("/properties/usePrivateLinkForMetadataAndAuthorization", json!(true)),
            Change::of("sandbox", "false").is(Nothing),
            Change::of("sandbox", "true")
                .and("instance_url", r#""https://acme--uat.sandbox.my.salesforce.com""#)
                .is(Updated)
                .shows("/properties/isSandboxEnvironment", json!(true)),
            Change::of("kms_key_arn", &format!("{KEY:?}"))
                .is(Replaced)
                .shows("/inventory/kms_key_arn", json!(KEY)),
            Change::of("oauth_grant_type", r#""AUTHORIZATION_CODE""#).is(Recorded),
            Change::of("client_credentials_arn", &format!("{SECRET:?}")).is(Recorded),
            Change::of(
                "redirect_uri",
                r#""https://eu-west-1.console.aws.amazon.com/appflow/oauth""#,
            )
            .is(Recorded),
            Change::of("authorization_code_wo", "var.code").is(Nothing),
            Change::of("authorization_code_wo", "").is(Nothing),
            Change::of("code_verifier_wo", "var.verifier").is(Nothing),
            Change::of("code_verifier_wo", "var.verifier")
                .and("credentials_wo_version", "2")
                .is(Updated),
            Change::of("access_token_wo", "var.access_token")
                .and("refresh_token_wo", "var.refresh_token")
                .and("authorization_code_wo", "")
                .and("credentials_wo_version", "2")
                .is(Updated),
            Change::of("jwt_token_wo", "var.jwt")
                .and("oauth_grant_type", r#""JWT_BEARER""#)
                .and("authorization_code_wo", "")
                .and("credentials_wo_version", "2")
                .is(Updated),
            Change::of("credentials_wo_version", "2").is(Updated),
            Change::of("region", r#""us-east-1""#).is(Nothing),
            Change::of("region", r#""eu-west-1""#).is(ReplacementPlanned),
            Change::of("timeouts", r#"{ create = "1h" }"#).is(Recorded),
        ],
    );
}

#[test]
fn a_sandbox_is_logged_in_to_with_its_flag() {
    let world = connected();
    world.set_secret("code", CODES[1]);
    let sandbox = connection()
        .with("instance_url", r#""https://acme--uat.sandbox.my.salesforce.com""#)
        .with("sandbox", "true");
    world.write(&sandbox);
    assert_eq!(world.apply().action(ADDRESS), Some(Action::Update));
    world.unset_secret("code");
    world.assert_settled();
    // Chosen once, it stays: a default is for the creation.
    world.write(sandbox.with("sandbox", ""));
    world.assert_settled();
}

#[test]
fn a_private_connection_that_aws_cannot_provision_is_an_error_with_the_cause() {
    let world = World::new();
    world.switch(json!({"private_connection_failure": "CONNECTOR_AUTHENTICATION"}));
    world.set_secret("code", CODES[0]);
    world.write(connection().with("connection_mode", r#""Private""#));
    let errors = world.apply_errors();
    assert_eq!(errors[0].argument(), "connection_mode");
    for words in ["CONNECTOR_AUTHENTICATION", "check the connected app"] {
        assert!(errors[0].detail.contains(words), "{errors:#?}");
    }
    assert_eq!(world.state(ADDRESS)["private_connection_status"], "FAILED");
}

#[test]
fn a_login_is_not_lost_because_the_connection_cannot_be_read_back() {
    let world = World::new();
    world.set_secret("code", CODES[0]);
    world.write(connection());
    world.admin(
        "POST",
        "/faults",
        json!({
            "operation": "DescribeConnectorProfiles", "times": 20, "kind": "error",
            "code": "AccessDeniedException", "message": "not allowed",
        }),
    );
    let run = world.apply();
    run.warning("The connection salesforce-acme exists, but could not be read back");
    world.unset_secret("code");
    world.admin("DELETE", "/faults", Value::Null);
    // It is not tainted: the next refresh fills in what is missing.
    world.refresh();
    world.assert_settled();
    assert!(world.state(ADDRESS)["credentials_arn"].is_string());
}

#[test]
fn without_a_login_nothing_changes_that_needs_one() {
    let world = World::new();
    world.set_secret("code", CODES[0]);
    let table = Table { world: &world, base: connection(), rest: "", observe: &|_| Value::Null };
    let no_code = || world.unset_secret("code");
    table.walk_some_after(
        no_code,
        vec![
            Change::of("name", r#""salesforce-two""#).is(Refused(
                "authorization_code_wo",
                "Replacing the connection would lose its login",
            )),
            Change::of("kms_key_arn", &format!("{KEY:?}")).is(Refused(
                "authorization_code_wo",
                "Replacing the connection would lose its login",
            )),
            Change::of("instance_url", r#""https://globex.my.salesforce.com""#)
                .is(Refused("instance_url", "Changing instance_url needs credentials")),
            Change::of("sandbox", "true")
                .is(Refused("sandbox", "Changing sandbox needs credentials")),
            Change::of("connection_mode", r#""Private""#)
                .is(Refused("connection_mode", "Changing connection_mode needs credentials")),
            Change::of("credentials_wo_version", "2")
                .is(Refused("credentials_wo_version", "there are none")),
            Change::of("timeouts", r#"{ update = "1h" }"#).is(Recorded),
            Change::of("redirect_uri", "").is(Recorded),
        ],
    );
    assert!(world.writes_since(0).iter().all(|call| call.ends_with(":CreateConnectorProfile")));
}

#[test]
fn each_grant_delivers_its_secrets_and_nothing_else() {
    let plain = |secrets: &[(&str, &str)]| {
        let base = connection().with("authorization_code_wo", "").with("redirect_uri", "");
        secrets.iter().fold(base, |block, (name, value)| block.with(name, value))
    };
    let redirect = ("redirect_uri", r#""https://us-east-1.console.aws.amazon.com/appflow/oauth""#);
    let grants = [
        (
            plain(&[
                ("authorization_code_wo", "var.code"),
                ("code_verifier_wo", "var.verifier"),
                redirect,
            ]),
            vec![
                ("oAuthRequest.authCode", CODES[0]),
                ("oAuthRequest.codeVerifier", VERIFIER),
                ("oAuthRequest.redirectUri", redirect.1.trim_matches('"')),
            ],
        ),
        (
            plain(&[
                ("access_token_wo", "var.access_token"),
                ("refresh_token_wo", "var.refresh_token"),
            ]),
            vec![("accessToken", ACCESS_TOKEN), ("refreshToken", REFRESH_TOKEN)],
        ),
        (
            plain(&[("oauth_grant_type", r#""JWT_BEARER""#), ("jwt_token_wo", "var.jwt")]),
            vec![("jwtToken", JWT), ("oAuth2GrantType", "JWT_BEARER")],
        ),
    ];
    for (connection, delivered) in grants {
        let world = World::new();
        for (name, secret) in [
            ("code", CODES[0]),
            ("verifier", VERIFIER),
            ("access_token", ACCESS_TOKEN),
            ("refresh_token", REFRESH_TOKEN),
            ("jwt", JWT),
        ] {
            world.set_secret(name, secret);
        }
        world.write(connection);
        world.apply();
        let credentials = world.admin("GET", "/credentials", Value::Null);
        let delivery = &credentials[0]["deliveries"][0];
        let delivered: Value =
            delivered.iter().map(|(name, secret)| (*name, fingerprint(secret))).collect();
        assert_eq!(find_fields(delivery), delivered, "{delivery:#}");
        world.destroy();
    }
}

/// What the emulator shows of a secret: the beginning of its digest.
fn fingerprint(secret: &str) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(secret)[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The delivered members, wherever a delivery lists them.
fn find_fields(delivery: &Value) -> Value {
    match delivery.get("fields") {
        Some(fields) => fields.clone(),
        None => delivery.clone(),
    }
}

#[test]
fn an_import_of_ours_changes_nothing() {
    let world = connected();
    let imports = Imports {
        world: &world,
        minimal: connection()
            .with("authorization_code_wo", "")
            .with("redirect_uri", "")
            .with("credentials_wo_version", ""),
        full: None,
        ids: [
            "salesforce-acme".to_owned(),
            format!("arn:aws:appflow:us-east-1:{ACCOUNT}:connectorprofile/salesforce-acme"),
            "salesforce-acme@us-east-1".to_owned(),
        ]
        .into(),
        identity: r#"{ name = "salesforce-acme" }"#.to_owned(),
    };
    imports.walk();
}

#[test]
fn an_import_from_the_console_changes_nothing_and_can_be_logged_in_again() {
    let world = World::new();
    let made = world.admin(
        "POST",
        "/console",
        json!({
            "instance": "acme", "org": ORG, "kms_key_arn": KEY,
        }),
    );
    assert_eq!(made["connector_profile"], "amazon-connect-salesforce-acme");
    let name = "amazon-connect-salesforce-acme";
    let minimal = connection()
        .with("name", &format!("{name:?}"))
        .with("authorization_code_wo", "")
        .with("redirect_uri", "")
        .with("credentials_wo_version", "");
    Imports {
        world: &world,
        minimal: minimal.clone(),
        full: None,
        ids: vec![name.to_owned(), format!("{name}@us-east-1")],
        identity: format!("{{ name = {name:?} }}"),
    }
    .walk();
    let state = world.state(ADDRESS);
    for untold in ["oauth_grant_type", "client_credentials_arn", "redirect_uri", "kms_key_arn"] {
        assert_eq!(state[untold], Value::Null, "{untold}");
    }

    // AWS does not tell the key: it is believed, and nothing is replaced for it.
    let with_key = minimal.clone().with("kms_key_arn", &format!("{OTHER_KEY:?}"));
    world.write(&with_key);
    let run = world.plan();
    assert_eq!(run.action(ADDRESS), Some(Action::Update));
    run.warning("The key cannot be confirmed");

    // The first version is a login in place, not a new connection.
    world.set_secret("code", CODES[0]);
    let login = minimal
        .with("authorization_code_wo", "var.code")
        .with("redirect_uri", r#""https://us-east-1.console.aws.amazon.com/appflow/oauth""#)
        .with("credentials_wo_version", "1");
    world.write(&login);
    assert_eq!(world.apply().action(ADDRESS), Some(Action::Update));
    world.unset_secret("code");
    world.assert_settled();
}

#[test]
fn a_connection_of_someone_elses_login_warns_before_it_is_destroyed() {
    let world = World::new();
    world.aws().make_connection("salesforce-acme", ORG);
    world.write(format!(
        "import {{\n  to = {ADDRESS}\n  id = \"salesforce-acme\"\n}}\n{}",
        connection().with("authorization_code_wo", "").with("credentials_wo_version", "")
    ));
    world.apply();
    let run = world.destroy();
    run.warning("The login of the connection salesforce-acme will be lost");
    world.assert_nothing_left();
}

#[test]
fn a_connection_that_disappears_is_made_again() {
    let world = connected();
    world.drift("delete_profile", "salesforce-acme");
    let errors = world.plan_errors();
    assert_eq!(errors[0].summary, "A new connection needs credentials");
    world.set_secret("code", CODES[1]);
    assert_eq!(world.apply().action(ADDRESS), Some(Action::Create));
    world.unset_secret("code");
    world.assert_settled();
}

#[test]
fn an_edit_by_hand_shows_and_needs_a_login_to_undo() {
    let world = connected();
    world.edit(
        "edit_profile",
        "salesforce-acme",
        json!({"instanceUrl": "https://globex.my.salesforce.com"}),
    );
    let errors = world.plan_errors();
    assert_eq!(errors[0].argument(), "instance_url");
    world.set_secret("code", CODES[1]);
    assert_eq!(world.apply().action(ADDRESS), Some(Action::Update));
    world.assert_settled();
}
