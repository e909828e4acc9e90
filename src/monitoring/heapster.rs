//! Heapster with `InfluxDB` and Grafana, retired with Kubernetes 1.13 in 2018: where it reads, where it writes, whether what it
//! wrote would outlive a pod, and the right that was given to it.

use super::{
    Description, Facts, Sign, Signal,
    sign::{container, on, tag},
};
use crate::model::{
    evidence::Evidence,
    facts::short_image,
    monitors,
    workload::{VolumeSource, Workload},
};

/// What it is known by.
pub(super) static SIGNS: &[Sign] = &[
    Sign {
        signal: Signal::ShortImage("heapster"),
        source: "its manifests: heapster, heapster-influxdb, heapster-grafana",
    },
    Sign { signal: Signal::Name("monitoring-influxdb"), source: "its manifests" },
];

/// Where `InfluxDB` keeps what it is told: in the image of Heapster's makers, and in its own.
const STORES: [&str; 2] = ["/data", "/var/lib/influxdb"];

pub(super) fn describe(facts: &Facts<'_>, own: &[&Workload]) -> Description {
    let mut said = Description::default();
    let is_part = |workload: &Workload, part: &str| {
        workload.containers.iter().any(|it| short_image(&it.image).contains(part))
            || workload.name.ends_with(part)
    };
    let (databases, rest): (Vec<&Workload>, Vec<&Workload>) =
        own.iter().partition(|it| is_part(it, "influxdb"));
    let heapsters: Vec<&Workload> = rest.into_iter().filter(|it| !is_part(it, "grafana")).collect();
    for heapster in &heapsters {
        let Some(program) = container(heapster, "heapster") else { continue };
        said.version = said.version.or_else(|| tag(&program.image));
        for name in ["source", "sink"] {
            if let Some(value) = program.flags.get(name) {
                let claim = format!("--{name}={value}");
                said.evidence.push(on(heapster, Some("spec.template.spec.containers"), claim));
                said.details.push((name, value.clone()));
            }
        }
    }
    for database in databases {
        let (store, remark) = storage(database);
        said.evidence.push(on(
            database,
            Some("spec.template.spec.volumes"),
            format!("its data is on {store}"),
        ));
        said.details.push(("storage", store.to_owned()));
        said.remarks.extend(remark.map(str::to_owned));
    }
    match facts.heapster_binding() {
        Ok(Some(binding)) => {
            let role = &binding.role.name;
            let claim = format!("grants {}", binding.role);
            said.evidence.push(Evidence::in_object(
                binding.kind(),
                None,
                &binding.name,
                Some("roleRef"),
                claim,
            ));
            said.details
                .push(("binding", format!("{} {} to {}", binding.kind(), binding.name, binding.role)));
            if role != monitors::HEAPSTER_ROLE {
                said.remarks.push(format!(
                    "its account was given {role}; {} was made for it",
                    monitors::HEAPSTER_ROLE
                ));
            }
        }
        Ok(None) => {
            said.details.push(("binding", format!("no ClusterRoleBinding {}", monitors::HEAPSTER_BINDING)));
        }
        Err(gap) => said.gaps.push(gap),
    }
    said.remarks.push("Heapster was retired with Kubernetes 1.13, in 2018: nobody mends it, and metrics-server took its place".to_owned());
    said
}

/// Where a database keeps its data, and what is to be said of that.
fn storage(database: &Workload) -> (&'static str, Option<&'static str>) {
    const LOST: &str = "what InfluxDB was told is lost with its pod";
    let mounts = database.containers.iter().flat_map(|container| &container.mounts);
    let mount = mounts.into_iter().find(|mount| STORES.contains(&mount.path.trim_end_matches('/')));
    match mount.and_then(|mount| database.volumes.get(&mount.volume)) {
        Some(VolumeSource::EmptyDir) => ("emptyDir", Some(LOST)),
        Some(VolumeSource::HostPath(_)) => ("hostPath", None),
        Some(_) => ("a volume", None),
        None => ("no volume", Some(LOST)),
    }
}
