//! `authorize`: from a login in a browser to a connection, through nobody's hands.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::harness::{ORG, World, core};

/// The configuration that the help shows.
fn configuration(redirect_uri: &str) -> String {
    CONFIGURATION.replace("REDIRECT_URI", redirect_uri)
}

const CONFIGURATION: &str = r#"
variable "authorization_code" {
  default   = null
  ephemeral = true
}
variable "code_verifier" {
  default   = null
  ephemeral = true
}
resource "connect_salesforce_connection" "acme" {
  name                  = "salesforce-acme"
  instance_url          = "https://acme.my.salesforce.com"
  authorization_code_wo = var.authorization_code
  code_verifier_wo      = var.code_verifier
  redirect_uri          = "REDIRECT_URI"
}
"#;

fn redirect_uri() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    format!("http://{}/callback", listener.local_addr().expect("an address"))
}

fn authorize(world: &World, redirect_uri: &str, more: &[&str]) -> Command {
    let url = format!("https://{ORG}");
    let mut all = vec!["authorize", "--instance-url", &url, "--client-id", "3MVG9", "--no-browser"];
    all.extend(["--redirect-uri", redirect_uri]);
    all.extend(more);
    let mut command = world.binary(&all);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// The address that is shown to the person.
fn shown_address(child: &mut Child) -> (String, BufReader<std::process::ChildStderr>) {
    let mut lines = BufReader::new(child.stderr.take().expect("it is piped"));
    loop {
        let mut line = String::new();
        let count = lines.read_line(&mut line).expect("text");
        assert!(count > 0, "no address is shown");
        if let Some(address) = line.trim().strip_prefix("https://") {
            return (address.to_owned(), lines);
        }
    }
}

/// A GET request as a browser makes it: the answer.
fn get(address: &str, host: &str, target: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("something listens");
    let request = format!("GET {target} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("it takes the request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    answer
}

/// Logs in at the org: the address it sends the browser back to.
fn log_in(world: &World, address: &str) -> String {
    let (host, target) = address.split_once('/').expect("a path");
    assert_eq!(host, ORG);
    let answer = get(world.url().trim_start_matches("http://"), host, &format!("/{target}"));
    let location = answer.lines().find_map(|line| line.strip_prefix("location: "));
    location.unwrap_or_else(|| panic!("the login goes nowhere:\n{answer}")).to_owned()
}

/// Goes where the org sent the browser: the page that it ends with.
fn go_back(location: &str) -> String {
    let rest = location.strip_prefix("http://").expect("to this machine");
    let (host, target) = rest.split_once('/').expect("a path");
    get(host, host, &format!("/{target}"))
}

fn code_in(location: &str) -> String {
    let (_, code) = location.split_once("code=").expect("a code");
    code.split('&').next().unwrap_or_default().replace("%2E", ".").replace("%3D", "=")
}

#[test]
fn a_login_makes_a_connection_without_being_seen() {
    let world = World::new();
    let uri = redirect_uri();
    world.write(configuration(&uri));
    let core = core::path().to_str().expect("a path");
    let apply = ["--", core, "apply", "-no-color", "-auto-approve"];
    let mut child = authorize(&world, &uri, &apply).spawn().expect("it starts");
    let (address, mut messages) = shown_address(&mut child);
    let location = log_in(&world, &address);
    let page = go_back(&location);
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("Logged in to Salesforce"), "{page}");
    let mut told = String::new();
    messages.read_to_string(&mut told).expect("text");
    let output = child.wait_with_output().expect("it ends");
    told.push_str(&String::from_utf8_lossy(&output.stdout));
    assert!(output.status.success(), "{told}");
    assert!(told.contains("Apply complete! Resources: 1 added"), "{told}");
    assert_eq!(
        world.aws().connection("salesforce-acme")["connectorProfileName"],
        "salesforce-acme"
    );
    let code = code_in(&location);
    for text in [&told, &world.read_file("terraform.tfstate"), &world.read_file("trace.log")] {
        assert!(!text.contains(&code), "the code is told:\n{text}");
    }
    // Later plans need no login.
    world.assert_settled();
}

#[test]
fn a_shell_gets_the_variables() {
    let world = World::new();
    let uri = redirect_uri();
    let mut child = authorize(&world, &uri, &[]).spawn().expect("it starts");
    let (address, _messages) = shown_address(&mut child);
    let location = log_in(&world, &address);
    go_back(&location);
    let output = child.wait_with_output().expect("it ends");
    let lines = String::from_utf8(output.stdout).expect("text");
    let lines: Vec<&str> = lines.lines().collect();
    assert_eq!(lines[0], format!("export TF_VAR_authorization_code='{}'", code_in(&location)));
    assert!(lines[1].starts_with("export TF_VAR_code_verifier='"), "{}", lines[1]);
    assert_eq!(lines[2], format!("export TF_VAR_redirect_uri='{uri}'"));
}

#[test]
fn an_address_is_pasted_where_the_browser_is_elsewhere() {
    let world = World::new();
    let uri = "https://us-east-1.console.aws.amazon.com/appflow/oauth";
    let mut command = authorize(&world, uri, &["--paste"]);
    let mut child = command.stdin(Stdio::piped()).spawn().expect("it starts");
    let (address, _messages) = shown_address(&mut child);
    let location = log_in(&world, &address);
    assert!(location.starts_with(uri), "{location}");
    let mut stdin = child.stdin.take().expect("it is piped");
    writeln!(stdin, "{location}").expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    let lines = String::from_utf8(output.stdout).expect("text");
    let code = code_in(&location);
    assert!(lines.starts_with(&format!("export TF_VAR_authorization_code='{code}'")), "{lines}");
}

#[test]
fn a_refusal_is_told_in_words_and_nothing_is_run() {
    let world = World::new();
    world.switch(json!({"login_denied": true}));
    let touch = ["--", "touch", "ran"];
    let mut child = authorize(&world, &redirect_uri(), &touch).spawn().expect("it starts");
    let (address, mut messages) = shown_address(&mut child);
    let page = go_back(&log_in(&world, &address));
    assert!(page.contains("Salesforce did not let Terraform in"), "{page}");
    let mut told = String::new();
    messages.read_to_string(&mut told).expect("text");
    assert!(!child.wait().expect("it ends").success());
    let words = "Error: Salesforce says: end-user denied authorization (access_denied).";
    assert!(told.contains(words), "{told}");
    assert!(!world.path("ran").exists());
}

#[test]
fn the_exit_status_is_that_of_the_command() {
    let world = World::new();
    let exit = ["--", "sh", "-c", "exit 7"];
    let mut child = authorize(&world, &redirect_uri(), &exit).spawn().expect("it starts");
    let (address, _messages) = shown_address(&mut child);
    go_back(&log_in(&world, &address));
    assert_eq!(child.wait().expect("it ends").code(), Some(7));
}

#[test]
fn a_code_is_worth_nothing_without_its_verifier() {
    let world = World::new();
    let uri = redirect_uri();
    world.write(configuration(&uri));
    let mut child = authorize(&world, &uri, &[]).spawn().expect("it starts");
    let (address, _messages) = shown_address(&mut child);
    let location = log_in(&world, &address);
    child.kill().expect("it is stopped");
    child.wait().expect("it ends");
    world.set_secret("authorization_code", &code_in(&location));
    world.set_secret("code_verifier", &"x".repeat(43));
    let errors = world.apply_errors();
    assert!(errors[0].detail.contains("invalid code verifier"), "{errors:?}");
    let profiles: Vec<Value> = world.inventory("connector_profiles");
    assert_eq!(profiles, [] as [Value; 0]);
}
