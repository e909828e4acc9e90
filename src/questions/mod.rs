//! Which questions are worth asking next, given what is known: pure functions of the snapshot. Nothing here asks.

mod around;
pub mod deployed;
pub mod detect;
pub mod doctor;
pub mod least;
pub mod monitoring;
pub mod needs;
mod on_node;
mod reasons;

pub use deployed::deployed;
pub use detect::detect;
pub use doctor::doctor;
pub use monitoring::monitoring;
pub use needs::needs;
