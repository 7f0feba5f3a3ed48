//! From a routed request to a validated input, driven by the model.
//!
//! Order as at AWS: first the types (`SerializationException`), then all constraints at once.

use serde_json::{Map, Value};

use crate::wire::http::Request;
use crate::wire::input::Input;
use crate::wire::model::{Kind, Place, Route, Service, Shape};
use crate::wire::refusal::Refusal;

/// Collects labels, query string and body. Unknown members are dropped, as AWS ignores them.
pub(crate) fn decode(
    service: &Service,
    route: &Route,
    request: &Request,
) -> Result<Input, Refusal> {
    let shape = service.shape(&route.operation.input);
    let mut body = body(request)?;
    let mut gathered = Map::new();
    for (name, member) in &shape.members {
        let target = service.shape(&member.shape);
        let value = match member.place() {
            Place::Label(label) => route.labels.get(label).cloned().map(Value::String),
            Place::Query(key) => from_query(target, key, request)?,
            Place::Body => body.remove(name),
        };
        if let Some(value) = value.filter(|value| !value.is_null()) {
            gathered.insert(name.clone(), typed(service, target, value, name)?);
        }
    }
    Ok(Input(gathered))
}

/// Every constraint that the input breaks, in one error as AWS words it.
pub(crate) fn validate(service: &Service, route: &Route, input: &Input) -> Result<(), Refusal> {
    let mut broken = Vec::new();
    let shape = service.shape(&route.operation.input);
    let mut check = Check { service, broken: &mut broken };
    check.structure(shape, &input.0, "");
    if broken.is_empty() {
        return Ok(());
    }
    let plural = if broken.len() == 1 { "error" } else { "errors" };
    let message = format!("{} validation {plural} detected: {}", broken.len(), broken.join("; "));
    Err(Refusal::constraint(&service.service, message))
}

fn body(request: &Request) -> Result<Map<String, Value>, Refusal> {
    if request.body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Map::new());
    }
    match serde_json::from_slice(&request.body) {
        Ok(Value::Object(map)) => Ok(map),
        Ok(_) | Err(_) => Err(serialization("the body is not a JSON object")),
    }
}

fn from_query(shape: &Shape, key: &str, request: &Request) -> Result<Option<Value>, Refusal> {
    let found: Vec<&str> =
        request.query.iter().filter(|(k, _)| k == key).map(|(_, v)| v.as_str()).collect();
    let Some(first) = found.first() else { return Ok(None) };
    let value = match shape.kind {
        Kind::List => Value::from(found),
        Kind::Integer | Kind::Long => match first.parse::<i64>() {
            Ok(number) => Value::from(number),
            Err(_) => return Err(serialization(&format!("'{key}' is not a number"))),
        },
        Kind::Boolean => Value::from(*first == "true"),
        _ => Value::from(*first),
    };
    Ok(Some(value))
}

/// Checks types all the way down and keeps what the model knows.
fn typed(service: &Service, shape: &Shape, value: Value, path: &str) -> Result<Value, Refusal> {
    let mismatch = || Err(serialization(&format!("'{path}' has the wrong type")));
    let inner = |name: &Option<String>| service.shape(name.as_deref().unwrap_or_default());
    match (shape.kind, value) {
        (Kind::Structure, Value::Object(map)) => {
            let mut kept = Map::new();
            for (name, value) in map {
                let Some(member) = shape.members.get(&name) else { continue };
                if !value.is_null() {
                    let path = format!("{path}.{name}");
                    let value = typed(service, service.shape(&member.shape), value, &path)?;
                    kept.insert(name, value);
                }
            }
            Ok(Value::Object(kept))
        }
        (Kind::List, Value::Array(items)) => {
            let member = inner(&shape.member);
            let items = items.into_iter().map(|item| typed(service, member, item, path));
            Ok(Value::Array(items.collect::<Result<_, _>>()?))
        }
        (Kind::Map, Value::Object(map)) => {
            let member = inner(&shape.value);
            let entries = map.into_iter().filter(|(_, value)| !value.is_null());
            let entries =
                entries.map(|(key, value)| Ok((key, typed(service, member, value, path)?)));
            Ok(Value::Object(entries.collect::<Result<_, Refusal>>()?))
        }
        (Kind::String, value @ Value::String(_))
        | (Kind::Boolean, value @ Value::Bool(_))
        | (Kind::Float | Kind::Double | Kind::Timestamp, value @ Value::Number(_)) => Ok(value),
        (Kind::Integer | Kind::Long, value @ Value::Number(_)) if value.as_i64().is_some() => {
            Ok(value)
        }
        _ => mismatch(),
    }
}

fn serialization(message: &str) -> Refusal {
    Refusal::new("SerializationException", message)
}

/// Whether a text breaks no constraint of a shape.
pub(crate) fn accepts(service: &Service, shape: &str, text: &str) -> bool {
    let mut broken = Vec::new();
    Check { service, broken: &mut broken }.text(service.shape(shape), text, "", false);
    broken.is_empty()
}

struct Check<'a> {
    service: &'a Service,
    broken: &'a mut Vec<String>,
}

impl Check<'_> {
    fn structure(&mut self, shape: &Shape, map: &Map<String, Value>, path: &str) {
        for name in &shape.required {
            if !map.contains_key(name) {
                let at = join(path, name);
                self.broken.push(format!(
                    "Value null at '{at}' failed to satisfy constraint: Member must not be null"
                ));
            }
        }
        for (name, value) in map {
            if let Some(member) = shape.members.get(name) {
                let secret = SECRETS.contains(&name.as_str());
                let shape = self.service.shape(&member.shape);
                self.value(shape, value, &join(path, name), secret);
            }
        }
    }

    fn value(&mut self, shape: &Shape, value: &Value, path: &str, secret: bool) {
        let secret = secret || shape.sensitive;
        match value {
            Value::String(text) => self.text(shape, text, path, secret),
            Value::Number(number) => {
                let number = number.as_f64().unwrap_or_default();
                if shape.min.is_some_and(|min| number < min) {
                    self.bound(shape.min, &number.to_string(), path, "value greater");
                }
                if shape.max.is_some_and(|max| number > max) {
                    self.bound(shape.max, &number.to_string(), path, "value less");
                }
            }
            Value::Array(items) => {
                self.length(shape, items.len(), &format!("{} items", items.len()), path);
                let member = self.service.shape(shape.member.as_deref().unwrap_or_default());
                for (index, item) in items.iter().enumerate() {
                    self.value(member, item, &format!("{path}.{}.member", index + 1), secret);
                }
            }
            Value::Object(map) if shape.kind == Kind::Map => {
                self.length(shape, map.len(), &format!("{} entries", map.len()), path);
                let key = self.service.shape(shape.key.as_deref().unwrap_or_default());
                let member = self.service.shape(shape.value.as_deref().unwrap_or_default());
                for (name, value) in map {
                    self.text(key, name, &format!("{path}.key"), key.sensitive);
                    self.value(member, value, &format!("{path}.{name}.member"), secret);
                }
            }
            Value::Object(map) => self.structure(shape, map, path),
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn text(&mut self, shape: &Shape, text: &str, path: &str, secret: bool) {
        let shown = if secret { HIDDEN } else { text };
        self.length(shape, text.chars().count(), shown, path);
        if shape.matcher().is_some_and(|pattern| !pattern.matches(text)) {
            let pattern = shape.pattern.as_deref().unwrap_or_default();
            self.broken.push(format!(
                "Value '{shown}' at '{path}' failed to satisfy constraint: \
                 Member must satisfy regular expression pattern: {pattern}"
            ));
        }
        if !shape.values.is_empty() && !shape.values.iter().any(|value| value == text) {
            self.broken.push(format!(
                "Value '{shown}' at '{path}' failed to satisfy constraint: \
                 Member must satisfy enum value set: [{}]",
                shape.values.join(", ")
            ));
        }
    }

    fn length(&mut self, shape: &Shape, length: usize, shown: &str, path: &str) {
        let length = length as f64;
        if shape.min.is_some_and(|min| length < min) {
            self.bound(shape.min, shown, path, "length greater");
        }
        if shape.max.is_some_and(|max| length > max) {
            self.bound(shape.max, shown, path, "length less");
        }
    }

    fn bound(&mut self, bound: Option<f64>, shown: &str, path: &str, what: &str) {
        let bound = bound.unwrap_or_default();
        self.broken.push(format!(
            "Value '{shown}' at '{path}' failed to satisfy constraint: \
             Member must have {what} than or equal to {bound}"
        ));
    }
}

/// `Name` at the top is `name` in a message, as AWS writes paths.
fn join(path: &str, name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|c| c.to_ascii_lowercase());
    let name: String = first.into_iter().chain(letters).collect();
    if path.is_empty() { name } else { format!("{path}.{name}") }
}

/// The input with every secret replaced, for the request log.
pub(crate) fn redact(service: &Service, route: &Route, input: &Input) -> Value {
    let shape = service.shape(&route.operation.input);
    hide(service, shape, &Value::Object(input.0.clone()))
}

fn hide(service: &Service, shape: &Shape, value: &Value) -> Value {
    if shape.sensitive {
        return HIDDEN.into();
    }
    match value {
        Value::Array(items) => {
            let member = service.shape(shape.member.as_deref().unwrap_or_default());
            items.iter().map(|item| hide(service, member, item)).collect()
        }
        Value::Object(map) => {
            let entries = map.iter().map(|(name, value)| {
                let target = match shape.kind {
                    Kind::Map => shape.value.as_ref(),
                    _ => shape.members.get(name).map(|member| &member.shape),
                };
                let shown = match target {
                    _ if SECRETS.contains(&name.as_str()) => HIDDEN.into(),
                    Some(target) => hide(service, service.shape(target), value),
                    None => Value::Null,
                };
                (name.clone(), shown)
            });
            Value::Object(entries.collect())
        }
        plain => plain.clone(),
    }
}

/// Secrets that the models forget to mark as sensitive.
const SECRETS: &[&str] = &["refreshToken", "authCode"];
const HIDDEN: &str = "***";
