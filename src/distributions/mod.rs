//! stub
use crate::model::{component::Component, snapshot::Snapshot};
#[derive(Debug)]
pub struct Detection;
#[derive(Debug)]
pub enum Exposure {
    Hidden { reason: &'static str },
    Other,
}
pub struct Facts;
impl Facts {
    pub fn gather(_: &Snapshot) -> Self {
        Self
    }
}
pub fn detect(_: &Facts) -> Detection {
    Detection
}
impl Detection {
    pub fn exposure(&self, _: Component) -> Option<Exposure> {
        None
    }
    pub fn is_known(&self) -> bool {
        true
    }
}
