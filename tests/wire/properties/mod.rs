//! Properties that hold for any schema and any values.
//!
//! `PROPTEST_CASES` says how many cases of each are tried; the default takes seconds.

mod choices;
mod codec;
mod lifecycle;
mod schemas;
mod values;

use proptest::collection::vec;
use proptest::prelude::any;
use proptest::test_runner::{Config, TestError, TestRunner};

use self::choices::Choices;

/// Tries a property on many cases; the smallest one that breaks it is told.
///
/// All of a case comes from a string of bytes: fewer and smaller ones make a simpler case.
fn holds(property: impl Fn(&mut Choices<'_>)) {
    let config = Config { failure_persistence: None, ..Config::default() };
    let run = TestRunner::new(config).run(&vec(any::<u8>(), 0..BYTES), |bytes| {
        property(&mut Choices::new(&bytes));
        Ok(())
    });
    match run {
        Ok(()) => {}
        Err(TestError::Fail(reason, bytes)) => panic!("{reason}\nfor {bytes:?}"),
        Err(TestError::Abort(reason)) => panic!("{reason}"),
    }
}

/// Enough for a schema of a dozen attributes and a few states of it.
const BYTES: usize = 1500;
