//! stub
use crate::{distributions::Detection, model::snapshot::Snapshot, render::Console};
#[derive(serde::Serialize)]
pub(super) struct DistributionV1;
#[derive(serde::Serialize)]
pub(super) struct ControlPlaneV1;
impl DistributionV1 {
    pub(super) fn of(_: &Detection) -> Self {
        Self
    }
}
impl ControlPlaneV1 {
    pub(super) fn of(_: &Detection) -> Self {
        Self
    }
}
pub fn headline(_: &Detection) -> String {
    String::new()
}
pub fn human(_: &Console, _: &Detection) -> String {
    String::new()
}
pub fn name(_: &Detection) -> String {
    String::new()
}
pub fn json(_: &Snapshot, _: &Detection, _: u8) -> Result<String, serde_json::Error> {
    Ok(String::new())
}
