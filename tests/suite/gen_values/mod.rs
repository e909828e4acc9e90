//! `gen-values`: that every spelling says what the plan says, that it works by the vendor's own programs, and that the command
//! refuses what it cannot do.

mod annotations;
mod argo_cd;
mod commands;
mod deployed;
mod judges;
mod properties;
mod read;
mod real;
mod refusals;
mod schedule;
mod schema;
mod sources;
mod vendor;

use ctlmon::{
    distributions::{ALL, Distribution, Identity},
    plan::{
        Audience, ChecksBy, Choices, Dialect, EtcdSource, Extras, Keys, KubeletTls, LogLevel, Names, Plan,
        PlanError, Subject, Version, Versions, plan,
    },
};
use std::{collections::BTreeSet, path::PathBuf};

/// What a user gets who chooses nothing but the audience.
fn plain(audience: Audience) -> Choices {
    Choices {
        audience,
        etcd: EtcdSource::Auto,
        checks_by: ChecksBy::Files,
        exposed: BTreeSet::new(),
        kubelet_tls: None,
        namespace: "datadog".to_owned(),
        release: match audience {
            Audience::ControlPlane => "control-plane-ddagent",
            Audience::Workers => "worker-node-ddagent",
            Audience::All => "datadog",
        }
        .to_owned(),
        cluster_agent_release: "control-plane-ddagent".to_owned(),
        cluster_name: None,
        site: None,
        keys: Keys {
            api: "datadog-secret".to_owned(),
            app: "datadog-secret".to_owned(),
            token: "datadog-secret".to_owned(),
            etcd: "datadog-etcd-client".to_owned(),
        },
        tags: Vec::new(),
        log_level: None,
        registry: None,
        pull_secret: None,
        extras: Extras {
            logs: false,
            apm: false,
            processes: false,
            external_metrics: false,
            events: true,
            kube_state_metrics: true,
            leader_election: true,
        },
        sidecars: false,
        sidecar_accounts: Vec::new(),
        runners: None,
        windows: false,
        versions: Versions { chart: Version::CHART, operator: Version::OPERATOR, kubernetes: None },
    }
}

/// A user who turns on all that there is.
fn lavish(audience: Audience) -> Choices {
    let is_owner = audience != Audience::Workers;
    Choices {
        cluster_name: Some("prod-1.example".to_owned()),
        site: Some("datadoghq.eu".to_owned()),
        tags: vec!["env:prd".to_owned(), "yes".to_owned(), "a:{{ .Values }}".to_owned()],
        log_level: Some(LogLevel::Debug),
        registry: Some("registry.example:5000/dd".to_owned()),
        pull_secret: Some("pull".to_owned()),
        kubelet_tls: Some(KubeletTls::Authority("/etc/kubernetes/pki/ca.crt".to_owned())),
        extras: Extras {
            logs: true,
            apm: true,
            processes: true,
            external_metrics: is_owner,
            ..plain(audience).extras
        },
        runners: is_owner.then_some(3),
        ..plain(audience)
    }
}

const AUDIENCES: [Audience; 3] = [Audience::ControlPlane, Audience::Workers, Audience::All];

/// The choices that are tried with every distribution.
fn variety() -> Vec<Choices> {
    let mut all = Vec::new();
    for audience in AUDIENCES {
        all.push(plain(audience));
        all.push(lavish(audience));
        for etcd in
            [EtcdSource::NodeCertificate, EtcdSource::Secret, EtcdSource::Off, EtcdSource::MetricsCertificate]
        {
            all.push(Choices { etcd, ..plain(audience) });
        }
        let exposed = ctlmon::model::component::Component::ALL.into_iter().collect();
        all.push(Choices { exposed, ..plain(audience) });
        all.push(Choices { checks_by: ChecksBy::Annotations, ..plain(audience) });
        all.push(Choices { checks_by: ChecksBy::Annotations, etcd: EtcdSource::Secret, ..lavish(audience) });
        let versions = Versions {
            chart: Version(3, 100, 0),
            operator: Version(1, 17, 0),
            kubernetes: Some(Version(1, 21, 0)),
        };
        all.push(Choices { versions, ..plain(audience) });
        let extras = Extras { events: false, kube_state_metrics: false, ..plain(audience).extras };
        all.push(Choices { extras, ..plain(audience) });
    }
    all
}

fn planned(distribution: &'static Distribution, choices: &Choices) -> Result<Plan, PlanError> {
    let identity: Identity = distribution.identity();
    plan(&Subject { distribution, identity: &identity, rivals: &[], nodes: &[], pki: None }, choices)
}

/// Every plan that there is of the variety: at least one for each distribution that is not refused as a whole.
fn plans() -> Vec<Plan> {
    let mut all = Vec::new();
    for distribution in ALL {
        for mut choices in variety() {
            // What has no setting cannot be exposed, which is refused.
            choices.exposed.retain(|component| {
                let exposure = (distribution.exposure)(*component, &distribution.identity());
                exposure.listeners().iter().any(|listener| listener.setting.is_some())
            });
            match planned(distribution, &choices) {
                Ok(plan) => all.push(plan),
                Err(PlanError::Contradiction { .. } | PlanError::Refused { .. }) => {}
                Err(error) => panic!("{}: {error}", distribution.id),
            }
        }
    }
    assert!(all.len() > ALL.len(), "{} plans", all.len());
    all
}

const DIALECTS: [Dialect; 3] = [Dialect::Helm, Dialect::DatadogAgent, Dialect::ArgoCd];

fn names() -> Names {
    Names { main: "main.yaml".to_owned(), store: "datadog".to_owned() }
}

/// The folder with the vendor's programs and schemas, where it is there.
fn shared(test: &str) -> Option<PathBuf> {
    let beside = || std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let folder = std::env::var_os("CTLMON_SHARED").map_or_else(beside, PathBuf::from);
    if folder.join("data/datadog").is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: {test}: no shared data");
    None
}

/// A label for messages.
fn of(plan: &Plan) -> String {
    let choices = &plan.choices;
    format!(
        "{} for {}, etcd {:?}, checks by {:?}, {:?}",
        plan.identity.id, choices.audience, choices.etcd, choices.checks_by, choices.versions
    )
}
