//! Checks of which annotations tell: what is applied to Services, and to pods that only pause, is read back and compared with
//! the plan, and does what the vendor's page wants done by hand.

use super::{DIALECTS, names, of, plain, planned, plans, read::one};
use ctlmon::{
    distributions::{Distribution, Identity},
    model::{component::Component, facts::Node},
    plan::{
        Audience, ChecksBy, Choices, Dialect, Document, EtcdSource, Folder, Instance, Plan, PlanError,
        Subject, Version, folder, plan, usual_audience,
    },
    yaml,
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const CHECKS: &str = "ad.datadoghq.com/endpoints.checks";
const RESOLVE: &str = "ad.datadoghq.com/endpoints.resolve";
const PAUSE_CHECKS: &str = "ad.datadoghq.com/pause.checks";

fn annotated(id: &str, change: impl FnOnce(&mut Choices)) -> Result<Plan, PlanError> {
    let distribution = Distribution::named(id).unwrap();
    let audience = usual_audience(distribution, &distribution.identity());
    let mut choices = Choices { checks_by: ChecksBy::Annotations, ..plain(audience) };
    change(&mut choices);
    planned(distribution, &choices)
}

fn written(plan: &Plan) -> Folder {
    folder(plan, Dialect::Helm, &names()).unwrap()
}

fn manifest(folder: &Folder, name: &str) -> Vec<Value> {
    let text = folder.manifests.iter().find(|it| it.name == name).map_or("", |it: &Document| &it.text);
    if text.is_empty() { Vec::new() } else { yaml::documents(text).unwrap() }
}

/// The Services of a folder by namespace and name, those that are made and those that are there.
fn services(folder: &Folder) -> BTreeMap<(String, String), Value> {
    let all = ["20-services.yaml", "21-annotations.yaml"].map(|name| manifest(folder, name));
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    all.into_iter()
        .flatten()
        .map(|it| ((text(&it["metadata"]["namespace"]), text(&it["metadata"]["name"])), it))
        .collect()
}

/// What an annotation tells, as agents read it.
fn told(annotation: &Value) -> Value {
    serde_json::from_str(annotation.as_str().expect("a text")).expect("JSON in it")
}

fn form(instances: &[Instance]) -> Value {
    json!({"init_config": {}, "instances": instances})
}

#[test]
fn annotations_say_what_the_plan_says() {
    let mut count = 0;
    for plan in plans() {
        let folder = written(&plan);
        let mut expected: BTreeMap<(String, String), Value> = BTreeMap::new();
        for it in &plan.annotated {
            let key = (it.service.namespace.to_owned(), it.service.name.to_owned());
            expected.entry(key).or_insert_with(|| json!({}))[it.check] = form(&it.instances);
        }
        let services = services(&folder);
        for (key, service) in &services {
            let annotations = &service["metadata"]["annotations"];
            let of_plan =
                plan.annotated.iter().find(|it| (it.service.namespace, it.service.name) == (&key.0, &key.1));
            assert_eq!(annotations.is_null(), of_plan.is_none(), "{}: {service}", of(&plan));
            if let Some(of_plan) = of_plan {
                assert_eq!(Some(told(&annotations[CHECKS])), expected.remove(key), "{}", of(&plan));
                assert_eq!(annotations[RESOLVE] == "ip", of_plan.service.by_address, "{}", of(&plan));
                count += 1;
            }
        }
        assert!(expected.is_empty(), "{}: {expected:?}", of(&plan));
        let pauses = manifest(&folder, "22-pauses.yaml");
        assert_eq!(pauses.len(), plan.pauses.len());
        for (pod, pause) in pauses.iter().zip(&plan.pauses) {
            let template = &pod["spec"]["template"];
            assert_eq!(
                told(&template["metadata"]["annotations"][PAUSE_CHECKS]),
                json!({ pause.check: form(&pause.instances) })
            );
            assert_eq!(template["spec"]["containers"][0]["name"], "pause", "the annotation names it");
            assert_eq!(pod["spec"]["selector"]["matchLabels"], template["metadata"]["labels"]);
        }
    }
    assert!(count > 20, "{count} Services");
}

/// One way for each check: a file beside an annotation would have it run twice, and so would a switch of the product.
#[test]
fn what_an_annotation_tells_is_written_nowhere_else() {
    for plan in plans().iter().filter(|plan| plan.choices.checks_by == ChecksBy::Annotations) {
        assert_eq!((plan.switch, plan.cluster_agent.files.len()), (None, 0), "{}", of(plan));
        let told: Vec<&str> =
            plan.annotated.iter().map(|it| it.check).chain(plan.pauses.iter().map(|it| it.check)).collect();
        assert_eq!(told.iter().collect::<BTreeSet<_>>().len(), told.len(), "{}: {told:?}", of(plan));
        for check in told {
            assert!(plan.agents.files.iter().all(|file| file.name != format!("{check}.yaml")), "{check}");
            assert!(plan.agents.ignored.contains(&check), "{check}: the packaged configuration is on");
        }
        let agent = one(&ctlmon::plan::spell(plan, Dialect::DatadogAgent).unwrap());
        let native = &agent["spec"]["features"]["controlPlaneMonitoring"]["enabled"];
        assert!(plan.annotated.is_empty() || native == false, "{}: {agent}", of(plan));
    }
}

#[test]
fn services_that_are_there_get_annotations_and_nothing_else() {
    let folder = written(&annotated("openshift4", |_| {}).unwrap());
    let services = services(&folder);
    let names: Vec<String> = services.keys().map(|(namespace, name)| format!("{namespace}/{name}")).collect();
    assert_eq!(
        names,
        [
            "default/kubernetes",
            "openshift-etcd/etcd",
            "openshift-kube-controller-manager/kube-controller-manager",
            "openshift-kube-scheduler/scheduler"
        ]
    );
    for ((namespace, _), service) in &services {
        assert!(service["spec"].is_null(), "a fragment: {service}");
        // Nothing but addresses stands behind the API server's.
        assert_eq!(service["metadata"]["annotations"][RESOLVE] == "ip", namespace != "default", "{service}");
    }
    let step = folder.steps.iter().find(|step| step.title.starts_with("Annotations")).unwrap();
    assert_eq!(step.undo.len(), 4, "{:?}", step.undo);
}

#[test]
fn openshift_3_has_clean_copies_of_services_whose_owners_take_annotations_off() {
    let plan = annotated("openshift3", |_| {}).unwrap();
    let folder = written(&plan);
    let made = manifest(&folder, "20-services.yaml");
    let names: Vec<&str> = made.iter().map(|it| it["metadata"]["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["etcd-copy", "kube-controllers-copy"]);
    for copy in &made {
        let fields: Vec<&String> = copy["metadata"].as_object().unwrap().keys().collect();
        assert_eq!(fields, ["annotations", "name", "namespace"], "nothing of the original's identity");
        assert_eq!(copy["metadata"]["namespace"], "kube-system");
        assert_eq!(copy["spec"]["selector"]["openshift.io/control-plane"], "true", "a text: {copy}");
    }
    let controllers = told(&made[1]["metadata"]["annotations"][CHECKS]);
    let checks: Vec<&String> = controllers.as_object().unwrap().keys().collect();
    assert_eq!(checks, ["kube_controller_manager", "kube_scheduler"]);
    // The certificates of a master are in its own agent alone, which the pod's node leads to unless addresses do.
    assert!(made[0]["metadata"]["annotations"][RESOLVE].is_null());
    assert!(!plan.agents.host_network && plan.agents.mounts.len() == 3, "{:?}", plan.agents);
    assert!(!folder.readme.contains("sed "), "{}", folder.readme);
}

#[test]
fn rke1_is_told_on_its_service_and_by_pods_that_pause_where_etcd_runs() {
    for (minor, manager, scheduler) in [(30, "https", "https"), (21, "http", "http")] {
        let plan =
            annotated("rke1", |choices| choices.versions.kubernetes = Some(Version(1, minor, 0))).unwrap();
        let folder = written(&plan);
        let services = services(&folder);
        assert_eq!(services.len(), 1);
        let told_of_api = told(&services.values().next().unwrap()["metadata"]["annotations"][CHECKS]);
        let url =
            |check: &str| told_of_api[check]["instances"][0]["prometheus_url"].as_str().unwrap().to_owned();
        assert!(url("kube_apiserver_metrics").contains(":%%port%%/"));
        assert!(
            url("kube_controller_manager").starts_with(&format!("{manager}://%%host%%:102")),
            "{told_of_api}"
        );
        assert!(url("kube_scheduler").starts_with(&format!("{scheduler}://%%host%%:102")), "{told_of_api}");
        assert!(!plan.agents.host_network, "addresses are asked, and not the own node");

        let [pause] = manifest(&folder, "22-pauses.yaml").try_into().unwrap();
        let pod = &pause["spec"]["template"]["spec"];
        assert_eq!(
            (&pod["hostNetwork"], &pod["containers"][0]["image"]),
            (&true.into(), &"registry.k8s.io/pause:3.10".into())
        );
        let terms = &pod["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"];
        assert!(terms.to_string().contains("node-role.kubernetes.io/etcd"), "{terms}");
        assert!(
            !terms.to_string().contains("node-role.kubernetes.io/controlplane"),
            "no etcd runs there: {terms}"
        );
        for taint in ["node-role.kubernetes.io/etcd", "node-role.kubernetes.io/controlplane"] {
            assert!(pod["tolerations"].to_string().contains(taint), "{pod}");
        }
    }
    let files = planned(Distribution::named("rke1").unwrap(), &plain(Audience::ControlPlane)).unwrap();
    let etcd = files.components.iter().find(|it| it.component == Component::Etcd).unwrap();
    assert!(
        etcd.remarks.iter().any(|remark| remark.contains("No pod that only pauses is needed")),
        "{etcd:?}"
    );
}

#[test]
fn annotations_are_refused_where_nothing_would_bear_one() {
    for (id, audience) in [("kubeadm", Audience::ControlPlane), ("rke1", Audience::Workers)] {
        let refused = annotated(id, |choices| choices.audience = audience).unwrap_err();
        assert!(
            matches!(&refused, PlanError::Contradiction { what, .. } if what.contains("need no annotation")),
            "{refused}"
        );
    }
}

fn node(name: &str, labels: &[(&str, &str)]) -> Node {
    let labels = labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    Node { name: name.to_owned(), labels, ..Node::default() }
}

fn seen(id: &str, nodes: &[Node], choices: &Choices) -> Plan {
    let distribution = Distribution::named(id).unwrap();
    let identity: Identity = distribution.identity();
    plan(&Subject { distribution, identity: &identity, rivals: &[], nodes, pki: None }, choices).unwrap()
}

/// Fargate's nodes beside others are enough to know: no option is needed.
#[test]
fn a_cluster_with_some_nodes_of_fargate_has_sidecars_and_a_daemon_set_that_keeps_off() {
    const COMPUTE: &str = "eks.amazonaws.com/compute-type";
    let nodes = [node("ip-10-0-0-1", &[]), node("fargate-ip-10-0-0-2", &[(COMPUTE, "fargate")])];
    let plan = seen("eks", &nodes, &plain(Audience::All));
    assert!(plan.sidecars.as_ref().is_some_and(|sidecars| !sidecars.alone));
    assert!(plan.runners.is_none(), "the agents of the other nodes run cluster checks");
    for dialect in DIALECTS {
        let held = super::read::held(dialect, &ctlmon::plan::spell(&plan, dialect).unwrap());
        assert_eq!(held.terms, [[(COMPUTE.to_owned(), "NotIn fargate".to_owned())]], "{dialect:?}");
        assert!(held.sidecars && held.has_agents);
    }
    assert!(written(&plan).manifests.iter().any(|it| it.name == "30-sidecar-rights.yaml"));
    let without = seen("eks", &nodes[..1], &plain(Audience::All));
    assert!(without.sidecars.is_none() && without.agents.placement.terms.is_empty());
    let chosen = seen("eks", &[], &Choices { sidecars: true, ..plain(Audience::All) });
    assert_eq!(chosen.agents.placement, plan.agents.placement);
}

#[test]
fn no_address_and_no_toleration_stands_twice() {
    for plan in plans() {
        let files =
            plan.agents.files.iter().chain(&plan.cluster_agent.files).flat_map(|file| &file.instances);
        let annotated = plan.annotated.iter().flat_map(|it| &it.instances);
        for instance in files.chain(annotated).chain(plan.pauses.iter().flat_map(|it| &it.instances)) {
            let urls: Vec<&str> = instance.urls().collect();
            assert_eq!(urls.iter().collect::<BTreeSet<_>>().len(), urls.len(), "{}: {urls:?}", of(&plan));
        }
    }
    let taint = |key: &str| ctlmon::model::facts::Taint {
        key: key.to_owned(),
        value: "true".to_owned(),
        effect: "NoExecute".to_owned(),
    };
    let roles = ["node-role.kubernetes.io/controlplane", "node-role.kubernetes.io/etcd"];
    let node = Node { taints: roles.map(taint).to_vec(), ..node("a", &roles.map(|role| (role, "true"))) };
    let plan = seen("rke1", &[node], &plain(Audience::ControlPlane));
    let tolerations = &plan.agents.placement.tolerations;
    assert_eq!(tolerations.iter().collect::<BTreeSet<_>>().len(), tolerations.len(), "{tolerations:?}");
}

/// Runners of cluster checks run on any node, most of which lack the files of a control plane.
#[test]
fn runners_are_given_no_file_of_a_node() {
    for id in ["openshift3", "rke1", "openshift4"] {
        for checks_by in [ChecksBy::Files, ChecksBy::Annotations] {
            let plan = annotated(id, |choices| {
                choices.checks_by = checks_by;
                choices.runners = Some(2);
                choices.versions.chart = Version(3, 151, 0);
            })
            .unwrap();
            let values = one(&ctlmon::plan::spell(&plan, Dialect::Helm).unwrap());
            let volumes = &values["clusterChecksRunner"]["volumes"];
            assert!(!volumes.to_string().contains("hostPath"), "{id}: {volumes}");
            let needs = id == "openshift4";
            assert_eq!(volumes.is_array(), needs, "{id}: {volumes}");
        }
    }
    let secret = annotated("openshift3", |choices| {
        choices.etcd = EtcdSource::Secret;
        choices.runners = Some(2);
    });
    let values = one(&ctlmon::plan::spell(&secret.unwrap(), Dialect::Helm).unwrap());
    assert!(values["clusterChecksRunner"]["volumes"].to_string().contains("datadog-etcd-client"), "{values}");
}
