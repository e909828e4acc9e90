//! What is said of a choice: why a component is left out and what to do about it, and what a way costs or risks.

use super::{
    choices::EtcdSource,
    choose::Context,
    ways::{Carrier, Obstacle, Way},
};
use crate::{
    distributions::{Exposure, Reach},
    model::component::Component,
};
use std::collections::BTreeSet;

/// What stands in the way, and what to do about it.
pub(super) fn obstacles(component: Component, obstacles: &BTreeSet<Obstacle>) -> (String, String) {
    if let Some(Obstacle::Release(first)) = obstacles.first() {
        let reason = format!("releases of Kubernetes before 1.{first} do not serve it");
        return (reason, "upgrade the cluster, or name its release with --kubernetes-version".to_owned());
    }
    let (reason, instead) = if obstacles.contains(&Obstacle::Network) {
        (
            "it listens on its node's loopback address, and agents everywhere must not share their node's network",
            "split the agents: --for control-plane and --for workers",
        )
    } else if obstacles.contains(&Obstacle::Files) {
        (
            "it takes files that only control-plane nodes have, and agents everywhere must run on workers as well",
            "split the agents: --for control-plane and --for workers",
        )
    } else if obstacles.contains(&Obstacle::Names) {
        (
            "the files that open it have another name on every node",
            "issue one certificate for all of them: ctlmon certs issue, then --etcd-source secret",
        )
    } else if obstacles.contains(&Obstacle::Setting) {
        (
            "it listens on no address that agents reach until it is told to",
            "tell it to, and say so: --exposed",
        )
    } else {
        ("the distribution has no such listener", "leave the choice to ctlmon: --etcd-source auto")
    };
    let mut instead = instead.to_owned();
    if obstacles.contains(&Obstacle::Setting) && !instead.contains("--exposed") {
        instead =
            format!("{instead}; or let it listen on its node's address and say so: --exposed {component}");
    } else if instead.ends_with("--exposed") {
        instead = format!("{instead} {component}");
    }
    (reason.to_owned(), instead)
}

/// Why the check is told of in this way, where no container of the component's own tells of it.
fn carried(component: Component, way: &Way, context: &Context<'_>) -> Option<&'static str> {
    let is_process = matches!((context.table)(component), Exposure::HostProcess { beside: None, .. });
    match way.carrier {
        Carrier::OnNode if is_process => Some(
            "No container of its own image tells agents of it, so that every agent of these nodes asks its own node: one that \
             bears such a role without it, as a node for etcd alone does, has this check failing. No pod that only pauses is \
             needed, since the agents themselves run on these nodes alone; --checks-by annotations has one for each component, \
             on the nodes that are labelled for it.",
        ),
        Carrier::OnNode if matches!(component, Component::ControllerManager | Component::Scheduler) => Some(
            "No container of its own image tells agents of it, so that every agent of these nodes asks its own node: one that \
             bears such a role without it, as a node for etcd alone does, has this check failing.",
        ),
        Carrier::BesidePause => Some(
            "No container of its own tells agents of it: a pod that only pauses, on the nodes that are labelled for it, bears \
             the annotation. The vendor's page puts that pod on every node, where the check fails on all that lack the files.",
        ),
        Carrier::Cluster(_) if is_process && component != Component::ApiServer => Some(
            "It runs where the API server does, and is asked at the addresses behind default/kubernetes.",
        ),
        _ => None,
    }
}

/// What the choice costs or risks.
pub(super) fn remarks(component: Component, way: &Way, context: &Context<'_>) -> Vec<String> {
    let mut remarks = Vec::new();
    let mut say = |text: &str| remarks.push(text.to_owned());
    if component == Component::Etcd {
        match way.kind {
            EtcdSource::Metrics if way.listener.reach == Reach::Loopback => {
                say(
                    "This listener serves metrics and health alone, without TLS and to programs of the node only: nobody needs a \
                     key to the cluster's store. The vendor's page mounts the folder of etcd's keys instead, which holds the \
                     key of its CA as well.",
                );
            }
            EtcdSource::Metrics => {
                say(
                    "This listener answers everybody who gets a connection: let a firewall or a host endpoint policy keep \
                     others off its port.",
                );
            }
            EtcdSource::NodeCertificate => {
                say(
                    "A client certificate of etcd opens everything that the cluster stores, Secrets included, past the API \
                     server's audit and rights. These three files are mounted one by one and read-only, since the folder that \
                     the vendor's page mounts also holds the key of etcd's CA.",
                );
                say(
                    "A file that is mounted alone stays the old one when it is replaced by another: restart the agents after \
                     certificates were renewed.",
                );
            }
            EtcdSource::Secret => {
                say(
                    "A client certificate of etcd opens everything that the cluster stores. In a Secret it opens it to whoever \
                     reads Secrets or creates pods in this namespace; it cannot be revoked before it expires.",
                );
            }
            EtcdSource::MetricsCertificate => {
                say(
                    "This certificate opens etcd's metrics and nothing else. The platform renews it: the copy in the agents' \
                     namespace must be made again then.",
                );
            }
            EtcdSource::Auto | EtcdSource::Off => {}
        }
    }
    if let Some(setting) = way.listener.setting {
        remarks.push(format!(
            "It listens there once this is set: {} ({}). The port then is open to whoever has a route to the node.",
            setting.text, setting.place
        ));
    }
    remarks.extend(carried(component, way, context).map(str::to_owned));
    if matches!(way.kind, EtcdSource::NodeCertificate)
        && context.identity.version.is_none()
        && context.pki.is_none()
    {
        remarks.push(
            "Where the files lie in another folder, name it with --etcd-pki-dir: agents do not start without them.".to_owned(),
        );
    }
    remarks
}
