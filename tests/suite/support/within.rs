//! A practice cluster in this process, looked at by somebody who holds nothing but a token and the rights that a test gives.

use ctlmon::{
    distributions::{Detection, Facts, detect},
    doctor::{Report, Selection, judge},
    lab::{
        Lab, LabError, LabSpec,
        spec::{Pace, TokenSpec},
    },
    model::{
        progress::Silent,
        question::AccountRef,
        rights::{Binding, BindingSubject, Role, RoleKind, RoleRef, Rule, SubjectKind},
        snapshot::{Listening, Snapshot, Wanted},
    },
    observe::{
        Limits, Observer,
        dial::{Dialer, Routes},
        keyring::Keyring,
        kubeconfig::Connection,
        observe,
    },
    questions,
    view::View,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::sync::Arc;

/// The token in the caller's kubeconfig.
pub(crate) const CALLER_TOKEN: &str = "caller-3f9c1d7be02a4586";

/// The caller's account; it has no rights until a test gives it some.
const CALLER: (&str, &str) = ("default", "caller");

/// The kubeadm cluster at its standing time, with an account for a caller.
pub(crate) fn spec() -> LabSpec {
    spec_at("2026-06-01T09:00:00Z".parse::<Timestamp>().unwrap())
}

/// Every practice cluster at its standing time, by the id of its distribution.
pub(crate) fn clusters() -> [(&'static str, LabSpec); 4] {
    let now = "2026-06-01T09:00:00Z".parse::<Timestamp>().unwrap();
    [
        ("kubeadm", LabSpec::kubeadm(now)),
        ("eks", LabSpec::eks(now)),
        ("openshift4", LabSpec::openshift(now)),
        ("rke1", LabSpec::rke1(now)),
    ]
}

/// The same for the clock of other processes.
pub(crate) fn running() -> LabSpec {
    LabSpec { pace: Pace::Running, ..spec_at(Timestamp::now()) }
}

fn spec_at(now: Timestamp) -> LabSpec {
    let mut spec = LabSpec::kubeadm(now);
    let (namespace, name) = (CALLER.0.to_owned(), CALLER.1.to_owned());
    spec.objects.push(json!({
        "apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"namespace": namespace, "name": name},
    }));
    spec.tokens.push(TokenSpec {
        text: CALLER_TOKEN.to_owned(),
        account: AccountRef { namespace, name },
        audiences: vec!["https://kubernetes.default.svc.cluster.local".to_owned()],
        until: SignedDuration::from_hours(1),
    });
    spec
}

/// Binds a role of the spec to the caller, in the role's own namespace.
pub(crate) fn bind(spec: &mut LabSpec, namespace: Option<&str>, name: &str) {
    spec.rights.bindings.push(Binding {
        namespace: namespace.map(str::to_owned),
        name: format!("caller:{name}"),
        role: RoleRef {
            kind: if namespace.is_some() { RoleKind::Role } else { RoleKind::ClusterRole },
            name: name.to_owned(),
        },
        subjects: vec![BindingSubject {
            kind: SubjectKind::ServiceAccount,
            name: CALLER.1.to_owned(),
            namespace: Some(CALLER.0.to_owned()),
        }],
    });
}

/// Adds a role and binds it to the caller.
pub(crate) fn give(spec: &mut LabSpec, role: Role) {
    bind(spec, role.namespace.as_deref(), &role.name);
    spec.rights.roles.push(role);
}

/// A kubeconfig with the caller's token.
pub(crate) fn kubeconfig(lab: &Lab) -> Value {
    let mut kubeconfig = lab.kubeconfig().unwrap();
    kubeconfig["users"][0]["user"] = json!({"token": CALLER_TOKEN});
    kubeconfig
}

/// What `doctor --lab` sees and judges: the administrator, who stands on the first node and asks as the agents too.
pub(crate) async fn look_as_administrator<T>(
    spec: LabSpec,
    listening: Listening,
    of: impl FnOnce(&Report) -> T,
) -> T {
    let snapshot = seen_as_administrator(spec, listening).await.unwrap();
    judged(&snapshot, of)
}

/// What is made of it.
pub(crate) fn judged<T>(snapshot: &Snapshot, of: impl FnOnce(&Report) -> T) -> T {
    of(&judge(&View::new(snapshot), &detect(&Facts::gather(snapshot)), &Selection::default()))
}

/// What `doctor --lab` sees, where there is such a cluster.
pub(crate) async fn seen_as_administrator(spec: LabSpec, listening: Listening) -> Result<Snapshot, LabError> {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let lab = Lab::start(spec).await?;
    let limits = Limits::standard();
    let mut kubeconfig = lab.kubeconfig()?;
    unverified(&mut kubeconfig);
    let Connection { client, context, .. } = Connection::from_value(kubeconfig, &limits).await.unwrap();
    let routes = Routes { table: lab.routes(), here: lab.addresses_here() };
    let observer = Observer::new(Some(client), Dialer::Routes(routes), Keyring::new(), limits);
    let wanted = Wanted { context: Some(context), as_agent: true, listening, ..Wanted::default() };
    let mut snapshot = Snapshot::empty(lab.clock(), wanted);
    observe(&Arc::new(observer), &mut snapshot, questions::doctor, &Silent, std::future::pending()).await;
    Ok(snapshot)
}

/// The cluster's clock stands still, and this machine's must not judge its certificates.
fn unverified(kubeconfig: &mut Value) {
    let cluster: &mut Value = &mut kubeconfig["clusters"][0]["cluster"];
    cluster["insecure-skip-tls-verify"] = Value::Bool(true);
    cluster.as_object_mut().unwrap().remove("certificate-authority-data");
}

/// Clusters whose caller may do nothing, may only look at nodes, may look at Datadog's workloads and at nothing beside
/// them, and so on: each leaves others in the dark.
pub(crate) fn partial_rights() -> Vec<LabSpec> {
    let kinds = [
        &[][..],
        &["nodes"],
        &["nodes", "pods"],
        &["nodes", "pods", "daemonsets", "deployments"],
        &["nodes", "pods", "daemonsets", "deployments", "services", "configmaps"],
        &["nodes", "pods", "daemonsets", "deployments", "services", "configmaps", "secrets", "namespaces"],
    ];
    let read = |kinds: &[&str]| {
        let mut spec = spec();
        let allowed = Rule {
            verbs: vec!["get".to_owned(), "list".to_owned()],
            api_groups: vec![String::new(), "apps".to_owned()],
            resources: kinds.iter().map(|kind| (*kind).to_owned()).collect(),
            ..Rule::default()
        };
        let role =
            Role { namespace: None, name: "some".to_owned(), rules: vec![allowed], aggregation: Vec::new() };
        give(&mut spec, role);
        spec
    };
    kinds.into_iter().map(read).collect()
}

/// What `doctor` makes of a cluster.
pub(crate) struct Diagnosis {
    pub(crate) snapshot: Snapshot,
    pub(crate) detection: Detection,
    pub(crate) report: Report,
}

/// Looks and judges as the caller, who reaches of the network what the routes say and stands on no node.
pub(crate) async fn doctor(lab: &Lab, routes: Routes, wanted: Wanted) -> Diagnosis {
    // There is one provider for the process, whichever test installs it.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let limits = Limits::standard();
    let mut kubeconfig = kubeconfig(lab);
    unverified(&mut kubeconfig);
    let Connection { client, context, .. } = Connection::from_value(kubeconfig, &limits).await.unwrap();
    let observer = Observer::new(Some(client), Dialer::Routes(routes), Keyring::new(), limits);
    let mut snapshot = Snapshot::empty(lab.clock(), Wanted { context: Some(context), ..wanted });
    observe(&Arc::new(observer), &mut snapshot, questions::doctor, &Silent, std::future::pending()).await;
    let detection = detect(&Facts::gather(&snapshot));
    let report = judge(&View::new(&snapshot), &detection, &Selection::default());
    Diagnosis { snapshot, detection, report }
}
