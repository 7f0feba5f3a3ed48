//! What is refused, with which code: one line each.

mod associations;
mod events;
mod flows;
mod profiles;
mod rules;

use serde_json::Value;

use crate::aws::Answer;

/// A well-formed request, changed at one place.
pub(crate) fn changed(mut request: Value, pointer: &str, value: Value) -> Value {
    if let Some(found) = request.pointer_mut(pointer).filter(|_| !value.is_null()) {
        *found = value;
        return request;
    }
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
    let parent = request.pointer_mut(parent).expect("the parent exists");
    if value.is_null() {
        parent.as_object_mut().expect("an object").remove(name);
    } else {
        parent[name] = value;
    }
    request
}

#[track_caller]
pub(crate) fn table(rows: &[(&str, &str, Answer)]) {
    for (what, expected, answer) in rows {
        match answer {
            Ok(answer) => panic!("{what}: not refused, but {answer}"),
            Err(failure) => assert_eq!(&failure.code, expected, "{what}: {}", failure.message),
        }
    }
}

pub(crate) const VALIDATION: &str = "ValidationException";
pub(crate) const INVALID: &str = "InvalidRequestException";
pub(crate) const CONFLICT: &str = "ConflictException";
pub(crate) const MISSING: &str = "ResourceNotFoundException";
pub(crate) const LOGIN: &str = "ConnectorAuthenticationException";
