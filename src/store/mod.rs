//! Certificates and private keys on this machine's disk: reading what is named, and writing a folder in one step.
//!
//! It judges nothing that it reads, and follows no symbolic link where it writes.

pub mod read;
mod staging;
pub mod write;
