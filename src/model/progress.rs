//! How far a run is, as it is told to whoever wants to know.

/// Who is told how far a run is.
pub trait Progress {
    /// A wave begins with so many questions.
    fn wave(&self, number: usize, questions: usize);
    /// One of its questions is answered.
    fn answered(&self);
}

/// Tells nobody.
#[derive(Debug)]
pub struct Silent;

impl Progress for Silent {
    fn wave(&self, _number: usize, _questions: usize) {}
    fn answered(&self) {}
}
