//! Certificates: what one says, who signed it, and what a private key's public half is. Reads no file and no clock.

pub mod authority;
pub mod chain;
mod der;
mod form;
pub mod inspect;
pub mod issue;
pub mod key;
pub mod names;
pub mod pem;
pub mod places;
mod remarks;
pub mod request;
pub mod review;
mod sealed;
pub mod sighting;
mod signature;
pub mod verify;

pub use chain::{Issuer, issuer_among};
pub use inspect::{CertificateFacts, InspectError, Purposes, inspect};
