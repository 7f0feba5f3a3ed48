//! The emulator over real HTTP, with requests as an SDK signs them.

mod admin;
mod aws;
mod chain;
mod cli;
mod consistency;
mod delivery;
mod protocol;
mod refusals;
mod sts;
mod switches;
