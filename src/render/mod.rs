//! Words for people and JSON for programs: the only module that writes to stdout and stderr.

pub mod catalogue;
pub mod certs;
pub mod console;
pub mod detection;
pub mod docs;
pub mod explain;
pub mod human;
pub mod json;
pub mod progress;
mod text;

pub(crate) use text::columns;

pub use console::{Colour, Console};
