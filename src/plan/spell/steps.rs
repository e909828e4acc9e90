//! What an administrator does with a setup, in order: each with its commands, the rights that it takes, and what takes it
//! away again. Commands are printed, never run.

use super::{Dialect, Names};
use crate::plan::{EtcdSource, MountSource, Plan, parts::Step};

/// Where the charts are.
const REPOSITORY: &str = "https://helm.datadoghq.com";

pub(super) fn steps(plan: &Plan, dialect: Dialect, names: &Names) -> Vec<Step> {
    let mut steps = Vec::new();
    steps.extend(plan.settings.iter().map(|setting| Step {
        title: format!("Let {} listen where agents reach it", setting.component),
        words: vec![
                format!("Set {}: {}.", setting.text, setting.place),
                "The port then is open to whoever has a route to the node: let a firewall keep others off."
                    .to_owned(),
            ],
        commands: Vec::new(),
        rights: "root on every control-plane node",
        undo: Vec::new(),
    }));
    steps.push(namespace(plan));
    steps.extend(keys(plan, dialect));
    steps.extend(etcd(plan));
    steps.push(match dialect {
        Dialect::Helm => helm(plan, names),
        Dialect::DatadogAgent => operator(plan, names),
        Dialect::ArgoCd => argocd(plan, names),
    });
    steps
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
                format!("kubectl delete namespace {namespace} --ignore-not-found"),
            ]
        },
    }
}

fn keys(plan: &Plan, dialect: Dialect) -> Option<Step> {
    let (namespace, keys) = (&plan.choices.namespace, &plan.choices.keys);
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
    if plan.cluster_agent.joins.is_some() {
        return None;
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
        rights: "create secrets in the namespace",
        undo: secrets
            .iter()
            .map(|(secret, _)| format!("kubectl delete secret {secret} -n {namespace} --ignore-not-found"))
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
                "It opens everything that the cluster stores. On a control-plane node, ctlmon certs issue makes one that is \
                 short-lived and good for nothing but being a client; ca.crt, tls.crt and tls.key lie in the folder then."
                    .to_owned(),
            ],
            commands: vec![format!(
                "kubectl create secret generic {own} -n {namespace} --from-file=ca.crt --from-file=tls.crt --from-file=tls.key"
            )],
            rights: "read etcd's CA on a control-plane node; create secrets in the namespace",
            undo: vec![format!("kubectl delete secret {own} -n {namespace} --ignore-not-found")],
        }),
        _ => None,
    })
}

fn helm(plan: &Plan, names: &Names) -> Step {
    let choices = &plan.choices;
    let (release, namespace, chart) = (&choices.release, &choices.namespace, choices.versions.chart);
    Step {
        title: "The agents".to_owned(),
        words: joining(plan),
        commands: vec![format!(
            "helm upgrade --install {release} datadog --repo {REPOSITORY} --version {chart} -n {namespace} -f {}",
            names.main
        )],
        rights: "create workloads, roles, bindings and custom resource definitions",
        undo: vec![format!("helm uninstall {release} -n {namespace} --ignore-not-found")],
    }
}

fn operator(plan: &Plan, names: &Names) -> Step {
    let choices = &plan.choices;
    let (release, namespace) = (&choices.release, &choices.namespace);
    let mut commands = Vec::new();
    let mut undo = vec![format!("kubectl delete datadogagent {release} -n {namespace} --ignore-not-found")];
    if plan.cluster_agent.joins.is_none() {
        commands.push(format!("helm upgrade --install datadog-operator datadog-operator --repo {REPOSITORY} -n {namespace} --wait"));
        undo.push(format!("helm uninstall datadog-operator -n {namespace} --ignore-not-found"));
    }
    commands.push(format!("kubectl apply --server-side --field-manager=ctlmon -f {}", names.main));
    Step {
        title: "The operator and the agents".to_owned(),
        words: joining(plan),
        commands,
        rights: "create workloads, roles, bindings, custom resource definitions and datadogagents.datadoghq.com",
        undo,
    }
}

fn argocd(plan: &Plan, names: &Names) -> Step {
    let release = &plan.choices.release;
    Step {
        title: "The Application".to_owned(),
        words: joining(plan),
        commands: vec![format!("kubectl apply --server-side --field-manager=ctlmon -f {}", names.main)],
        rights: "create applications.argoproj.io in the namespace argocd",
        undo: vec![format!("kubectl delete application {release} -n argocd --ignore-not-found")],
    }
}

fn joining(plan: &Plan) -> Vec<String> {
    let joins = plan.cluster_agent.joins.iter();
    joins
        .map(|service| {
            format!(
                "The agents join the Cluster Agent behind the Service {service}: install the release that brings it first. Agents \
                 that start before the Service is there never find it."
            )
        })
        .collect()
}
