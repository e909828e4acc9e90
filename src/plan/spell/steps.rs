//! What an administrator does with a setup, in order: each with its commands, the rights that it takes, and what takes it
//! away again. Commands are printed, never run.

use super::{Dialect, Names, install};
use crate::{
    model::component::Component,
    plan::{EtcdSource, MountSource, NeededSetting, Plan, parts::Step},
};

/// The folder into which a certificate is issued.
const ISSUED: &str = "etcd-client";

/// The Secret that an injected sidecar reads; its name is fixed in the Cluster Agent.
const SIDECAR_SECRET: &str = "datadog-secret";

/// The namespaces of pods with agents beside them, but for the agents' own.
fn beside(plan: &Plan) -> Vec<&str> {
    let accounts = plan.sidecars.iter().flat_map(|sidecars| &sidecars.accounts);
    let mut all: Vec<&str> = accounts.map(|account| account.namespace.as_str()).collect();
    all.sort_unstable();
    all.dedup();
    all.retain(|namespace| *namespace != plan.choices.namespace || plan.choices.keys.api != SIDECAR_SECRET);
    all
}

pub(super) fn steps(plan: &Plan, dialect: Dialect, names: &Names) -> Vec<Step> {
    let mut steps = Vec::new();
    steps.extend(plan.settings.iter().map(setting));
    steps.push(namespace(plan));
    steps.extend(keys(plan, dialect));
    steps.extend(etcd(plan));
    steps.extend(copy(plan));
    steps.extend(services(plan));
    steps.extend(annotations(plan));
    steps.extend(pauses(plan));
    steps.extend(sidecars(plan));
    steps.push(install::agents(plan, dialect, names));
    steps
}

/// What kubeadm calls the object that it makes clusters from; it changes no cluster that is there.
pub(super) const CLUSTER_CONFIGURATION: &str = "ClusterConfiguration";

fn is_of_kubeadm(setting: &NeededSetting) -> bool {
    setting.place.contains(CLUSTER_CONFIGURATION)
}

/// The setting as the manifest of a static pod has it.
fn flag(setting: &NeededSetting) -> String {
    setting.text.replacen(": ", "=", 1)
}

/// How a setting is taken away again.
///
/// kubeadm itself writes the loopback address into the manifests: that of the programs is another, and without its listener
/// etcd answers no probe of the kubelet's.
pub(super) fn undone(setting: &NeededSetting) -> String {
    if !is_of_kubeadm(setting) {
        return format!("Take `{}` out again: {}.", setting.text, setting.place);
    }
    let flag = flag(setting).replace("0.0.0.0", "127.0.0.1");
    let without = match setting.component {
        Component::Etcd => "nothing answers the kubelet, which starts etcd anew over and over",
        _ => "the program listens on every address",
    };
    format!(
        "On each control-plane node in turn, write `--{flag}` into /etc/kubernetes/manifests/{}.yaml again, as kubeadm does: \
         without the flag {without}. From the {CLUSTER_CONFIGURATION} for new clusters, take `{}` out.",
        setting.component.profile().program,
        setting.text
    )
}

fn setting(setting: &NeededSetting) -> Step {
    let mut words = vec![format!("Set {}: {}.", setting.text, setting.place)];
    if is_of_kubeadm(setting) {
        let program = setting.component.profile().program;
        let flag = flag(setting);
        words = vec![
            "For a new cluster: nodes/kubeadm-cluster-configuration.yaml. It changes no running cluster."
                .to_owned(),
            format!(
                "For a running one, on each control-plane node in turn: write --{flag} into \
                 /etc/kubernetes/manifests/{program}.yaml in place of what is there. The kubelet starts the program anew, which \
                 can take two minutes; go on when kubectl -n kube-system get pods shows it Ready."
            ),
        ];
    }
    words.push(match setting.component {
        Component::Etcd => {
            "The port then gives etcd's metrics to whoever has a route to the node, without asking who it is: let a firewall keep \
             others off."
                .to_owned()
        }
        _ => {
            "The port then is open to whoever has a route to the node; metrics still take a token with the right to read them."
                .to_owned()
        }
    });
    Step {
        title: format!("Let {} listen where agents reach it", setting.component),
        words,
        commands: Vec::new(),
        rights: "root on every control-plane node",
        undo: Vec::new(),
    }
}

fn namespace(plan: &Plan) -> Step {
    let namespace = &plan.choices.namespace;
    Step {
        title: format!("The namespace {namespace}"),
        words: vec!["Its label lets agents share their nodes' network and files.".to_owned()],
        commands: vec![
            "kubectl apply --server-side --field-manager=ctlmon -f manifests/00-namespace.yaml".to_owned(),
        ],
        rights: "create and patch namespaces",
        undo: if plan.cluster_agent.joins.is_some() {
            vec!["# The agents of the other release live in it: it goes with them.".to_owned()]
        } else {
            vec![
                "# Whatever else lives in the namespace goes with it: leave this out where others use it."
                    .to_owned(),
                format!(
                    "# Where it stays, the label goes: kubectl label namespace {namespace} pod-security.kubernetes.io/enforce-"
                ),
                format!("kubectl delete namespace {namespace} --ignore-not-found"),
            ]
        },
    }
}

fn keys(plan: &Plan, dialect: Dialect) -> Option<Step> {
    let (namespace, keys) = (&plan.choices.namespace, &plan.choices.keys);
    if plan.cluster_agent.joins.is_some() {
        return None;
    }
    if dialect == Dialect::ArgoCd {
        return Some(Step {
            title: "The keys, from a secret store".to_owned(),
            words: vec![
                "The External Secrets operator writes the Secrets that the values name. The SecretStore must be there, and in \
                 its store datadog/apikey, datadog/appkey and datadog/cluster-agent-token."
                    .to_owned(),
            ],
            commands: vec![
                "kubectl apply --server-side --field-manager=ctlmon -f manifests/10-external-secret.yaml".to_owned(),
            ],
            rights: "create externalsecrets.external-secrets.io in the namespace",
            undo: vec![
                "kubectl delete -f manifests/10-external-secret.yaml --ignore-not-found".to_owned(),
            ],
        });
    }
    let mut secrets: Vec<(&String, Vec<&str>)> = Vec::new();
    let app = plan.choices.extras.external_metrics.then_some((&keys.app, "app-key"));
    for (secret, key) in
        [Some((&keys.api, "api-key")), app, Some((&keys.token, "token"))].into_iter().flatten()
    {
        match secrets.iter_mut().find(|(name, _)| *name == secret) {
            Some((_, of)) => of.push(key),
            None => secrets.push((secret, vec![key])),
        }
    }
    let mut commands = vec!["umask 077; keys=$(mktemp -d)".to_owned()];
    let asked = |key: &str, what: &str| {
        format!(
            "printf '{what}: '; stty -echo; IFS= read -r key; stty echo; echo; printf %s \"$key\" > \"$keys/{key}\""
        )
    };
    commands.push(asked("api-key", "API key"));
    if app.is_some() {
        commands.push(asked("app-key", "application key"));
    }
    commands.push("od -An -N32 -tx1 /dev/urandom | tr -d ' \\n' > \"$keys/token\"".to_owned());
    for (secret, of) in &secrets {
        let files: Vec<String> = of.iter().map(|key| format!("--from-file={key}=\"$keys/{key}\"")).collect();
        commands.push(format!("kubectl create secret generic {secret} -n {namespace} {}", files.join(" ")));
    }
    let beside = beside(plan);
    for of in &beside {
        commands.push(format!(
            "kubectl create secret generic {SIDECAR_SECRET} -n {of} --from-file=api-key=\"$keys/api-key\" --from-file=token=\"$keys/token\""
        ));
    }
    commands.push("rm -r \"$keys\"; unset key keys".to_owned());
    Some(Step {
        title: "The keys".to_owned(),
        words: vec![
            "The keys are typed, not given as arguments: they stand in no history and no list of processes."
                .to_owned(),
            "The token is what agents show the Cluster Agent: 64 characters of the system's randomness."
                .to_owned(),
        ],
        commands,
        rights: if beside.is_empty() {
            "create secrets in the namespace"
        } else {
            "create secrets in the namespace and in those of the pods"
        },
        undo: secrets
            .iter()
            .map(|(secret, _)| format!("kubectl delete secret {secret} -n {namespace} --ignore-not-found"))
            .chain(
                beside
                    .iter()
                    .map(|of| format!("kubectl delete secret {SIDECAR_SECRET} -n {of} --ignore-not-found")),
            )
            .collect(),
    })
}

fn etcd(plan: &Plan) -> Option<Step> {
    let namespace = &plan.choices.namespace;
    let own = plan.choices.keys.etcd.as_str();
    plan.agents.mounts.iter().find_map(|mount| match &mount.source {
        MountSource::Secret(name) if name == own && plan.choices.etcd != EtcdSource::Off => Some(Step {
            title: "A client certificate for etcd".to_owned(),
            words: vec![
                format!(
                    "It opens everything that the cluster stores. On a control-plane node, ctlmon certs issue --name tls --out \
                     {ISSUED} makes one that is short-lived and good for nothing but being a client: bring the folder {ISSUED} \
                     here. The copy on the node is to be removed as well."
                ),
            ],
            commands: vec![
                format!(
                    "kubectl create secret generic {own} -n {namespace} --from-file={ISSUED}/ca.crt --from-file={ISSUED}/tls.crt \
                     --from-file={ISSUED}/tls.key"
                ),
                format!("rm -r {ISSUED}"),
            ],
            rights: "read etcd's CA on a control-plane node; create secrets in the namespace",
            undo: vec![format!("kubectl delete secret {own} -n {namespace} --ignore-not-found")],
        }),
        _ => None,
    })
}

/// A copy of a Secret of the platform, made anew from what matters: an exported one carries the identity of the original.
fn copy(plan: &Plan) -> Option<Step> {
    let secret = plan.copy?;
    let (name, from, to) = (secret.name, secret.namespace, &plan.choices.namespace);
    let entry = |key| format!("\"{key}\":\"{{{{index .data \"{key}\"}}}}\"");
    let template = format!(
        "{{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"type\":\"{{{{.type}}}}\",\"metadata\":{{\"name\":\"{name}\",\"namespace\":\"{to}\"}},\
         \"data\":{{{},{}}}}}",
        entry(secret.certificate),
        entry(secret.key)
    );
    Some(Step {
        title: "The certificate for etcd's metrics".to_owned(),
        words: vec![
            format!("Agents wait for the Secret {name} in their own namespace and do not start without it."),
            "The platform renews the certificate: run this again then.".to_owned(),
        ],
        commands: vec![format!(
            "kubectl get secret {name} -n {from} -o go-template='{template}' | kubectl apply --server-side --field-manager=ctlmon -f -"
        )],
        rights: "read that Secret in the namespace of the platform; create secrets in the agents' namespace",
        undo: vec![format!("kubectl delete secret {name} -n {to} --ignore-not-found")],
    })
}

fn services(plan: &Plan) -> Option<Step> {
    let copies: Vec<&str> = plan.services.iter().filter_map(|service| service.copies).collect();
    let words = if copies.is_empty() {
        "They stand in front of the monitoring's pods of the platform, which must be installed and run on the nodes of the \
         control plane."
            .to_owned()
    } else {
        format!(
            "They stand in front of the pods behind {}, whose owner takes annotations off again.",
            copies.join(" and ")
        )
    };
    (!plan.services.is_empty()).then(|| Step {
        title: "Services by which the components are found".to_owned(),
        words: vec![words],
        commands: vec![
            "kubectl apply --server-side --field-manager=ctlmon -f manifests/20-services.yaml".to_owned(),
        ],
        rights: "create and patch services in the namespace of these pods",
        undo: vec!["kubectl delete -f manifests/20-services.yaml --ignore-not-found".to_owned()],
    })
}

fn annotations(plan: &Plan) -> Option<Step> {
    let mut services: Vec<(&str, &str)> =
        plan.annotated.iter().map(|it| (it.service.namespace, it.service.name)).collect();
    services.dedup();
    services.retain(|of| !plan.services.iter().any(|made| (made.namespace, made.name) == *of));
    let undo = |(namespace, name): &(&str, &str)| {
        format!(
            "kubectl annotate service {name} -n {namespace} ad.datadoghq.com/endpoints.checks- ad.datadoghq.com/endpoints.resolve-"
        )
    };
    (!services.is_empty()).then(|| Step {
        title: "Annotations of Services that are there".to_owned(),
        words: vec![
            "Everything else about these Services stays as it is. Where somebody else wrote the same annotation, kubectl says \
             so and changes nothing."
                .to_owned(),
            "An annotation of the older form, endpoints.check_names with its two lists, tells of its checks besides: take it \
             off, or they run twice."
                .to_owned(),
        ],
        commands: vec![
            "kubectl apply --server-side --field-manager=ctlmon -f manifests/21-annotations.yaml".to_owned(),
        ],
        rights: "patch services in their namespaces",
        undo: services.iter().map(undo).collect(),
    })
}

fn pauses(plan: &Plan) -> Option<Step> {
    (!plan.pauses.is_empty()).then(|| Step {
        title: "Pods that stand for components outside of any pod".to_owned(),
        words: vec![
            "They do nothing but bear the annotation by which the agents of their nodes know what to ask. The image is \
             registry.k8s.io/pause:3.10: where nodes pull from a registry of yours alone, name its copy in the manifest."
                .to_owned(),
        ],
        commands: vec![
            "kubectl apply --server-side --field-manager=ctlmon -f manifests/22-pauses.yaml".to_owned(),
        ],
        rights: "create daemonsets in the agents' namespace",
        undo: vec!["kubectl delete -f manifests/22-pauses.yaml --ignore-not-found".to_owned()],
    })
}

fn sidecars(plan: &Plan) -> Option<Step> {
    let sidecars = plan.sidecars.as_ref()?;
    let namespace = &plan.choices.namespace;
    let mut words = vec![
        "An agent beside a pod speaks in the name of the pod's service account, which needs these rights.".to_owned(),
        "Pods are given one when they are made, where they are labelled agent.datadoghq.com/sidecar: fargate; it reads the \
         Secret datadog-secret, with the keys api-key and token, in the pod's own namespace."
            .to_owned(),
        "The security groups of the pods must let them reach TCP 5005 of the Cluster Agent, and let the API server reach TCP \
         8000 of it."
            .to_owned(),
    ];
    if sidecars.alone {
        words.push(format!(
            "A Fargate profile must select the namespace {namespace}, or the Cluster Agent and the runners wait for ever."
        ));
    }
    if sidecars.accounts.is_empty() {
        words.push(
            "Nobody has the rights yet: name the accounts of the pods with --sidecar-account.".to_owned(),
        );
    }
    Some(Step {
        title: "What agents beside pods need".to_owned(),
        words,
        commands: vec![
            "kubectl apply --server-side --field-manager=ctlmon -f manifests/30-sidecar-rights.yaml"
                .to_owned(),
        ],
        rights: "create cluster roles and bindings that grant nodes/proxy",
        undo: vec!["kubectl delete -f manifests/30-sidecar-rights.yaml --ignore-not-found".to_owned()],
    })
}
