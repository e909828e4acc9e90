//! What each component answers to each credential: the practice cluster must say what the real one says. Where they
//! differ, the practice cluster is wrong.

mod alerts;
mod cast;
mod kubelet;

use crate::{
    api::RUNTIME,
    client::{Answer, Call, Pair},
    control_plane::ControlPlane,
    programs::Program,
};
use cast::Credential;
use ctlmon::lab::Lab;
use std::{collections::BTreeMap, net::SocketAddr};
use tokio::net::TcpStream;

/// The servers of one cluster, and what is shown to them.
struct Cluster {
    servers: BTreeMap<Program, SocketAddr>,
    credentials: Vec<(&'static str, Credential)>,
}

/// What is asked of each server by those of the credentials that are named; by all of them where none is.
const PATHS: &[(&str, &str, &[&str])] = &[
    ("GET", "/metrics", &[]),
    ("GET", "/metrics?x=y", &["nobody", "agent"]),
    ("POST", "/metrics", &["nobody", "norbac", "agent"]),
    ("HEAD", "/metrics", &["nobody", "garbage"]),
    ("GET", "/metrics/slis", SOME),
    ("GET", "/healthz", SOME),
    ("GET", "/livez", SOME),
    ("GET", "/readyz", SOME),
    ("GET", "/livez/etcd", SOME),
    ("GET", "/nosuch", SOME),
    // What the privileged see there is not practised: ctlmon asks for neither.
    ("GET", "/", REFUSED),
    ("GET", "/configz", REFUSED),
];

const REFUSED: &[&str] = &["nobody", "norbac", "garbage", "cert nobody", "cert expired"];
const SOME: &[&str] = &["nobody", "norbac", "agent", "garbage", "cert masters", "cert expired"];

/// How a request may be made otherwise: for people or for programs, over either version of TLS.
const MANNERS: [(&str, bool, bool); 3] =
    [("as curl", true, false), ("as a program", false, false), ("as curl over TLS 1.2", true, true)];

/// A row of the table: what came back, without what differs between two answers of one server.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Row {
    status: u16,
    headers: BTreeMap<String, String>,
    body: String,
}

impl Row {
    fn of(answer: Answer) -> Self {
        let Answer { status, headers, mut body } = answer;
        let headers: BTreeMap<_, _> = headers
            .into_iter()
            .map(|(name, value)| (name.to_ascii_lowercase(), value))
            // How long and in how many parts is a matter of the body, and of the server's taste.
            .filter(|(name, _)| {
                !["date", "content-length", "transfer-encoding", "connection"].contains(&name.as_str())
            })
            .map(|(name, value)| {
                let is_drawn = ["audit-id", "process-start-time-unix"].contains(&name.as_str())
                    || name.starts_with("x-kubernetes-pf-");
                (name, if is_drawn { "(drawn)".to_owned() } else { value })
            })
            .collect();
        if body.contains("\n# TYPE ") {
            "(metrics)".clone_into(&mut body);
        }
        Self { status, headers, body }
    }
}

fn table(cluster: &Cluster) -> BTreeMap<(String, String, String), Row> {
    let mut rows = BTreeMap::new();
    for (program, address) in &cluster.servers {
        for (method, path, by) in PATHS {
            for (name, credential) in &cluster.credentials {
                if !by.is_empty() && !by.contains(name) {
                    continue;
                }
                for (manner, is_curl, is_old) in MANNERS {
                    let mut call = credential.shown_in(Call::new(path).method(method));
                    if is_curl {
                        call = call.header("User-Agent", "curl/8.14.1");
                    }
                    if is_old {
                        call = call.over_tls12();
                    }
                    let answer = RUNTIME.block_on(async {
                        call.attempt_over(TcpStream::connect(address).await.unwrap()).await.unwrap()
                    });
                    let key = (
                        format!("{} {method} {path}", program.name()),
                        (*name).to_owned(),
                        manner.to_owned(),
                    );
                    rows.insert(key, Row::of(answer));
                }
            }
        }
    }
    rows
}

#[test]
fn the_practice_cluster_answers_as_the_real_one() {
    const TEST: &str = "the_practice_cluster_answers_as_the_real_one";
    let Some(plane) = ControlPlane::shared(TEST) else { return };
    let lab = RUNTIME.block_on(Lab::start(cast::spec())).unwrap();
    let practice = Cluster {
        servers: [Program::ApiServer, Program::ControllerManager, Program::Scheduler]
            .map(|program| (program, cast::way(&lab, program)))
            .into(),
        credentials: cast::of_practice(&lab),
    };
    let real = Cluster {
        servers: [Program::ApiServer, Program::ControllerManager, Program::Scheduler]
            .map(|program| (program, SocketAddr::from(([127, 0, 0, 1], plane.ports.of(program)))))
            .into(),
        credentials: cast::of_real(&plane),
    };
    let (expected, found) = (table(&real), table(&practice));
    assert_eq!(expected.len(), found.len());
    assert!(expected.len() > 300, "{}", expected.len());
    let different: Vec<String> = expected
        .iter()
        .filter(|(key, row)| found[*key] != **row)
        .map(|(key, row)| format!("{key:?}\n  real     {row:?}\n  practice {:?}", found[key]))
        .collect();
    assert!(
        different.is_empty(),
        "{} of {} rows:\n{}",
        different.len(),
        expected.len(),
        different.join("\n")
    );
    println!("{} rows agree", expected.len());
}

/// What the table rests on: that the real servers say what ctlmon's judges believe.
#[test]
fn refusals_of_real_servers_tell_apart_what_ctlmon_tells_apart() {
    const TEST: &str = "refusals_of_real_servers_tell_apart_what_ctlmon_tells_apart";
    let Some(plane) = ControlPlane::shared(TEST) else { return };
    let credentials = cast::of_real(&plane);
    let norbac = format!("\"{}\"", cast::NORBAC);
    for program in [Program::ApiServer, Program::ControllerManager, Program::Scheduler] {
        for (name, credential) in &credentials {
            let call = credential.shown_in(Call::new("/metrics"));
            let address = SocketAddr::from(([127, 0, 0, 1], plane.ports.of(program)));
            let answer = RUNTIME.block_on(async {
                call.attempt_over(TcpStream::connect(address).await.unwrap()).await.unwrap()
            });
            let (status, user) = match *name {
                "nobody" | "empty bearer" | "basic" | "other scheme" => (403, "\"system:anonymous\""),
                "norbac" => (403, norbac.as_str()),
                "cert nobody" => (403, "\"lab-nobody\""),
                "agent" | "cert masters" | "cert monitoring" => (200, ""),
                _ => (401, "Unauthorized"),
            };
            assert_eq!(answer.status, status, "{} {name}", program.name());
            assert!(
                answer.body.replace('\\', "").contains(user),
                "{} {name}: {}",
                program.name(),
                answer.body
            );
        }
    }
}

/// A pair from a leaf.
fn pair(leaf: &crate::pki::Leaf) -> Pair {
    Pair::from_pem(&leaf.pem, &leaf.key)
}
