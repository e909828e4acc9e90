//! `--on-node` against the files and the processes of a real control plane, with no API to ask.

use crate::{
    control_plane::ControlPlane,
    options::Options,
    pki::Shape,
    programs::Program,
    support::{Ran, ctlmon, run},
};
use std::{fs, os::unix::fs::symlink, process::Command};

/// Shows the node its own processes: this machine may run others of the same name.
fn show_processes(plane: &ControlPlane, programs: &[Program]) {
    let proc = plane.folder().join("proc");
    let _ = fs::remove_dir_all(&proc);
    fs::create_dir(&proc).unwrap();
    let ids = programs.iter().map(|program| plane.id(*program)).chain([1]);
    for id in ids {
        symlink(format!("/proc/{id}"), proc.join(id.to_string())).unwrap();
    }
}

fn on_node(plane: &ControlPlane, command: &str) -> Ran {
    let mut asked: Command = ctlmon(plane.folder());
    run(asked.args([command, "--on-node", "-o", "json", "--host-root"]).arg(plane.folder()))
}

#[test]
fn a_real_node_is_known_and_nothing_is_wrong_with_it() {
    const TEST: &str = "on_node::a_real_node_is_known_and_nothing_is_wrong_with_it";
    let Some(plane) = ControlPlane::start(TEST, &Options::kubeadm()) else { return };
    show_processes(&plane, &Program::SERVERS);
    let detected = on_node(&plane, "detect");
    assert_eq!(detected.json()["distribution"]["id"], "kubeadm", "{}", detected.stdout);
    assert_eq!(detected.json()["control_plane"]["place"], "static-pods", "{}", detected.stdout);
    let judged = on_node(&plane, "doctor");
    assert_eq!(judged.problems("error"), Vec::<String>::new(), "{}", judged.stdout);
    let report = judged.json();
    for component in ["apiserver", "etcd", "controller-manager", "scheduler"] {
        let instances = report["instances"].as_array().unwrap();
        let found = instances.iter().find(|instance| instance["component"] == component);
        let answer = found.unwrap_or_else(|| panic!("{component}: {}", judged.stdout))["answer"].clone();
        // What kubeadm leaves there reads etcd; of the others it reads nothing, and is known to them.
        let expected = if component == "etcd" { "200, " } else { "403 for kube-apiserver-kubelet-client" };
        assert!(answer.as_str().is_some_and(|answer| answer.starts_with(expected)), "{component}: {answer}");
    }
}

#[test]
fn an_expired_client_certificate_of_a_stopped_api_server_is_named() {
    const TEST: &str = "on_node::an_expired_client_certificate_of_a_stopped_api_server_is_named";
    let Some(plane) = ControlPlane::start(TEST, &Options::kubeadm()) else { return };
    let expired = plane.pki.etcd.issue(&Shape::client("kube-apiserver-etcd-client").expired());
    expired.write(&plane.folder().join("etc/kubernetes/pki"), "apiserver-etcd-client");
    plane.stop(Program::ApiServer);
    show_processes(&plane, &[Program::Etcd, Program::ControllerManager, Program::Scheduler]);
    let judged = on_node(&plane, "doctor");
    assert_eq!(judged.code, 1, "{}", judged.stdout);
    assert!(judged.problems("error").contains(&"certificate-file-expired".to_owned()), "{}", judged.stdout);
    assert!(judged.stdout.contains("/etc/kubernetes/pki/apiserver-etcd-client.crt"), "{}", judged.stdout);
}
