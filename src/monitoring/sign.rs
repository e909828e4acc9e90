//! Signs of tools as data, and how each is read. A sign in the API alone never says that a tool runs.

use super::Facts;
use crate::model::{
    evidence::Evidence,
    facts::{image_tag, short_image},
    workload::{Workload, WorkloadContainer},
};

/// A sign, and where it is known from.
#[derive(Clone, Copy, Debug)]
pub struct Sign {
    /// What to look for.
    pub signal: Signal,
    /// Where it is known from, for those who doubt it.
    pub source: &'static str,
}

/// A form of evidence about a tool.
#[derive(Clone, Copy, Debug)]
pub enum Signal {
    /// A container whose image has this in its short name.
    ShortImage(&'static str),
    /// A container whose image has this anywhere in its name.
    Image(&'static str),
    /// A workload whose name begins with this.
    Name(&'static str),
    /// A workload with this label, whose value begins with that.
    Label(&'static str, &'static str),
    /// An API group.
    Group(&'static str),
    /// A namespace.
    Namespace(&'static str),
}

impl Sign {
    /// The sign on a workload, where it carries it.
    pub(super) fn of_workload(&self, workload: &Workload) -> Option<Evidence> {
        let image = |has: &dyn Fn(&str) -> bool| {
            let container =
                workload.containers.iter().find(|container| has(without_tag(&container.image)))?;
            Some(("spec.template.spec.containers", format!("image {}", container.image)))
        };
        let (field, claim) = match self.signal {
            Signal::ShortImage(part) => image(&|name| short_image(name).contains(part)),
            Signal::Image(part) => image(&|name| name.contains(part)),
            Signal::Name(start) => workload
                .name
                .starts_with(start)
                .then(|| ("metadata.name", format!("the name {}", workload.name))),
            Signal::Label(key, start) => {
                let value = workload.labels.get(key).filter(|value| value.starts_with(start))?;
                let claim =
                    if value.is_empty() { format!("label {key}") } else { format!("label {key}={value}") };
                Some(("metadata.labels", claim))
            }
            Signal::Group(_) | Signal::Namespace(_) => None,
        }?;
        Some(on(workload, Some(field), claim))
    }

    /// The sign in the API, where it is there.
    pub(super) fn of_cluster(&self, facts: &Facts<'_>) -> Option<Evidence> {
        match self.signal {
            Signal::Group(name) => {
                let is_served =
                    |served: &String| served.split_once('/').is_some_and(|(group, _)| group == name);
                let found = facts.groups().iter().any(is_served);
                found.then(|| Evidence::at_path("/apis", format!("API group {name}")))
            }
            Signal::Namespace(name) => facts.has_namespace(name).then(|| {
                Evidence::in_object("Namespace", None, name, None, format!("Namespace {name} exists"))
            }),
            Signal::ShortImage(_) | Signal::Image(_) | Signal::Name(_) | Signal::Label(..) => None,
        }
    }
}

/// Evidence in a workload.
pub(super) fn on(workload: &Workload, field: Option<&str>, claim: impl Into<String>) -> Evidence {
    let kind = if workload.kind == "DaemonSet" { "DaemonSet" } else { "Deployment" };
    Evidence::in_object(kind, Some(&workload.namespace), &workload.name, field, claim)
}

/// The first container whose image has this short name, or one with this in it.
pub(super) fn container<'a>(workload: &'a Workload, part: &str) -> Option<&'a WorkloadContainer> {
    let exact = workload.containers.iter().find(|container| short_image(&container.image) == part);
    exact
        .or_else(|| workload.containers.iter().find(|container| short_image(&container.image).contains(part)))
}

/// The tag of an image; `None` where it has none, or a digest alone.
pub(super) fn tag(image: &str) -> Option<String> {
    image_tag(image).map(str::to_owned)
}

fn without_tag(image: &str) -> &str {
    let name = image.split('@').next().unwrap_or(image);
    match name.rsplit_once(':') {
        // What follows a colon and has a slash in it is a registry's port.
        Some((before, after)) if !after.contains('/') => before,
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_tags_from_ports_and_digests() {
        let check = |image: &str, name: &str, expected: Option<&str>| {
            assert_eq!((without_tag(image), image_tag(image)), (name, expected), "{image}");
        };
        check("gcr.io/datadoghq/agent:7.70.0", "gcr.io/datadoghq/agent", Some("7.70.0"));
        check("localhost:5000/agent", "localhost:5000/agent", None);
        check("localhost:5000/agent:7", "localhost:5000/agent", Some("7"));
        check("a/agent:7@sha256:00", "a/agent", Some("7"));
        check("a/agent@sha256:00", "a/agent", None);
        check("agent", "agent", None);
    }
}
