//! The flags of a program, read from the words of its command line. Values are kept by the allow-list only.

use super::allowed;
use crate::model::facts::short_image;
use std::collections::BTreeMap;

/// Flags of which each occurrence adds to those before.
const LISTS: [&str; 2] = ["api-audiences", "service-account-issuer"];

/// The flags among the words of a command line, without dashes; of several with the same name the last one holds,
/// unless the flag is a list.
///
/// `--a=b`, `-a=b`, `--a b` and `--a` are read as the `flag` packages of Go read them; whether a flag without `=` takes the
/// next word cannot be known without the program, so a word that is no flag itself is taken for its value.
pub(in crate::observe) fn read<'a>(words: impl IntoIterator<Item = &'a str>) -> BTreeMap<String, String> {
    let mut flags: BTreeMap<String, String> = BTreeMap::new();
    let mut words = words.into_iter().peekable();
    while let Some(word) = words.next() {
        if word == "--" {
            break;
        }
        let Some(flag) = word.strip_prefix("--").or_else(|| word.strip_prefix('-')) else { continue };
        let (name, value) = match flag.split_once('=') {
            Some((name, value)) => (name, value),
            None => (flag, words.next_if(|next| !next.starts_with('-')).unwrap_or("true")),
        };
        if is_name(name) {
            let value = allowed::flag(name, value);
            match flags.get_mut(name) {
                Some(list) if LISTS.contains(&name) => *list = [list.as_str(), &value].join(","),
                _ => {
                    flags.insert(name.to_owned(), value);
                }
            }
        }
    }
    flags
}

/// The flags of the programs whose images are known by these short names, with all values of a flag that is repeated.
///
/// Heapster alone: where it reads and where it writes is all that there is to know of it. Of every other program nothing
/// is kept.
pub(super) fn of_image(image: &str, words: impl Iterator<Item = String>) -> BTreeMap<String, String> {
    let mut flags: BTreeMap<String, String> = BTreeMap::new();
    if !short_image(image).starts_with("heapster") {
        return flags;
    }
    let mut words = words.peekable();
    while let Some(word) = words.next() {
        let Some(flag) = word.strip_prefix("--").or_else(|| word.strip_prefix('-')) else { continue };
        let (name, value) = match flag.split_once('=') {
            Some((name, value)) => (name, value.to_owned()),
            None => (flag, words.next_if(|next| !next.starts_with('-')).unwrap_or_default()),
        };
        if ["source", "sink"].contains(&name) {
            let value = allowed::place(&value);
            flags
                .entry(name.to_owned())
                .and_modify(|known| known.extend([", ", &value]))
                .or_insert_with(|| value.clone());
        }
    }
    flags
}

/// Whether a word can be the name of a flag: a shell's script after `-c` cannot, nor can a secret that looks like one.
fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expected: &[(&str, &str)]) {
        let expected: BTreeMap<String, String> =
            expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        assert_eq!(read(line.split(' ')), expected, "{line}");
    }

    #[test]
    fn lists_grow_with_every_occurrence() {
        check(
            "kube-apiserver --service-account-issuer=https://a --service-account-issuer https://b --v=1 --v=2",
            &[("service-account-issuer", "https://a,https://b"), ("v", "")],
        );
    }

    #[test]
    fn keeps_where_heapster_reads_and_writes_and_nothing_else() {
        let check = |image: &str, line: &str, expected: &[(&str, &str)]| {
            let expected: BTreeMap<String, String> =
                expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            assert_eq!(of_image(image, line.split(' ').map(str::to_owned)), expected, "{line}");
        };
        check(
            "gcr.io/google_containers/heapster-amd64:v1.4.0",
            "/heapster --source=kubernetes:https://kubernetes.default --sink influxdb:http://u:p@db:8086?user=a&pw=b",
            &[("sink", "influxdb:http://db:8086"), ("source", "kubernetes:https://kubernetes.default")],
        );
        check("heapster", "--sink=gcm --sink=log --v=2", &[("sink", "gcm, log")]);
        check("other:1", "--source=canary --sink=canary", &[]);
    }

    #[test]
    fn reads_every_form() {
        check(
            "etcd --listen-metrics-urls=http://127.0.0.1:2381",
            &[("listen-metrics-urls", "http://127.0.0.1:2381")],
        );
        check(
            "etcd --bind-address 0.0.0.0 -secure-port=1",
            &[("bind-address", "0.0.0.0"), ("secure-port", "1")],
        );
        check("x --profiling --client-cert-auth", &[("profiling", "true"), ("client-cert-auth", "true")]);
        check("x --bind-address=", &[("bind-address", "")]);
    }

    #[test]
    fn lets_the_last_one_hold() {
        check("x --bind-address=127.0.0.1 --bind-address=::", &[("bind-address", "::")]);
    }

    #[test]
    fn keeps_the_name_and_not_the_value_of_what_is_unknown() {
        check("x --basic-auth-password=canary --token canary", &[("basic-auth-password", ""), ("token", "")]);
        check(
            "x --experimental-initial-corrupt-check=true",
            &[("experimental-initial-corrupt-check", "true")],
        );
        check("x --etcd-servers=https://u:canary@h:2379", &[("etcd-servers", "https://h:2379")]);
    }

    #[test]
    fn stops_where_flags_end() {
        check("x --profiling=false -- --bind-address=1", &[("profiling", "false")]);
        assert!(read(["sh", "-c", "exec etcd --x=canary", "-!bang"]).values().all(String::is_empty));
    }
}
