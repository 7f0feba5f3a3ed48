//! The program itself, as a user runs it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Output, Stdio};

/// A served emulator; it ends with the test.
struct Served {
    child: Child,
    url: String,
}

impl Served {
    fn start(options: &[&str]) -> Self {
        let mut child = Command::new(PROGRAM)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(options)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut line = String::new();
        let output = child.stdout.take().expect("piped");
        BufReader::new(output).read_line(&mut line).expect("a line when ready");
        let url = line.trim().strip_prefix("connect-emulator is ready at ").expect("its address");
        Self { url: url.to_owned(), child }
    }

    fn run(&self, arguments: &[&str]) -> String {
        let output = run(&[arguments, &["--url", &self.url]].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to stop.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn run(arguments: &[&str]) -> Output {
    Command::new(PROGRAM).args(arguments).output().expect("the program starts")
}

const PROGRAM: &str = env!("CARGO_BIN_EXE_connect-emulator");

#[test]
fn a_user_follows_a_case() {
    let served = Served::start(&["--seed", "demo"]);
    served.run(&[
        "console",
        "instance=acme",
        "org=acme.my.salesforce.com",
        r#"rule={"Name":"all","PublishStatus":"PUBLISHED","Function":"{\"Version\":\"2022-11-25\",\"RuleFunction\":{\"Operator\":\"AND\",\"Operands\":[]}}","Actions":[{"ActionType":"CREATE_TASK","TaskAction":{"Name":"Case $.ThirdParty.Salesforce.CaseCreate.CaseNumber","ContactFlowId":"aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"}}]}"#,
    ]);
    let followed = served.run(&["case", "CaseNumber=00042"]);
    assert!(followed.contains("- rule all creates task \"Case 00042\""), "{followed}");
    let tasks = served.run(&["tasks"]);
    assert_eq!(tasks, "task Case 00042\n  by rule all, to contact flow Salesforce cases\n");
    let inventory = served.run(&["inventory"]);
    assert!(
        inventory.contains("amazon-connect-salesforce-to-eventbridge-acme  Active"),
        "{inventory}"
    );
    let switches = served.run(&["switches", "throttling=true", "--json"]);
    assert!(switches.contains("\"throttling\": true"), "{switches}");
    served.run(&["drift", "stop_flow", "amazon-connect-salesforce-to-eventbridge-acme"]);
    assert!(served.run(&["case"]).contains("is Suspended: the event is dropped"));
    served.run(&["reset"]);
    assert_eq!(served.run(&["inventory"]), "nothing exists\n");
    assert!(served.run(&["seed"]).starts_with("instance acme  11111111-"));
    assert_eq!(served.run(&["requests"]), "no requests\n");
}

#[test]
fn mistakes_are_explained() {
    for (arguments, expected) in [
        (&["nonsense"][..], "there is no command nonsense; try --help"),
        (
            &["serve", "--listen", "127.0.0.1:0", "--sed", "demo"],
            "--sed is not expected here; try --help",
        ),
        (&["serve", "--seed", "/no/such/file"], "/no/such/file: No such file"),
        (&["tasks", "--url", "http://127.0.0.1:1"], "start one with: connect-emulator serve"),
    ] {
        let output = run(arguments);
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && message.contains(expected), "{message}");
    }
}

#[test]
fn help_is_for_everybody() {
    for arguments in [&["--help"][..], &[], &["serve", "--help"]] {
        let output = run(arguments);
        assert!(String::from_utf8_lossy(&output.stdout).contains("Usage: connect-emulator"));
    }
}
