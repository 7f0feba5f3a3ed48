//! The provider under a real Terraform core, against the emulator.
//!
//! Each test has a directory, an emulator and plugin processes of its own. What holds for every
//! test is checked centrally, in [`harness`]: no output says that the provider broke a rule of
//! Terraform's, and no file or output holds a secret.
//!
//! `CONNECT_TERRAFORM` names the core to run, as a path; by default it is `terraform` on `PATH`.

mod app_integration;
mod authorize;
mod case_rule;
mod chain;
mod connection;
mod errors;
mod event_flow;
mod export;
mod harness;
mod interruption;
mod provider;
