//! STS: identities, roles, and keys of roles.

use serde_json::Value;

use crate::aws::{Aws, DATE, Raw};

fn call(aws: &Aws, form: &str) -> Raw {
    let headers = [
        ("authorization", aws.authorization("sts")),
        ("x-amz-date", DATE.into()),
        ("content-type", "application/x-www-form-urlencoded".into()),
    ];
    aws.send("POST", "/", &headers, form).expect("an answer")
}

fn element(raw: &Raw, name: &str) -> String {
    let inner = raw.body.split_once(&format!("<{name}>")).expect("the element").1;
    inner.split_once("</").expect("its end").0.to_owned()
}

const ROLE: &str = "Action=AssumeRole&Version=2011-06-15&RoleSessionName=test\
                    &RoleArn=arn%3Aaws%3Aiam%3A%3A444455556666%3Arole%2Fteam%2Fdeploy";

#[test]
fn keys_belong_to_accounts() {
    let mut aws = Aws::new();
    let who = "Action=GetCallerIdentity&Version=2011-06-15";
    assert_eq!(element(&call(&aws, who), "Account"), "111122223333");
    aws.key = "AKIAEMULATOR00000002".into();
    assert_eq!(element(&call(&aws, who), "Account"), "444455556666");
}

#[test]
fn a_role_has_its_own_keys() {
    let mut aws = Aws::new();
    let assumed = call(&aws, ROLE);
    let (key, token) = (element(&assumed, "AccessKeyId"), element(&assumed, "SessionToken"));
    aws.key = key;
    let list = |aws: &Aws| aws.try_rest("appflow", "POST", "/list-flows", Value::Null);
    assert_eq!(list(&aws).expect("an answer").status, 403, "without its token");
    aws.token = Some(token);
    assert_eq!(list(&aws).expect("an answer").status, 200);
    let requests = aws.admin("GET", "/requests?operation=ListFlows", Value::Null);
    assert_eq!(requests[1]["account"], "444455556666");
    aws.admin("POST", "/clock", serde_json::json!({"advance_seconds": 3600}));
    assert_eq!(list(&aws).expect("an answer").status, 403, "after an hour");
}

#[test]
fn bad_roles_are_refused_in_xml() {
    let aws = Aws::new();
    for (what, form) in [
        ("no role", ROLE.replace("role%2F", "user%2F")),
        ("a short name", ROLE.replace("=test", "=t")),
        ("too long", format!("{ROLE}&DurationSeconds=43201")),
    ] {
        let raw = call(&aws, &form);
        assert_eq!((raw.status, element(&raw, "Code")), (400, "ValidationError".into()), "{what}");
    }
    let raw = call(&aws, "Action=Nonsense");
    assert_eq!((raw.status, element(&raw, "Code")), (400, "InvalidAction".into()));
}

#[test]
fn web_identities_need_no_signature() {
    let aws = Aws::new();
    let form = ROLE.replace("AssumeRole", "AssumeRoleWithWebIdentity");
    let headers = [("content-type", "application/x-www-form-urlencoded".to_owned())];
    let send = |form: &str| aws.send("POST", "/", &headers, form).expect("an answer");
    assert_eq!(send(&format!("{form}&WebIdentityToken=abcdef")).status, 200);
    assert_eq!(send(&form).status, 400);
    assert_eq!(send(ROLE).status, 403);
}
