//! The emulator on its own: serve it, and look at what it holds.
#![expect(clippy::print_stdout, reason = "printing answers is what this program is for")]

mod arguments;
mod client;
mod show;

use std::net::SocketAddr;
use std::process::ExitCode;

use connect_emulator::Emulator;
use serde_json::{Map, Value, json};

use crate::arguments::{Arguments, HELP};

fn main() -> ExitCode {
    match run(std::env::args().skip(1).collect()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("connect-emulator: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Vec<String>) -> Result<(), String> {
    let mut arguments = Arguments::new(arguments);
    if arguments.flag("--help") || arguments.flag("-h") {
        print!("{HELP}");
        return Ok(());
    }
    match arguments.command().as_deref() {
        None => {
            print!("{HELP}");
            Ok(())
        }
        Some("serve") => serve(arguments),
        Some(command) => ask(command, arguments),
    }
}

/// Serves until the process is ended. The line it prints says that it is ready.
fn serve(mut arguments: Arguments) -> Result<(), String> {
    let listen = arguments.option("--listen")?.unwrap_or_else(|| LISTEN.into());
    let seed = arguments.option("--seed")?.map(|seed| document(&seed)).transpose()?;
    let throttle = arguments.flag("--throttle");
    arguments.finish()?;
    let address: SocketAddr =
        listen.parse().map_err(|_| format!("--listen {listen} is not an address like {LISTEN}"))?;
    let emulator = Emulator::start_on(address)
        .map_err(|error| format!("can not listen on {listen}: {error}"))?;
    if let Some(seed) = seed {
        emulator.try_admin("POST", "/seed", seed)?;
    }
    if throttle {
        emulator.try_admin("PUT", "/switches", json!({"throttling": true}))?;
    }
    println!("connect-emulator is ready at {}", emulator.url());
    loop {
        std::thread::park();
    }
}

/// Every other command is one call to a running emulator.
fn ask(command: &str, mut arguments: Arguments) -> Result<(), String> {
    let url = arguments.option("--url")?.unwrap_or_else(|| format!("http://{LISTEN}"));
    let raw = arguments.flag("--json");
    let (method, path, body, print): (&str, String, Value, show::Show) = match command {
        "seed" => {
            let seed = arguments.next().unwrap_or_else(|| "demo".into());
            ("POST", "/seed".into(), document(&seed)?, show::seeded)
        }
        "case" => ("POST", "/cases".into(), case(&mut arguments)?, show::case),
        "tasks" => ("GET", "/tasks".into(), Value::Null, show::tasks),
        "inventory" => ("GET", "/inventory".into(), Value::Null, show::inventory),
        "requests" => ("GET", requests_path(&mut arguments)?, Value::Null, show::requests),
        "switches" => {
            let changes = pairs(&mut arguments)?;
            let method = if changes.is_empty() { "GET" } else { "PUT" };
            (method, "/switches".into(), Value::Object(changes), show::pretty)
        }
        "console" => {
            let wishes = Value::Object(pairs(&mut arguments)?);
            ("POST", "/console".into(), wishes, show::pretty)
        }
        "drift" => {
            let kind = arguments.next().ok_or("drift needs a kind and a target")?;
            let target = arguments.next().ok_or("drift needs a target")?;
            let mut body = pairs(&mut arguments)?;
            body.insert("kind".into(), kind.into());
            body.insert("target".into(), target.into());
            ("POST", "/drift".into(), Value::Object(body), show::done)
        }
        "reset" => ("POST", "/reset".into(), Value::Null, show::done),
        other => return Err(format!("there is no command {other}; try --help")),
    };
    arguments.finish()?;
    let answer = client::call(&url, method, &path, &body)?;
    print!("{}", if raw { show::pretty(&answer) } else { print(&answer) });
    Ok(())
}

fn case(arguments: &mut Arguments) -> Result<Value, String> {
    let mut body = json!({});
    for (option, name) in
        [("--org", "org"), ("--change-type", "change_type"), ("--object", "object")]
    {
        if let Some(value) = arguments.option(option)? {
            body[name] = value.into();
        }
    }
    body["fields"] = Value::Object(texts(arguments)?);
    Ok(body)
}

fn requests_path(arguments: &mut Arguments) -> Result<String, String> {
    let mut query = Vec::new();
    for name in ["service", "operation", "since"] {
        if let Some(value) = arguments.option(&format!("--{name}"))? {
            query.push(format!("{name}={value}"));
        }
    }
    Ok(format!("/requests?{}", query.join("&")))
}

/// `Name=value` arguments, as texts: the fields of a case.
fn texts(arguments: &mut Arguments) -> Result<Map<String, Value>, String> {
    let mut texts = Map::new();
    while let Some(argument) = arguments.next() {
        let pair = argument.split_once('=');
        let (name, value) = pair.ok_or_else(|| format!("{argument} is not Name=value"))?;
        texts.insert(name.into(), value.into());
    }
    Ok(texts)
}

/// `name=value` arguments; a value that is JSON is taken as such.
fn pairs(arguments: &mut Arguments) -> Result<Map<String, Value>, String> {
    let mut pairs = texts(arguments)?;
    for value in pairs.values_mut() {
        let json = value.as_str().and_then(|text| serde_json::from_str(text).ok());
        *value = json.unwrap_or_else(|| value.clone());
    }
    Ok(pairs)
}

/// The name of a built-in seed, or a file with a seed document.
fn document(seed: &str) -> Result<Value, String> {
    if seed == "demo" {
        return Ok(seed.into());
    }
    let text = std::fs::read_to_string(seed).map_err(|error| format!("{seed}: {error}"))?;
    serde_json::from_str(&text).map_err(|error| format!("{seed}: {error}"))
}

const LISTEN: &str = "127.0.0.1:4566";
