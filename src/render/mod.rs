//! Words for people and JSON for programs: the only module that writes to stdout and stderr.

pub mod catalogue;
pub mod certs;
pub mod clusters;
pub mod console;
pub mod cost;
pub mod detection;
pub mod diff;
pub mod docs;
pub mod explain;
pub mod fix_plan;
pub mod human;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod overview;
pub mod progress;
mod text;
pub mod unreached;
pub mod weighing;

pub(crate) use text::columns;

pub use console::{Colour, Console};
pub use unreached::Unreached;
