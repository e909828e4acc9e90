//! The reader of metrics on what real components served. It must not fail where the recordings are not there.

use ctlmon::{
    model::{
        answer::{BodyKind, MetricsSeen, Sample},
        component::Component,
    },
    observe::metrics::{BodyLimits, BodyReader},
};
use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
    time::Instant,
};

/// The folder with recordings of real clusters; `None`, and said so, where there is none.
fn shared(test: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let folder = env::var_os("CTLMON_SHARED").map_or_else(beside, PathBuf::from).join("data");
    if !folder.is_dir() {
        eprintln!("skipped: {test}: no shared data");
        return None;
    }
    Some(folder)
}

fn captures(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for release in ["1_31", "1_33"] {
        let components = folder.join("captures").join(release).join("controlplane");
        found.extend(files(&components).into_iter().map(|component| component.join("metrics")));
    }
    let is_capture = |path: &PathBuf| {
        path.file_name().is_some_and(|name| name.to_string_lossy().contains("metrics"))
            && path.extension().is_some_and(|extension| extension == "txt")
    };
    found.extend(files(&folder.join("kubeadm-1.36")).into_iter().filter(is_capture));
    assert!(found.len() >= 10, "{found:?}");
    found
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn read(body: &[u8], keep: &[&str], chunk: usize) -> MetricsSeen {
    read_within(BodyLimits::CONTROL_PLANE, body, keep, chunk)
}

fn read_within(limits: BodyLimits, body: &[u8], keep: &[&str], chunk: usize) -> MetricsSeen {
    let content_type = "text/plain; version=0.0.4; charset=utf-8; escaping=underscores";
    let mut reader = BodyReader::new(limits, keep, Some(content_type), None);
    for chunk in body.chunks(chunk) {
        assert!(reader.feed(chunk).is_continue());
    }
    let seen = reader.finish(true);
    assert!(seen.complete);
    assert_eq!(seen.bytes, body.len() as u64);
    match seen.kind {
        BodyKind::Metrics(seen) => seen,
        other => panic!("not metrics but {other:?}"),
    }
}

#[test]
fn every_family_and_every_sample_is_seen() {
    let Some(folder) = shared("every_family_and_every_sample_is_seen") else { return };
    for path in captures(&folder) {
        let body = fs::read_to_string(&path).unwrap();
        let declared: BTreeSet<&str> =
            body.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()).collect();
        let samples = body.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).count();
        let seen = read(body.as_bytes(), &[], 16 << 10);
        assert_eq!(seen.families, declared.into_iter().collect::<Vec<_>>(), "{}", path.display());
        assert_eq!(seen.families.len(), body.lines().filter(|line| line.starts_with("# TYPE")).count());
        assert_eq!(seen.samples, samples as u64, "{}", path.display());
        assert_eq!((seen.unreadable, seen.more_families), (0, false), "{}", path.display());
    }
}

/// What a line says, read without any care: name, labels, value. Real components write no other than such lines.
fn carelessly(line: &str) -> Sample {
    let (series, value) = line.rsplit_once(' ').unwrap();
    let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
    let labels = labels.strip_suffix('}').unwrap();
    let label = |pair: &str| {
        let (name, value) = pair.split_once("=\"").unwrap();
        let value = value.strip_suffix('"').unwrap_or(value);
        (name.to_owned(), value.replace("\\\"", "\"").replace("\\n", "\n").replace("\\\\", "\\"))
    };
    let labels = labels.split_inclusive("\",").map(|pair| label(pair.trim_end_matches(','))).collect();
    Sample { name: name.to_owned(), labels, value: value.to_owned() }
}

#[test]
fn every_sample_says_what_a_careless_reader_makes_of_it() {
    let Some(folder) = shared("every_sample_says_what_a_careless_reader_makes_of_it") else { return };
    let limits = BodyLimits { kept: usize::MAX, ..BodyLimits::CONTROL_PLANE };
    for path in captures(&folder) {
        let body = fs::read_to_string(&path).unwrap();
        let samples: Vec<Sample> =
            body.lines().filter(|line| !line.starts_with('#')).map(carelessly).collect();
        let names: BTreeSet<&str> = samples.iter().map(|sample| sample.name.as_str()).collect();
        let seen = read_within(limits, body.as_bytes(), &Vec::from_iter(names), 16 << 10);
        assert_eq!(seen.kept.len(), samples.len(), "{}", path.display());
        for (kept, sample) in seen.kept.iter().zip(&samples) {
            assert_eq!(kept, sample, "{}", path.display());
        }
    }
}

#[test]
fn chunks_make_no_difference_to_real_bodies() {
    let Some(folder) = shared("chunks_make_no_difference_to_real_bodies") else { return };
    for path in captures(&folder) {
        let body = fs::read(&path).unwrap();
        let keep = ["process_start_time_seconds", "workqueue_depth", "rest_client_requests_total"];
        let whole = read(&body, &keep, body.len());
        assert!(
            whole.kept.iter().any(|sample| sample.name == "process_start_time_seconds"),
            "{}",
            path.display()
        );
        for chunk in [1, 7, 4096] {
            assert_eq!(whole, read(&body, &keep, chunk), "{}", path.display());
        }
    }
}

#[test]
fn components_are_known_by_their_families() {
    let Some(folder) = shared("components_are_known_by_their_families") else { return };
    for path in captures(&folder) {
        let name = path.strip_prefix(&folder).unwrap().to_string_lossy();
        let of = |component: &Component| {
            let file = match component {
                Component::ApiServer => "api-server",
                Component::ControllerManager => "controller-manager",
                Component::ClusterAgent => return false,
                other => other.profile().id,
            };
            name.contains(file)
        };
        let component = Component::ALL.into_iter().find(of).unwrap();
        let seen = read(&fs::read(&path).unwrap(), &[], 4096);
        let has = |family: &&str| seen.families.iter().any(|name| name == family);
        assert!(component.profile().families.iter().any(has), "{name}");
    }
}

/// `cargo test --release --test suite captures -- --ignored --nocapture`
#[test]
#[ignore = "measures time, which means something in a release build alone"]
fn five_megabytes_are_quick() {
    let Some(folder) = shared("five_megabytes_are_quick") else { return };
    let once = fs::read(folder.join("captures/1_31/controlplane/api-server/metrics")).unwrap();
    let mut body = once.repeat(2);
    body.truncate(5_000_000);
    let best = (0..20)
        .map(|_| {
            let start = Instant::now();
            let seen = read(&body, &["apiserver_storage_objects", "process_start_time_seconds"], 16 << 10);
            assert!(seen.samples > 30_000);
            start.elapsed()
        })
        .min()
        .unwrap();
    eprintln!("5 MB in {best:?}, {:.0} MB/s", 5.0 / best.as_secs_f64());
}
