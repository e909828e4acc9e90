//! Looking at the world. Nothing outside this module may open a socket, and nothing in it may judge.

pub mod metrics;
