//! Certificates: what one says, who signed it, and what a private key's public half is. Reads no file and no clock.

pub mod chain;
pub mod inspect;
pub mod pem;

pub use chain::{Issuer, issuer_among};
pub use inspect::{CertificateFacts, InspectError, Purposes, inspect};
