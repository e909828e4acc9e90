//! The control plane that the other tests use: that it is ready, whole, and seen by ctlmon as what it is.

use crate::{
    control_plane::ControlPlane,
    options::Options,
    programs::{Generation, Program},
    support::run,
};
use serde_json::json;

#[test]
fn the_control_plane_is_ready() {
    const TEST: &str = "the_control_plane_is_ready";
    let Some(plane) = ControlPlane::shared(TEST) else { return };
    assert_eq!(plane.api.text("/readyz").unwrap(), "ok");
    assert_eq!(plane.api.get("/version").unwrap()["gitVersion"], "v1.36.3");
    assert!(plane.kubectl(&["version"]).contains("Client Version: v1.36.3"));
}

#[test]
fn detect_and_doctor_know_a_real_control_plane() {
    const TEST: &str = "detect_and_doctor_know_a_real_control_plane";
    let Some(plane) = ControlPlane::start(TEST, &Options::kubeadm()) else { return };
    plane.register();
    let detected = run(&mut plane.ctlmon(&["detect", "-o", "json"]));
    assert_eq!(detected.code, 0, "{detected:?}");
    assert_eq!(detected.json()["distribution"]["id"], "kubeadm", "{}", detected.stdout);
    let only =
        ["--only", "apiserver", "--only", "etcd", "--only", "controller-manager", "--only", "scheduler"];
    let judged = run(plane.ctlmon(&["doctor", "-o", "json"]).args(only));
    assert_eq!(judged.problems("error"), Vec::<String>::new(), "{}", judged.stdout);
    assert_eq!(judged.code, 0, "{}", judged.stdout);
}

#[test]
fn debians_etcd_serves_it_too() {
    const TEST: &str = "debians_etcd_serves_it_too";
    if !Generation::Debian.is_there(TEST) {
        return;
    }
    let Some(plane) = ControlPlane::start(TEST, &Options::kubeadm().etcd(Generation::Debian)) else { return };
    plane.api.populate("many", 3, 120);
    let first = plane.api.get("/api/v1/namespaces/many/pods?limit=50").unwrap();
    assert_eq!(first["metadata"]["remainingItemCount"], 70);
    assert_eq!(first["items"].as_array().unwrap().len(), 50);
    assert!(plane.log(Program::Etcd).contains("3.4.23"), "it is the old one");
}

#[test]
fn an_option_reaches_the_server_that_it_is_for() {
    const TEST: &str = "an_option_reaches_the_server_that_it_is_for";
    let options = Options::kubeadm().bind_address("0.0.0.0").audience("elsewhere");
    let Some(plane) = ControlPlane::start(TEST, &options) else { return };
    assert!(std::net::TcpStream::connect(("127.0.0.2", plane.ports.scheduler)).is_ok());
    let roles = plane.file(
        "roles.yaml",
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: reader}\nrules:\n\
         - {nonResourceURLs: [/metrics], verbs: [get]}\n",
    );
    plane.apply(&roles);
    let path = "/apis/rbac.authorization.k8s.io/v1/clusterroles/reader";
    assert_eq!(plane.api.get(path).unwrap()["rules"][0]["verbs"], json!(["get"]));
    plane.api.account("default", "caller");
    let of = |audience| json!({"token": plane.api.token("default", "caller", audience)});
    let who = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
    let review = json!({"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"});
    let name = "system:serviceaccount:default:caller";
    assert_eq!(plane.api_of(&of(None)).create(who, &review)["status"]["userInfo"]["username"], name);
    let other = plane.api_of(&of(Some(crate::tokens::ISSUER))).send("POST", who, Some(&review));
    assert_eq!(other.unwrap_err().code, 401);
}
