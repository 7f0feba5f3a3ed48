//! The command line, in the plainest way that serves.

use std::collections::VecDeque;

/// Arguments that are still unread. Options may stand anywhere.
pub(crate) struct Arguments(VecDeque<String>);

impl Arguments {
    pub(crate) fn new(arguments: Vec<String>) -> Self {
        Self(arguments.into())
    }

    /// The first argument.
    pub(crate) fn command(&mut self) -> Option<String> {
        self.0.pop_front()
    }

    /// Whether the flag is there; it is taken out.
    pub(crate) fn flag(&mut self, name: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|argument| argument != name);
        self.0.len() < before
    }

    /// The value of `--name value` or `--name=value`; both are taken out.
    pub(crate) fn option(&mut self, name: &str) -> Result<Option<String>, String> {
        let with_value = format!("{name}=");
        let Some(at) = self.0.iter().position(|it| it == name || it.starts_with(&with_value))
        else {
            return Ok(None);
        };
        let argument = self.0.remove(at).unwrap_or_default();
        if let Some(value) = argument.strip_prefix(&with_value) {
            return Ok(Some(value.to_owned()));
        }
        self.0.remove(at).map(Some).ok_or_else(|| format!("{name} needs a value"))
    }

    /// The next argument that is no option.
    pub(crate) fn next(&mut self) -> Option<String> {
        let at = self.0.iter().position(|argument| !argument.starts_with("--"))?;
        self.0.remove(at)
    }

    /// Everything must have been read.
    pub(crate) fn finish(&self) -> Result<(), String> {
        match self.0.front() {
            Some(argument) => Err(format!("{argument} is not expected here; try --help")),
            None => Ok(()),
        }
    }
}

pub(crate) const HELP: &str = "\
connect-emulator: AWS and Salesforce in memory, to test modules of the connect provider on.

It answers AppFlow, EventBridge, AppIntegrations, Connect and STS on one address, refuses what AWS
refuses, and turns a Salesforce case into a task when the chain between them is complete.

Usage: connect-emulator COMMAND [OPTIONS]

Commands:
  serve      Serve until interrupted; prints one line when ready
               --listen ADDRESS   where to listen (default 127.0.0.1:4566)
               --seed demo|FILE   what exists from the start; demo: instance acme, contact flow
                                  \"Salesforce cases\", org acme.my.salesforce.com with
                                  authorization code demo-authorization-code
               --throttle         enforce Connect's 2 calls a second with bursts of 5
  seed       Add what a FILE lists, or the demo's: seed [demo|FILE]
  case       Create a case and follow it: case [--org HOST] [Field=Value ...]
               --change-type TYPE CREATE (default), UPDATE, DELETE, UNDELETE
               --object NAME      Case (default) or another object
  tasks      The tasks that rules created
  inventory  Everything that exists
  requests   AWS calls so far: [--service S] [--operation O] [--since ID]
  switches   Undocumented behaviours: show them, or change some with name=value
  console    Make what the Connect console makes:
             console instance=acme org=acme.my.salesforce.com [friendly_name=... ...]
  drift      What happens behind Terraform's back: drift KIND TARGET [name=value ...];
             an unknown KIND lists them all
  reset      Forget everything

Options of all commands but serve:
  --url URL  the emulator (default http://127.0.0.1:4566)
  --json     the answer as it came

Point the provider at it:
  provider \"connect\" {
    region     = \"us-east-1\"
    access_key = \"AKIAEMULATOR00000001\"
    secret_key = \"any\"
    endpoints {
      appflow         = \"http://127.0.0.1:4566\"
      appintegrations = \"http://127.0.0.1:4566\"
      connect         = \"http://127.0.0.1:4566\"
      events          = \"http://127.0.0.1:4566\"
      sts             = \"http://127.0.0.1:4566\"
    }
  }

Any key is a user of account 111122223333; AKIAEMULATOR00000002 is one of 444455556666.
The admin API that these commands use is under /_emulator/ of the same address.
";

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(text: &str) -> Arguments {
        Arguments::new(text.split(' ').map(str::to_owned).collect())
    }

    #[test]
    fn options_stand_anywhere() {
        let mut arguments = arguments("case Priority=High --org acme Subject=Help --json");
        assert_eq!(arguments.command(), Some("case".into()));
        assert_eq!(arguments.option("--org"), Ok(Some("acme".into())));
        assert!(arguments.flag("--json"));
        assert_eq!(arguments.next(), Some("Priority=High".into()));
        assert_eq!(arguments.next(), Some("Subject=Help".into()));
        assert_eq!(arguments.finish(), Ok(()));
    }

    #[test]
    fn what_nobody_reads_is_refused() {
        let mut arguments = arguments("serve --sed=demo");
        arguments.command();
        assert_eq!(arguments.finish(), Err("--sed=demo is not expected here; try --help".into()));
    }

    #[test]
    fn an_option_needs_its_value() {
        assert_eq!(arguments("--seed").option("--seed"), Err("--seed needs a value".into()));
    }
}
