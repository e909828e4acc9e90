//! stub
use crate::model::{answer::*, facts::*, workload::*};
use serde_json::Value;
pub fn version(_: &Value) -> Result<ServerVersion, String> {
    Err(String::new())
}
pub fn api_groups(_: &Value) -> Result<Vec<String>, String> {
    Err(String::new())
}
pub fn names(_: &Value) -> Result<Listed<Named>, String> {
    Err(String::new())
}
pub fn nodes(_: &Value) -> Result<Listed<Node>, String> {
    Err(String::new())
}
pub fn pods(_: &Value) -> Result<Listed<Pod>, String> {
    Err(String::new())
}
pub fn workloads(_: &Value) -> Result<Listed<Workload>, String> {
    Err(String::new())
}
pub fn config_map(_: &Value) -> Result<ConfigMapFacts, String> {
    Err(String::new())
}
