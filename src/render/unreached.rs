//! A run that reached nothing: what there is to say in every format that a program reads. People get the error on stderr.

use jiff::Timestamp;

/// What is known of a run that could not look at all.
#[derive(Debug)]
pub struct Unreached<'a> {
    /// When it began.
    pub taken_at: Timestamp,
    /// The context, where one was found.
    pub context: Option<&'a str>,
    /// Why it could not look.
    pub error: &'a str,
    /// The exit code.
    pub exit: u8,
}
