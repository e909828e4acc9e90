//! Looking at the world. Looking cannot fail; it can only see less.

pub mod decode;
pub mod pasted;
