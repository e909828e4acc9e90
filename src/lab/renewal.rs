//! What a living cluster renews by itself: the times of leases and heartbeats move on with its clock. Nothing else does.

use super::{cluster::Cluster, store::Kind};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::borrow::Cow;

/// An object as it is now. What was stale when the cluster started stays as stale as it was.
pub(super) fn renewed<'a>(cluster: &Cluster, kind: &Kind, object: &'a Value) -> Cow<'a, Value> {
    let passed = cluster.clock().now().duration_since(cluster.spec().now);
    if passed.is_zero() || !["leases", "nodes"].contains(&kind.plural) {
        return Cow::Borrowed(object);
    }
    let conditions = object["status"]["conditions"].as_array().map_or(0, Vec::len);
    let mut object = object.clone();
    let heartbeats = (0..conditions).map(|at| format!("/status/conditions/{at}/lastHeartbeatTime"));
    for time in heartbeats.chain(["/spec/renewTime".to_owned()]) {
        later(object.pointer_mut(&time), passed);
    }
    Cow::Owned(object)
}

fn later(time: Option<&mut Value>, by: SignedDuration) {
    let Some(time) = time else { return };
    let moved = time.as_str().and_then(|text| text.parse::<Timestamp>().ok()?.checked_add(by).ok());
    if let Some(moved) = moved {
        *time = json!(moved);
    }
}
