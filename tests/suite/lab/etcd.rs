//! etcd: who gets in, and with which alert the others are sent away.

use super::client::{CP, Call, LOCAL, Pair, client_certificate, connect, spec, way, with_certificate};
use ctlmon::lab::{
    Lab, LabSpec,
    faults::Fault,
    spec::{Alerts, AuthoritySpec, CertificateSpec, Issuer, KeyType, Purpose, Validity},
};
use jiff::SignedDuration;
use rustls::{
    AlertDescription::{
        self, BadCertificate, CertificateExpired, CertificateRequired, HandshakeFailure, UnknownCA,
    },
    version::{TLS12, TLS13},
};

/// One row of the table of what etcd 3.6.13 answered: TLS 1.3, then 1.2.
async fn check(
    certificate: Option<CertificateSpec>,
    tls13: Result<u16, AlertDescription>,
    tls12: Result<u16, AlertDescription>,
) {
    check_in(spec(), certificate, tls13, tls12).await;
}

async fn check_in(
    mut spec: LabSpec,
    certificate: Option<CertificateSpec>,
    tls13: Result<u16, AlertDescription>,
    tls12: Result<u16, AlertDescription>,
) {
    let authority = |common_name: &str, key| AuthoritySpec {
        common_name: common_name.to_owned(),
        dns: Vec::new(),
        validity: Validity { from: SignedDuration::from_hours(-24), until: SignedDuration::from_hours(24) },
        key,
    };
    for (name, common_name, key) in [
        ("other", "some-ca", KeyType::P256),
        ("same-name", "etcd-ca", KeyType::P256),
        ("same-name-other-key-type", "etcd-ca", KeyType::P384),
    ] {
        spec.pki.authorities.insert(name.to_owned(), authority(common_name, key));
    }
    let what = format!("{certificate:?}");
    let has_one = certificate.is_some();
    if let Some(certificate) = certificate {
        spec = with_certificate(spec, "tried", certificate);
    }
    let lab = Lab::start(spec).await.unwrap();
    let mut call = Call::new("/health");
    if has_one {
        call = call.certificate(&Pair::of_secret(&lab, "default", "tried").await);
    }
    // A refusal must arrive each time, not by luck.
    for _ in 0..5 {
        let answer = call.attempt(&lab, CP, 2379).await.map(|answer| answer.status);
        assert_eq!(answer, tls13, "TLS 1.3: {what}");
        let answer = call.clone().over_tls12().attempt(&lab, LOCAL, 2379).await.map(|answer| answer.status);
        assert_eq!(answer, tls12, "TLS 1.2: {what}");
    }
}

fn etcd_ca() -> Issuer {
    Issuer::Authority("etcd-ca".to_owned())
}

async fn refused(certificate: CertificateSpec, alert: AlertDescription) {
    check(Some(certificate), Err(alert), Err(alert)).await;
}

fn valid(from_hours: i64, until_hours: i64) -> Validity {
    Validity { from: SignedDuration::from_hours(from_hours), until: SignedDuration::from_hours(until_hours) }
}

#[tokio::test]
async fn nobody_gets_in_without_a_certificate() {
    check(None, Err(CertificateRequired), Err(HandshakeFailure)).await;
}

#[tokio::test]
async fn certificates_of_its_authority_get_in_whoever_they_name() {
    let certificate = client_certificate(etcd_ca());
    check(Some(certificate.clone()), Ok(200), Ok(200)).await;
    check(Some(CertificateSpec { purposes: Vec::new(), ..certificate.clone() }), Ok(200), Ok(200)).await;
    let both = vec![Purpose::Server, Purpose::Client];
    check(Some(CertificateSpec { purposes: both, ..certificate }), Ok(200), Ok(200)).await;
}

#[tokio::test]
async fn dates_come_first() {
    let expired = CertificateSpec { validity: valid(-48, -1), ..client_certificate(etcd_ca()) };
    refused(expired.clone(), CertificateExpired).await;
    refused(CertificateSpec { validity: valid(1, 48), ..expired.clone() }, CertificateExpired).await;
    let of_others = Issuer::Authority("other".to_owned());
    refused(CertificateSpec { issuer: of_others, ..expired }, CertificateExpired).await;
}

#[tokio::test]
async fn other_authorities_are_unknown_whatever_they_are_called() {
    for issuer in ["other", "same-name", "same-name-other-key-type", "ca"] {
        refused(client_certificate(Issuer::Authority(issuer.to_owned())), UnknownCA).await;
    }
    refused(client_certificate(Issuer::Itself), UnknownCA).await;
    // The issuer counts before the purpose.
    let for_servers = CertificateSpec {
        purposes: vec![Purpose::Server],
        ..client_certificate(Issuer::Authority("same-name".to_owned()))
    };
    refused(for_servers, UnknownCA).await;
}

#[tokio::test]
async fn certificates_for_servers_only_are_bad() {
    let certificate = CertificateSpec { purposes: vec![Purpose::Server], ..client_certificate(etcd_ca()) };
    refused(certificate, BadCertificate).await;
}

/// As etcd 3.4.23 of Debian, built with Go 1.19.8, answered.
#[tokio::test]
async fn an_old_go_says_the_same_to_everybody() {
    let old = LabSpec { etcd_alerts: Alerts::BadCertificate, ..spec() };
    let good = client_certificate(etcd_ca());
    check_in(old.clone(), Some(good.clone()), Ok(200), Ok(200)).await;
    for refused in [
        None,
        Some(CertificateSpec { validity: valid(-48, -1), ..good.clone() }),
        Some(CertificateSpec { validity: valid(1, 48), ..good.clone() }),
        Some(CertificateSpec { purposes: vec![Purpose::Server], ..good }),
        Some(client_certificate(Issuer::Authority("other".to_owned()))),
        Some(client_certificate(Issuer::Authority("same-name".to_owned()))),
    ] {
        check_in(old.clone(), refused, Err(BadCertificate), Err(BadCertificate)).await;
    }
}

#[tokio::test]
async fn it_names_its_authority_when_it_asks() {
    let lab = Lab::start(spec()).await.unwrap();
    for version in [&TLS13, &TLS12] {
        let pair = Pair::of_secret(&lab, "datadog", "etcd-client").await;
        let (_, named) = connect(way(&lab, CP, 2379), Some(pair), version).await.unwrap();
        // The name CN=etcd-ca, as a sequence of DER.
        assert_eq!(named.unwrap(), [b"\x30\x12\x31\x10\x30\x0e\x06\x03\x55\x04\x03\x13\x07etcd-ca".to_vec()]);
    }
}

#[tokio::test]
async fn the_agents_certificate_is_good_until_a_fault_spoils_it() {
    for (fault, expected) in [
        (None, Ok(200)),
        (Some("etcd-client-cert-expired"), Err(CertificateExpired)),
        (Some("etcd-client-cert-foreign-ca"), Err(UnknownCA)),
        (Some("etcd-client-cert-not-yet-valid"), Err(CertificateExpired)),
        (Some("etcd-client-cert-without-client-auth"), Err(BadCertificate)),
    ] {
        let mut spec = spec();
        if let Some(fault) = fault {
            (Fault::named(fault).unwrap().change)(&mut spec);
        }
        let lab = Lab::start(spec).await.unwrap();
        let pair = Pair::of_secret(&lab, "datadog", "etcd-client").await;
        let answer = Call::new("/metrics").certificate(&pair).attempt(&lab, CP, 2379).await;
        assert_eq!(answer.map(|answer| answer.status), expected, "{fault:?}");
    }
}

#[tokio::test]
async fn its_answers_are_those_of_version_3_6() {
    let lab = Lab::start(spec()).await.unwrap();
    let pair = Pair::of_secret(&lab, "datadog", "etcd-client").await;
    let get = async |path: &str| Call::new(path).certificate(&pair).send(&lab, CP, 2379).await;
    assert_eq!(get("/health").await.body, r#"{"health":"true","reason":""}"#);
    assert_eq!(
        get("/version").await.body,
        r#"{"etcdserver":"3.6.13","etcdcluster":"3.6.0","storage":"3.6.0"}"#
    );
    assert!(get("/metrics").await.body.contains("\netcd_server_has_leader 1\n"));
    assert_eq!(get("/nosuch").await.body, "404 page not found\n");
}

#[tokio::test]
async fn plain_http_is_answered_where_it_is_expected_only() {
    let lab = Lab::start(spec()).await.unwrap();
    let date = "Date: Mon, 01 Jun 2026 09:00:00 GMT";
    // Header by header as a real etcd answered, apart from their order.
    for (path, lines) in [
        (
            "/health",
            vec![
                "HTTP/1.1 200 OK",
                date,
                "Content-Length: 29",
                "Content-Type: text/plain; charset=utf-8",
                "Connection: close",
                "",
                r#"{"health":"true","reason":""}"#,
            ],
        ),
        (
            "/readyz",
            vec![
                "HTTP/1.1 200 OK",
                "Content-Type: text/plain; charset=utf-8",
                "X-Content-Type-Options: nosniff",
                date,
                "Content-Length: 3",
                "Connection: close",
                "",
                "ok",
                "",
            ],
        ),
        (
            "/version",
            vec![
                "HTTP/1.1 404 Not Found",
                "Content-Type: text/plain; charset=utf-8",
                "X-Content-Type-Options: nosniff",
                date,
                "Content-Length: 19",
                "Connection: close",
                "",
                "404 page not found",
                "",
            ],
        ),
    ] {
        let answer = Call::new(path).plain(way(&lab, LOCAL, 2381)).await;
        let mut came: Vec<&str> = answer.split("\r\n").flat_map(|line| line.split('\n')).collect();
        let mut wanted = lines;
        let body = wanted.iter().rev().take_while(|line| !line.is_empty()).count();
        assert_eq!(came[came.len() - body..], wanted[wanted.len() - body..], "{path}");
        came.sort_unstable();
        wanted.sort_unstable();
        assert_eq!(came, wanted, "{path}");
    }
    // To the client port: closed without a word.
    assert_eq!(Call::new("/metrics").plain(way(&lab, CP, 2379)).await, "");
}
