//! The credentials of the table, made for a real cluster and for a practice cluster: the same names, the same rights.

use super::pair;
use crate::{
    api::RUNTIME,
    client::{self, Call, Pair, client_certificate, token_of, with_certificate},
    control_plane::ControlPlane,
    pki::{AccountKey, Authority, KeyKind, Shape},
    programs::Program,
    tokens::Claims,
};
use ctlmon::{
    lab::{
        Lab, LabSpec,
        spec::{AuthoritySpec, CertificateSpec, Issuer, KeyType, Purpose, TokenSpec, Validity},
    },
    model::{
        question::AccountRef,
        rights::{Binding, BindingSubject, RoleKind, RoleRef, SubjectKind},
    },
};
use jiff::SignedDuration;
use rcgen::ExtendedKeyUsagePurpose::ServerAuth;
use serde_json::json;
use std::net::SocketAddr;

/// The account without rights.
pub(super) const NORBAC: &str = "system:serviceaccount:datadog:norbac";

/// The practice cluster's token that is over.
const OLD_ONE: &str = "an-old-one";

/// What a request shows.
#[derive(Clone)]
pub(super) enum Credential {
    Nothing,
    Header(String),
    Certificate(Pair),
}

impl Credential {
    pub(super) fn shown_in(&self, call: Call) -> Call {
        match self {
            Self::Nothing => call,
            Self::Header(text) => call.header("Authorization", text),
            Self::Certificate(pair) => call.certificate(pair),
        }
    }

    fn token(text: &str) -> Self {
        Self::Header(format!("Bearer {text}"))
    }
}

/// Those that are the same for any cluster: made by strangers, or nothing at all.
fn of_anybody() -> Vec<(&'static str, Credential)> {
    let stranger = AccountKey::new();
    let claims = Claims::of("datadog", "agent", "00000000-0000-0000-0000-000000000000");
    vec![
        ("nobody", Credential::Nothing),
        ("empty bearer", Credential::Header("Bearer ".to_owned())),
        ("basic", Credential::Header("Basic YWRtaW46YWRtaW4=".to_owned())),
        ("garbage", Credential::token("abc")),
        ("bootstrap-like", Credential::token("abcdef.0123456789abcdef")),
        ("other key", Credential::token(&claims.signed(&stranger))),
        ("other scheme", Credential::Header("Negotiate abc".to_owned())),
    ]
}

/// A real cluster's; the accounts are made where they are not there yet.
pub(super) fn of_real(plane: &ControlPlane) -> Vec<(&'static str, Credential)> {
    let api = &plane.api;
    api.namespace("datadog");
    for name in ["agent", "norbac"] {
        let account = json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name}});
        api.ensure("/api/v1/namespaces/datadog/serviceaccounts", &account);
    }
    let rbac = "/apis/rbac.authorization.k8s.io/v1";
    api.ensure(
        &format!("{rbac}/clusterroles"),
        &json!({
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
            "metadata": {"name": "answers-metrics"},
            "rules": [{"nonResourceURLs": ["/metrics", "/metrics/slis"], "verbs": ["get"]}],
        }),
    );
    api.ensure(
        &format!("{rbac}/clusterrolebindings"),
        &json!({
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
            "metadata": {"name": "answers-metrics"},
            "roleRef": {
                "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "answers-metrics",
            },
            "subjects": [{"kind": "ServiceAccount", "namespace": "datadog", "name": "agent"}],
        }),
    );
    let uid = api.get("/api/v1/namespaces/datadog/serviceaccounts/agent").unwrap()["metadata"]["uid"]
        .as_str()
        .unwrap()
        .to_owned();
    let claims = Claims::of("datadog", "agent", &uid);
    let key = &plane.pki.accounts;
    let mut credentials = of_anybody();
    credentials.extend(
        [
            ("norbac", api.token("datadog", "norbac", None)),
            ("agent", api.token("datadog", "agent", None)),
            ("other audience", api.token("datadog", "agent", Some("foo"))),
            ("expired", Claims { until: -3600, ..claims.clone() }.signed(key)),
            ("other issuer", Claims { issuer: "https://elsewhere".to_owned(), ..claims.clone() }.signed(key)),
            (
                "stale uid",
                Claims { uid: "00000000-0000-0000-0000-000000000000".to_owned(), ..claims }.signed(key),
            ),
        ]
        .map(|(name, token)| (name, Credential::token(&token))),
    );
    let nobody = Shape::client("lab-nobody");
    let kubernetes = &plane.pki.kubernetes;
    let certificates = [
        ("cert masters", kubernetes.issue(&nobody.clone().in_group("system:masters"))),
        ("cert monitoring", kubernetes.issue(&nobody.clone().in_group("system:monitoring"))),
        ("cert nobody", kubernetes.issue(&nobody)),
        ("cert expired", kubernetes.issue(&nobody.clone().expired())),
        ("cert not yet valid", kubernetes.issue(&nobody.clone().not_yet_valid())),
        ("cert for servers", kubernetes.issue(&nobody.clone().purposes(&[ServerAuth]))),
        ("cert foreign", Authority::new("rogue-ca", KeyKind::Ecdsa).issue(&nobody)),
        ("cert same name", Authority::new("kubernetes", KeyKind::Ecdsa).issue(&nobody)),
        ("cert of etcd", plane.pki.etcd.issue(&nobody)),
        ("cert of the front proxy", plane.pki.front_proxy.issue(&nobody)),
    ];
    credentials.extend(certificates.map(|(name, leaf)| (name, Credential::Certificate(pair(&leaf)))));
    credentials
}

/// A practice cluster's specification with the accounts, tokens and certificates.
pub(super) fn spec() -> LabSpec {
    let mut spec = client::spec();
    for name in ["agent", "norbac"] {
        spec.objects.push(json!({
            "apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"namespace": "datadog", "name": name},
        }));
    }
    spec.rights.bindings.push(Binding {
        namespace: None,
        name: "answers-metrics".to_owned(),
        role: RoleRef { kind: RoleKind::ClusterRole, name: "datadog-agent".to_owned() },
        subjects: vec![BindingSubject {
            kind: SubjectKind::ServiceAccount,
            name: "agent".to_owned(),
            namespace: Some("datadog".to_owned()),
        }],
    });
    spec.tokens.push(TokenSpec {
        text: OLD_ONE.to_owned(),
        account: AccountRef { namespace: "datadog".to_owned(), name: "agent".to_owned() },
        audiences: vec!["https://kubernetes.default.svc.cluster.local".to_owned()],
        until: SignedDuration::from_hours(-1),
    });
    let validity = |from, until| Validity {
        from: SignedDuration::from_hours(from),
        until: SignedDuration::from_hours(until),
    };
    for (name, common_name) in
        [("rogue", "rogue-ca"), ("same-name", "kubernetes"), ("etcd-same-name", "etcd-ca")]
    {
        let authority = AuthoritySpec {
            common_name: common_name.to_owned(),
            dns: vec![common_name.to_owned()],
            validity: validity(-24, 24),
            key: KeyType::P256,
        };
        spec.pki.authorities.insert(name.to_owned(), authority);
    }
    let of = |authority: &str| client_certificate(Issuer::Authority(authority.to_owned()));
    let nobody = of("ca");
    let etcd = of("etcd-ca");
    for (name, certificate) in [
        ("masters", nobody.clone().in_group("system:masters")),
        ("monitoring", nobody.clone().in_group("system:monitoring")),
        ("expired", CertificateSpec { validity: validity(-48, -24), ..nobody.clone() }),
        ("not-yet-valid", CertificateSpec { validity: validity(24, 48), ..nobody.clone() }),
        ("for-servers", CertificateSpec { purposes: vec![Purpose::Server], ..nobody.clone() }),
        ("nobody", nobody),
        ("foreign", of("rogue")),
        ("same-name", of("same-name")),
        ("etcd-expired", CertificateSpec { validity: validity(-48, -24), ..etcd.clone() }),
        ("etcd-not-yet-valid", CertificateSpec { validity: validity(24, 48), ..etcd.clone() }),
        ("etcd-for-servers", CertificateSpec { purposes: vec![Purpose::Server], ..etcd.clone() }),
        ("etcd-any-purpose", CertificateSpec { purposes: Vec::new(), ..etcd.clone() }),
        ("etcd", etcd),
        ("front-proxy", of("front-proxy-ca")),
        ("etcd-same-name", of("etcd-same-name")),
    ] {
        spec = with_certificate(spec, name, certificate);
    }
    spec
}

/// A practice cluster's, made from the specification above.
pub(super) fn of_practice(lab: &Lab) -> Vec<(&'static str, Credential)> {
    RUNTIME.block_on(async {
        let mut credentials = of_anybody();
        let token = |name: &'static str, spec| async move { token_of(lab, "datadog", name, &spec).await };
        credentials.extend(
            [
                ("norbac", token("norbac", json!({})).await),
                ("agent", token("agent", json!({})).await),
                ("other audience", token("agent", json!({"audiences": ["foo"]})).await),
                ("expired", OLD_ONE.to_owned()),
                // It has no signed tokens: what it did not give out it does not know.
                ("other issuer", "no-such-token".to_owned()),
                ("stale uid", "no-such-token".to_owned()),
            ]
            .map(|(name, token)| (name, Credential::token(&token))),
        );
        for (name, secret) in [
            ("cert masters", "masters"),
            ("cert monitoring", "monitoring"),
            ("cert nobody", "nobody"),
            ("cert expired", "expired"),
            ("cert not yet valid", "not-yet-valid"),
            ("cert for servers", "for-servers"),
            ("cert foreign", "foreign"),
            ("cert same name", "same-name"),
            ("cert of etcd", "etcd"),
            ("cert of the front proxy", "front-proxy"),
        ] {
            credentials.push((name, Credential::Certificate(Pair::of_secret(lab, "default", secret).await)));
        }
        credentials
    })
}

/// Where a server of a practice cluster listens.
pub(super) fn way(lab: &Lab, program: Program) -> SocketAddr {
    let (host, port) = match program {
        Program::Etcd => (client::CP, 2379),
        Program::ControllerManager => (client::LOCAL, 10257),
        Program::Scheduler => (client::LOCAL, 10259),
        _ => (client::CP, 6443),
    };
    client::way(lab, host, port)
}
