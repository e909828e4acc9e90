//! Somebody else stands where a component is expected, and records what he is sent: nothing that he could use.

use crate::support::{
    Ran, canary, ctlmon,
    impostor::Impostor,
    pki::{Authority, Leaf, server, write},
    run,
    server::runtime,
    within::{self, CALLER_TOKEN, bind, doctor},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ctlmon::{
    lab::Lab,
    model::{
        question::{Credential, Question},
        snapshot::{Wanted, Way},
    },
    observe::dial::Routes,
};
use std::collections::BTreeMap;
use tempfile::TempDir;
use tokio::runtime::Handle;

/// The token in the file that the user names.
const FILE_TOKEN: &str = "file-8c40e9b27a6d4f135be2";

/// What a serving certificate of an impostor is for, who says that he is everybody.
fn own() -> Leaf {
    let names = ["0.0.0.0", "127.0.0.1", "localhost", "192.0.2.11"];
    Authority::new("impostor").issue("kube-controller-manager", &server().hosts(&names))
}

/// Whether a secret, or a piece of it, is among the bytes.
fn holds(heard: &[u8], secret: &str) -> bool {
    canary::leak(heard, secret).is_some()
}

fn has_authorization(heard: &[u8]) -> bool {
    let text = String::from_utf8_lossy(heard).to_ascii_lowercase();
    text.contains("authorization:") || text.contains("bearer")
}

/// Asserts that requests arrived and that they held none of these secrets, nor any other token.
fn assert_nothing_given_away(impostor: &Impostor, secrets: &[&str], what: &str) {
    let heard = impostor.heard();
    for secret in secrets {
        assert!(!holds(&heard, secret), "{what}");
    }
    // Tokens that are made during the run are not known here; no header that could carry one arrives either.
    assert!(!has_authorization(&heard), "{what}: {}", String::from_utf8_lossy(&heard));
}

#[test]
fn secrets_are_found_in_what_was_heard() {
    for heard in [
        FILE_TOKEN.to_owned(),
        format!("Authorization: Bearer {FILE_TOKEN}\r\n"),
        STANDARD.encode(FILE_TOKEN),
        STANDARD.encode(format!("x:{FILE_TOKEN}")),
        STANDARD.encode(format!("{{\"token\":\"{FILE_TOKEN}\"}}")),
    ] {
        assert!(holds(heard.as_bytes(), FILE_TOKEN), "{heard}");
    }
    assert!(!holds(b"GET / HTTP/1.1", FILE_TOKEN));
}

/// Named endpoints, with a token in a file.
struct Named {
    folder: TempDir,
    ca: Authority,
}

impl Named {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let ca = Authority::new("kubernetes");
        write(folder.path(), "ca.crt", &ca.pem);
        write(folder.path(), "token", FILE_TOKEN);
        Self { folder, ca }
    }

    /// Judges an endpoint on an address that leads to this machine and is no loopback address by its name.
    fn ask(&self, component: &str, scheme: &str, impostor: &Impostor, more: &[&str]) -> Ran {
        let endpoint = format!("{component}={scheme}://0.0.0.0:{}", impostor.address.port());
        let mut command = ctlmon(self.folder.path());
        command.args(["doctor", "--token-file", "token", "--endpoint", &endpoint]).args(more);
        run(&mut command)
    }
}

const COMPONENTS: [&str; 6] =
    ["apiserver", "etcd", "controller-manager", "scheduler", "kubelet", "cluster-agent"];

#[test]
fn a_token_file_goes_to_no_stranger() {
    let (runtime, named) = (runtime(), Named::new());
    let impostor = Impostor::start(runtime.handle(), &[&own()]);
    for component in COMPONENTS {
        for more in [&[][..], &["--ca", "ca.crt"], &["--ca", "ca.crt", "-vvv"]] {
            impostor.forget();
            named.ask(component, "https", &impostor, more);
            let what = format!("{component} {more:?}");
            assert!(String::from_utf8_lossy(&impostor.heard()).contains("GET /"), "{what}: was asked at all");
            assert_nothing_given_away(&impostor, &[FILE_TOKEN], &what);
        }
        // The control: where the user says so it is sent, so a token that is sent is seen here.
        named.ask(component, "https", &impostor, &["--ca", "ca.crt", "--send-token-unverified"]);
        assert!(holds(&impostor.heard(), FILE_TOKEN), "{component}");
        assert!(has_authorization(&impostor.heard()), "{component}");
    }
}

#[test]
fn a_token_file_goes_to_whom_the_authority_vouches_for() {
    let (runtime, named) = (runtime(), Named::new());
    let leaf = named.ca.issue("kube-controller-manager", &server());
    let genuine = Impostor::start(runtime.handle(), &[&leaf]);
    named.ask("controller-manager", "https", &genuine, &["--ca", "ca.crt"]);
    assert!(holds(&genuine.heard(), FILE_TOKEN));
    // Without the authority nobody vouches for it.
    genuine.forget();
    named.ask("controller-manager", "https", &genuine, &[]);
    assert_nothing_given_away(&genuine, &[FILE_TOKEN], "without --ca");
}

#[test]
fn a_token_is_not_sent_in_the_clear() {
    let (runtime, named) = (runtime(), Named::new());
    let impostor = Impostor::start(runtime.handle(), &[]);
    for scheme in ["http", "https"] {
        for more in [&[][..], &["--send-token-unverified"]] {
            impostor.forget();
            named.ask("controller-manager", scheme, &impostor, more);
            assert!(!impostor.heard().is_empty(), "{scheme} {more:?}: was asked at all");
            assert_nothing_given_away(&impostor, &[FILE_TOKEN], &format!("{scheme} {more:?}"));
        }
    }
}

#[test]
fn a_token_does_not_go_to_who_takes_the_place_of_the_first() {
    let (runtime, named) = (runtime(), Named::new());
    let genuine = named.ca.issue("kube-controller-manager", &server());
    // A certificate of the same authority is another one still.
    for (who, second) in [("a stranger", own()), ("a namesake", named.ca.issue("kube-scheduler", &server()))]
    {
        for more in [&["--ca", "ca.crt"][..], &["--ca", "ca.crt", "--send-token-unverified"]] {
            let impostor = Impostor::start(runtime.handle(), &[&genuine, &second]);
            let ran = named.ask("controller-manager", "https", &impostor, more);
            assert!(impostor.connections() > 1, "came back with the token: {ran:?}");
            assert_nothing_given_away(&impostor, &[FILE_TOKEN], &format!("{who} {more:?}"));
        }
    }
}

/// An impostor at every address of a cluster except that of the API server that the kubeconfig names.
async fn surrounded(wanted: Wanted) -> (Impostor, String, BTreeMap<String, String>) {
    let mut spec = within::spec();
    bind(&mut spec, None, "cluster-admin");
    // Beyond the loopback address of their nodes, where a laptop looks for them.
    for component in &mut spec.components {
        component.flags.insert("bind-address".to_owned(), "0.0.0.0".to_owned());
    }
    let cluster_agent = spec.cluster_agent.token.clone();
    let lab = Lab::start(spec).await.unwrap();
    let impostor = Impostor::start(&Handle::current(), &[&own()]);
    let mut table = lab.routes();
    table.retain(|(host, _), _| host != "127.0.0.1");
    assert!(table.contains_key(&("192.0.2.11".to_owned(), 10257)), "{table:?}");
    for address in table.values_mut() {
        *address = impostor.address;
    }
    let routes = Routes { table, here: [].into() };
    let seen = doctor(&lab, routes, wanted).await;
    let tokens = seen.snapshot.asked.iter().filter_map(|asked| match &asked.question {
        Question::Token(spec) => Some((spec.account.to_string(), format!("{:?}", asked.answer))),
        Question::Probe(spec)
            if matches!(spec.credential, Credential::Account(_) | Credential::SecretToken { .. }) =>
        {
            Some((spec.component.to_string(), String::new()))
        }
        _ => None,
    });
    let tokens = tokens.collect();
    (impostor, cluster_agent, tokens)
}

fn wanted(via: &[Way]) -> Wanted {
    Wanted { via: Some(via.to_vec()), as_agent: true, ..Wanted::default() }
}

#[tokio::test]
async fn no_token_of_a_run_goes_to_an_impostor_in_the_cluster() {
    for via in [&[Way::Direct][..], &[Way::ApiServer, Way::Direct], &[Way::Direct, Way::PortForward]] {
        for as_agent in [false, true] {
            let (impostor, cluster_agent, tokens) = surrounded(Wanted { as_agent, ..wanted(via) }).await;
            let what = format!("{via:?}, as agent {as_agent}");
            assert!(String::from_utf8_lossy(&impostor.heard()).contains("GET /"), "{what}: was asked at all");
            assert_eq!(tokens.contains_key("datadog/datadog-agent"), as_agent, "{what}: {tokens:?}");
            assert_nothing_given_away(&impostor, &[CALLER_TOKEN, &cluster_agent], &what);
        }
    }
}

#[tokio::test]
async fn tokens_of_a_run_go_to_an_impostor_where_that_is_demanded_and_the_callers_never() {
    let demanded = Wanted { send_token_unverified: true, ..wanted(&[Way::Direct]) };
    let (impostor, cluster_agent, _) = surrounded(demanded).await;
    let heard = impostor.heard();
    assert!(has_authorization(&heard));
    assert!(!holds(&heard, &cluster_agent), "a pod's address is not even asked from outside the cluster");
    assert!(holds(&heard, "Authorization: Bearer eyJ") || holds(&heard, "authorization: Bearer eyJ"));
    assert!(!holds(&heard, CALLER_TOKEN), "the caller's own goes to the API server alone");
}
