//! The front door of all services: who calls what, may they, is it well formed, do it, write it down.

use std::time::Duration;

use serde_json::{Value, json};

use crate::faults::{Kind, Strike};
use crate::journal::Entry;
use crate::sts::{self, Form, Identity};
use crate::wire::decode;
use crate::wire::http::{Answer, Request};
use crate::wire::input::Input;
use crate::wire::model::{self, Route, Service};
use crate::wire::refusal::Refusal;
use crate::wire::sigv4::{self, Scope};
use crate::world::{Call, Place, World};
use crate::{idempotency, operations};

/// What happens on the wire: after the delay the answer, or a closed connection.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) delay: Duration,
    pub(crate) answer: Option<Answer>,
}

/// Handles one AWS request and logs it.
pub(crate) fn handle(world: &mut World, request: &Request) -> Reply {
    world.settle();
    let mut entry = Entry {
        id: 0,
        time: world.now(),
        service: String::new(),
        operation: String::new(),
        account: String::new(),
        region: String::new(),
        status: None,
        code: None,
        request: Value::Null,
    };
    let request_id = crate::world::uuid_of(&format!("request {}", world.journal.last_id() + 1));
    let mut strike = Strike::default();
    let outcome = answer(world, request, &mut entry, &mut strike);
    let answer = match outcome {
        Ok(answer) => {
            entry.status = Some(answer.status);
            Some(answer)
        }
        Err(Ending::Refused(refusal)) => {
            let service = if entry.service.is_empty() { guess(request) } else { &entry.service };
            let answer = refusal.answer(service, world.switches.extra_unknown_fields);
            entry.status = Some(answer.status);
            entry.code = Some(refusal.code);
            Some(answer)
        }
        Err(Ending::Dropped) => {
            entry.code = Some("connection dropped".into());
            None
        }
    };
    world.journal.push(entry);
    let answer = answer.map(|answer| answer.with_header("x-amzn-RequestId", &request_id));
    Reply { delay: strike.delay, answer }
}

/// Why there is no answer of the operation itself.
enum Ending {
    Refused(Refusal),
    Dropped,
}

impl From<Refusal> for Ending {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

fn answer(
    world: &mut World,
    request: &Request,
    entry: &mut Entry,
    strike: &mut Strike,
) -> Result<Answer, Ending> {
    if let Some(form) = unsigned_form(request) {
        entry.service = "sts".into();
        entry.operation = form.action().into();
        strike_now(world, entry, strike)?;
        return finish(strike, sts::call_unsigned(world, &form));
    }
    let scope = sigv4::scope(request)?;
    entry.region = scope.region.into();
    entry.service = scope.service.into();
    let service = model::service(scope.service);
    let route = service.and_then(|service| route(service, request));
    if let Some(route) = &route {
        entry.operation = route.name.into();
    }
    let caller = world.identities.caller(&scope, request, world.now())?;
    let place = Place { account: caller.account.clone(), region: scope.region.into() };
    entry.account.clone_from(&place.account);
    if scope.service == "sts" {
        let form = Form::of(request)
            .ok_or_else(|| Refusal::new("MissingAction", "the body is not a form"))?;
        entry.operation = form.action().into();
        strike_now(world, entry, strike)?;
        return finish(strike, sts::call(world, &caller, &form));
    }
    let service = service.ok_or_else(|| wrong_service(&scope))?;
    let route = route.ok_or_else(|| {
        Refusal::new("UnknownOperationException", "The requested operation is not known.")
    })?;
    let decoded = decode::decode(service, &route, request);
    if let Ok(input) = &decoded {
        entry.request = decode::redact(service, &route, input);
    }
    strike_now(world, entry, strike)?;
    let outcome = decoded.and_then(|input| {
        let call = &mut Call { world, place, caller };
        operate(call, service, &route, &input)
    });
    let extra = world.switches.extra_unknown_fields;
    finish(strike, outcome.map(|value| modelled(service, value, extra)))
}

/// What strikes before anything is applied ends the call here; a delay is served in any case.
fn strike_now(world: &mut World, entry: &Entry, strike: &mut Strike) -> Result<(), Ending> {
    *strike = world.faults.strike(&entry.service, &entry.operation);
    match strike.kind {
        Some(Kind::DropBefore) => Err(Ending::Dropped),
        Some(Kind::Error) => Err(refused(strike)),
        Some(Kind::ErrorAfter | Kind::DropAfter) | None => Ok(()),
    }
}

fn refused(strike: &mut Strike) -> Ending {
    let refusal = strike.refusal.take();
    refusal.expect("a fault of this kind has an error, which is checked when it is added").into()
}

/// What strikes after the call was applied.
fn finish(strike: &mut Strike, outcome: Result<Answer, Refusal>) -> Result<Answer, Ending> {
    match strike.kind {
        Some(Kind::DropAfter) => Err(Ending::Dropped),
        Some(Kind::ErrorAfter) => Err(refused(strike)),
        Some(Kind::Error | Kind::DropBefore) | None => Ok(outcome?),
    }
}

/// The order of AWS: rate, constraints, permission, then the operation's own rules.
fn operate(
    call: &mut Call<'_>,
    service: &Service,
    route: &Route,
    input: &Input,
) -> Result<Value, Refusal> {
    let names = (service.service.as_str(), route.name);
    let world = &mut *call.world;
    world.throttle.admit(&world.switches, &call.place, names.0, names.1)?;
    decode::validate(service, route, input)?;
    world.deny.check(&world.switches, &call.caller, &call.place, names, input)?;
    if let Some(answer) = idempotency::recall(call, names.0, names.1, input)? {
        return Ok(answer);
    }
    let operation = operations::find(names.0, names.1)
        .expect("a test finds a function for every modelled operation");
    call.region();
    let answer = operation(call, input)?;
    idempotency::remember(call, names.0, names.1, input, &answer);
    Ok(answer)
}

/// Calls an operation from inside, as the console would, with all its checks but the signature.
pub(crate) fn call_inside(
    world: &mut World,
    place: &Place,
    service: &str,
    operation: &str,
    input: Value,
) -> Result<Value, Refusal> {
    let model = model::service(service).expect("the emulator calls only modelled services");
    let (name, shape) = model
        .operations
        .get_key_value(operation)
        .expect("the emulator calls only modelled operations");
    let route = Route { name, operation: shape, labels: std::collections::BTreeMap::new() };
    let input = Input::from(input);
    decode::validate(model, &route, &input)?;
    let caller = Identity::new(
        &place.account,
        &format!("arn:aws:sts::{}:assumed-role/Console/admin", place.account),
    );
    let call = &mut Call { world, place: place.clone(), caller };
    call.region();
    let function = operations::find(service, operation)
        .expect("a test finds a function for every modelled operation");
    function(call, &input)
}

fn route(service: &'static Service, request: &Request) -> Option<Route> {
    if service.target_prefix.is_none() {
        return service.by_path(&request.method, &request.path);
    }
    let target = request.header("x-amz-target");
    let target = target.filter(|_| request.method == "POST" && request.path == "/")?;
    service.by_target(target)
}

fn modelled(service: &Service, mut value: Value, extra: bool) -> Answer {
    if extra {
        decorate(&mut value);
    }
    let mut answer = Answer::json(200, &value);
    if service.target_prefix.is_some() {
        answer.headers = vec![("content-type".into(), "application/x-amz-json-1.1".into())];
    }
    answer
}

/// Adds members that no model knows, to the answer and to the structures in its lists.
fn decorate(value: &mut Value) {
    let Value::Object(map) = value else { return };
    for inner in map.values_mut() {
        if let Value::Array(items) = inner {
            items.iter_mut().for_each(decorate);
        }
    }
    for (member, value) in map.iter_mut().filter(|(name, _)| GROWING.contains(&name.as_str())) {
        *value = format!("FUTURE_{}", member.to_uppercase()).into();
    }
    map.insert("emulatorExtra".into(), json!({"since": "tomorrow", "list": [1, "two", null]}));
}

/// Enumerations that nothing here depends on, so that they may show values of the future.
const GROWING: &[&str] = &["ContactFlowState", "IdentityManagementType"];

fn wrong_service(scope: &Scope<'_>) -> Refusal {
    Refusal::new(
        "InvalidSignatureException",
        format!("Credential should be scoped to correct service, not '{}'.", scope.service),
    )
}

/// AssumeRoleWithWebIdentity comes without a signature.
fn unsigned_form(request: &Request) -> Option<Form> {
    if request.header("authorization").is_some() {
        return None;
    }
    Form::of(request).filter(|form| form.action() == "AssumeRoleWithWebIdentity")
}

/// Before the signature is read, only the protocol tells which envelope the client expects.
fn guess(request: &Request) -> &'static str {
    if request.header("x-amz-target").is_some() {
        "events"
    } else if Form::of(request).is_some() {
        "sts"
    } else {
        "appflow"
    }
}
