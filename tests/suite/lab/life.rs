//! Starting, ending, and being there twice.

use super::client::{CP, Call, Pair, agent_token, crypto, spec, way};
use ctlmon::lab::Lab;
use rustls::{
    RootCertStore,
    client::WebPkiServerVerifier,
    client::danger::ServerCertVerifier as _,
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject as _},
    version::TLS13,
};
use std::{
    collections::BTreeSet,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::net::TcpStream;

#[tokio::test]
async fn starting_takes_no_time_worth_mentioning() {
    // The first start of a process pays for the self-tests of the cryptography.
    let started = Instant::now();
    let first = Lab::start(spec()).await.unwrap();
    let first_took = started.elapsed();
    drop(first);
    // It takes a hundredth of this; machines that test are busy.
    assert!(first_took < Duration::from_secs(3), "{first_took:?}");
}

#[tokio::test]
async fn two_at_once_do_not_know_each_other() {
    let mut other = spec();
    other.seed = 2;
    let (one, two) = (Lab::start(spec()).await.unwrap(), Lab::start(other).await.unwrap());
    let ports = |lab: &Lab| lab.routes().into_values().map(|address| address.port()).collect::<BTreeSet<_>>();
    assert!(ports(&one).is_disjoint(&ports(&two)));
    let token = agent_token(&one).await;
    assert_eq!(Call::new("/metrics").token(&token).send(&one, CP, 6443).await.status, 200);
    assert_eq!(Call::new("/metrics").token(&token).send(&two, CP, 6443).await.status, 401);
    let admin = Pair::admin(&one);
    assert_eq!(Call::new("/version").certificate(&admin).send(&two, CP, 6443).await.status, 401);
}

#[tokio::test]
async fn what_is_dropped_is_gone_with_its_connections() {
    let lab = Lab::start(spec()).await.unwrap();
    let addresses: BTreeSet<_> = lab.routes().into_values().collect();
    let open = super::client::connect(way(&lab, CP, 6443), None, &TLS13).await.unwrap();
    drop(lab);
    // The runtime drops the servers when it next comes round.
    while addresses.iter().any(|address| std::net::TcpListener::bind(address).is_err()) {
        tokio::task::yield_now().await;
    }
    for address in addresses {
        assert!(TcpStream::connect(address).await.is_err(), "{address}");
    }
    drop(open);
}

#[tokio::test]
async fn equal_specs_make_equal_clusters() {
    let (one, two) = (Lab::start(spec()).await.unwrap(), Lab::start(spec()).await.unwrap());
    let admin = (Pair::admin(&one), Pair::admin(&two));
    for path in ["/api/v1/pods", "/api/v1/nodes", "/apis/apps/v1/daemonsets", "/api/v1/serviceaccounts"] {
        let first = Call::new(path).certificate(&admin.0).send(&one, CP, 6443).await.body;
        let second = Call::new(path).certificate(&admin.1).send(&two, CP, 6443).await.body;
        assert_eq!(first, second, "{path}");
    }
    let key = |lab: &Lab| lab.kubeconfig().unwrap()["users"][0]["user"]["client-key-data"].clone();
    assert_eq!(key(&one), key(&two));
}

#[tokio::test]
async fn kubeconfigs_lead_to_a_server_that_verifies() {
    let lab = Lab::start(spec()).await.unwrap();
    let config = lab.kubeconfig().unwrap();
    let cluster = &config["clusters"][0]["cluster"];
    let server = cluster["server"].as_str().unwrap().strip_prefix("https://").unwrap();
    assert_eq!(server, way(&lab, CP, 6443).to_string());
    assert_eq!(config["current-context"], "kubernetes-admin@practice");

    let mut roots = RootCertStore::empty();
    let authority = super::client::decoded(&cluster["certificate-authority-data"]);
    roots.add(CertificateDer::from_pem_slice(authority.as_bytes()).unwrap()).unwrap();
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), crypto()).build().unwrap();
    let (stream, _) = super::client::connect(server.parse().unwrap(), None, &TLS13).await.unwrap();
    let chain = stream.get_ref().1.peer_certificates().unwrap().to_vec();
    let now = UnixTime::since_unix_epoch(Duration::from_secs(lab.clock().as_second().try_into().unwrap()));
    for name in [cluster["tls-server-name"].as_str().unwrap(), CP] {
        let name = ServerName::try_from(name).unwrap();
        verifier.verify_server_cert(&chain[0], &chain[1..], &name, &[], now).unwrap();
    }
    assert_eq!(lab.addresses_here().into_iter().map(|address| address.to_string()).collect::<Vec<_>>(), [CP]);
}
