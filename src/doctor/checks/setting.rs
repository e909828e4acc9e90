//! How a setting of a check's instance is to be written where the check is configured: YAML in files, JSON in annotations.

use crate::{
    doctor::{Remedy, Step, Touches},
    view::{Configured, Origin},
};

/// The place and the lines for settings of an instance; the first line of YAML names the endpoint that they belong to.
pub(super) fn edit(configured: &Configured<'_>, url: &str, settings: &[(&str, &str)]) -> Step {
    at(&configured.origin, url, settings)
}

/// The same for a place alone.
pub(super) fn at(origin: &Origin, url: &str, settings: &[(&str, &str)]) -> Step {
    let change = match origin {
        Origin::Annotation { .. } => {
            let settings: Vec<String> =
                settings.iter().map(|(key, value)| format!("\"{key}\": {value}")).collect();
            format!("in every one of its instances: {}\n", settings.join(", "))
        }
        Origin::ConfigMap { .. } | Origin::Packaged => {
            let mut lines = vec!["instances:".to_owned(), format!("  - prometheus_url: {url}")];
            lines.extend(settings.iter().map(|(key, value)| format!("    {key}: {value}")));
            lines.join("\n") + "\n"
        }
    };
    Step::Edit { file: place(origin), change }
}

/// A remedy that writes settings of an instance.
pub(super) fn set(title: &str, origin: &Origin, url: &str, settings: &[(&str, &str)]) -> Remedy {
    let steps = vec![at(origin, url, settings)];
    Remedy { title: title.to_owned(), steps, touches: Touches::Monitoring }
}

/// A remedy that asks another URL.
pub(super) fn ask(title: &str, origin: &Origin, url: &str) -> Remedy {
    let change = match origin {
        Origin::Annotation { .. } => format!("\"prometheus_url\": \"{url}\"\n"),
        Origin::ConfigMap { .. } | Origin::Packaged => format!("prometheus_url: {url}\n"),
    };
    Remedy::edit(title, Touches::Monitoring, place(origin), change)
}

/// A remedy that takes the check away from where it is written.
pub(super) fn remove(title: &str, origin: &Origin) -> Remedy {
    Remedy::edit(title, Touches::Monitoring, place(origin), "remove the check here")
}

/// The place, and where a change of it must be made to last.
pub(super) fn place(origin: &Origin) -> String {
    let place = origin.describe();
    match origin {
        Origin::Annotation { kind: "Pod", .. } => {
            format!("{place}; of a static pod in its manifest on the node")
        }
        _ => place,
    }
}
