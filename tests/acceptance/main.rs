//! The provider under a real Terraform core, against the emulator.
//!
//! Each test has a directory, an emulator and plugin processes of its own. What holds for every
//! test is checked centrally, in [`harness`]: no output says that the provider broke a rule of
//! Terraform's, and no file or output holds a secret.
//!
//! `CONNECT_TERRAFORM` names the core to run, as a path; by default it is `terraform` on `PATH`.

mod abilities;
mod app_integration;
mod authorize;
mod case_rule;
mod chain;
mod connection;
mod data_sources;
mod doctor;
mod documentation;
mod ephemeral;
mod errors;
mod event_flow;
mod export;
mod generated;
mod harness;
mod imports;
mod interruption;
mod pace;
mod permissions;
mod provider;
mod regions;
mod release;
