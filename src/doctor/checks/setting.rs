//! How a setting of a check's instance is to be written where the check is configured: YAML in files, JSON in annotations.

use crate::{
    doctor::Step,
    view::{Configured, Origin},
};

/// The place and the lines for settings of an instance; the first line of YAML names the endpoint that they belong to.
pub(super) fn edit(configured: &Configured<'_>, url: &str, settings: &[(&str, &str)]) -> Step {
    let place = configured.describe_origin();
    match &configured.origin {
        Origin::Annotation { kind, .. } => {
            let settings: Vec<String> =
                settings.iter().map(|(key, value)| format!("\"{key}\": {value}")).collect();
            let file = match *kind {
                "Pod" => format!("{place}; of a static pod in its manifest on the node"),
                _ => place,
            };
            let change = format!("in every one of its instances: {}\n", settings.join(", "));
            Step::Edit { file, change }
        }
        Origin::ConfigMap { .. } | Origin::Packaged => {
            let mut lines = vec!["instances:".to_owned(), format!("  - prometheus_url: {url}")];
            lines.extend(settings.iter().map(|(key, value)| format!("    {key}: {value}")));
            Step::Edit { file: place, change: lines.join("\n") + "\n" }
        }
    }
}
