//! How AWS speaks: HTTP messages, signatures, models, validation and error envelopes.

pub(crate) mod decode;
pub(crate) mod http;
pub(crate) mod input;
pub(crate) mod model;
pub(crate) mod pattern;
pub(crate) mod refusal;
pub(crate) mod sigv4;
