//! Text that somebody wants to break out of its place, or that a reader takes for something else.

use super::{
    DIALECTS, judges, lavish, names, planned,
    read::{held, one},
};
use ctlmon::{
    distributions::Distribution,
    plan::{
        Account, Audience, ChecksBy, Choices, Dialect, EtcdSource, Keys, KubeletTls, Plan, PlanError,
        Subject, folder, plan, spell,
    },
};
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// What readers of YAML 1.1 take for something else, and what ends a scalar, a line, a comment or a template.
const NASTY: [&str; 40] = [
    "yes",
    "on",
    "off",
    "n",
    "~",
    "null",
    "1_000",
    "0123",
    "0x1f",
    "1e3",
    "12:30:45",
    "2001-12-14",
    ".inf",
    "=",
    "<<",
    "00000000000000000000000000000000",
    "\"",
    "'",
    "\\",
    "a: b",
    "- a",
    "# a",
    " a ",
    "{{ .Values }}",
    "{{",
    "}}",
    "{{{",
    "{{`x`}}",
    "%%host%%",
    "*a",
    "&a",
    "!a",
    "|",
    ">",
    "@",
    "`",
    "---",
    "\u{2028}x",
    "\u{feff}x",
    "\u{fffe}x\u{ffff}",
];

/// A small generator, so that a failure can be had again.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[usize::try_from(self.next() % all.len() as u64).unwrap()]
    }

    /// Text without control characters, which options refuse.
    fn text(&mut self) -> String {
        let mut text = String::new();
        for _ in 0..=self.next() % 5 {
            if self.next().is_multiple_of(3) {
                let c = char::from_u32(u32::try_from(self.next() % 0x1_1000).unwrap()).unwrap_or('x');
                text.push(if c.is_control() { 'c' } else { c });
            } else {
                text.push_str(self.of(&NASTY));
            }
        }
        text.chars().take(150).collect()
    }
}

fn with(tags: Vec<String>, path: &str) -> Plan {
    let kubeadm = Distribution::named("kubeadm").unwrap();
    let kubelet_tls = Some(KubeletTls::Authority(path.to_owned()));
    let choices =
        Choices { tags, kubelet_tls, etcd: EtcdSource::NodeCertificate, ..lavish(Audience::ControlPlane) };
    let identity = kubeadm.identity();
    let subject =
        Subject { distribution: kubeadm, identity: &identity, rivals: &[], nodes: &[], pki: Some(path) };
    plan(&subject, &choices).unwrap()
}

#[test]
fn any_text_keeps_its_value_and_its_place() {
    let mut random = Random(7);
    let neutral: Vec<Value> = DIALECTS
        .iter()
        .map(|dialect| shape(&one(&spell(&with(vec!["x".to_owned()], "/x"), *dialect).unwrap())))
        .collect();
    let mut texts: Vec<String> = NASTY.iter().map(|text| (*text).to_owned()).collect();
    texts.extend((0..360).map(|_| random.text()));
    for text in texts {
        let path = format!("/{}", text.replace("..", "x"));
        let plan = with(vec![text.clone()], &path);
        for (dialect, neutral) in DIALECTS.into_iter().zip(&neutral) {
            let spelled = spell(&plan, dialect).unwrap();
            let read = held(dialect, &spelled);
            assert_eq!(read, held(dialect, &spell(&plan, dialect).unwrap()));
            assert!(spelled.contains("\nmetadata") || dialect == Dialect::Helm);
            let document = one(&spelled);
            if dialect != Dialect::ArgoCd {
                assert_eq!(shape(&document), *neutral, "{text:?} breaks out:\n{spelled}");
            }
            let tags = match dialect {
                Dialect::Helm => &document["datadog"]["tags"][0],
                Dialect::DatadogAgent => &document["spec"]["global"]["tags"][0],
                Dialect::ArgoCd => continue,
            };
            let tag = tags.as_str().unwrap().replace("{{`{{`}}", "{{");
            assert_eq!(tag, text.replace("{{`{{`}}", "{{"), "{dialect:?}:\n{spelled}");
        }
    }
}

/// A document with every text taken out: what is left is its form.
fn shape(value: &Value) -> Value {
    match value {
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), shape(value))).collect(),
        Value::Array(items) => items.iter().map(shape).collect(),
        Value::String(_) => json!("text"),
        other => other.clone(),
    }
}

/// Go's reader is the one that counts: a chart that prints its values, rendered by the real program.
#[test]
fn any_text_keeps_its_value_where_helm_reads_it() {
    let Some(helm) = judges::helm("any_text_keeps_its_value_where_helm_reads_it") else { return };
    let folder = tempfile::tempdir().unwrap();
    let chart = folder.path().join("chart");
    fs::create_dir_all(chart.join("templates")).unwrap();
    fs::write(chart.join("Chart.yaml"), "apiVersion: v2\nname: mirror\nversion: 1.0.0\n").unwrap();
    let mirror = "tags: {{ tpl (.Values.datadog.tags | toJson | quote) . }}\nca: {{ .Values.datadog.kubelet.hostCAPath | toJson }}\n\
                  confd: {{ tpl (toYaml .Values.datadog.confd) . | toJson }}\n";
    fs::write(chart.join("templates/mirror.yaml"), mirror).unwrap();

    let mut random = Random(11);
    let mut tags: Vec<String> = NASTY.iter().map(|text| (*text).to_owned()).collect();
    tags.extend((0..200).map(|_| random.text()));
    for path in ["/yes", "/a: b # c", "/\u{2028}\u{feff}{{ x }}", "/{{{ \" }}"] {
        let values = folder.path().join("values.yaml");
        fs::write(&values, spell(&with(tags.clone(), path), Dialect::Helm).unwrap()).unwrap();
        let ran = Command::new(&helm).args(["template", "x"]).args([&chart]).arg("-f").arg(&values).output();
        let ran = ran.unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        let document = one(&String::from_utf8(ran.stdout).unwrap());
        assert_eq!(document["ca"], *path);
        let files = one(document["confd"].as_str().unwrap());
        let check = one(files["etcd.yaml"].as_str().unwrap());
        assert_eq!(check["instances"][0]["tls_private_key"], format!("/host{path}/healthcheck-client.key"));
        let read: Vec<String> = serde_json::from_str(document["tags"].as_str().unwrap()).unwrap();
        assert_eq!(read, tags);
    }
}

/// Names that Kubernetes takes and that YAML 1.1 reads as something else.
const NASTY_NAMES: [&str; 16] = [
    "yes",
    "on",
    "off",
    "n",
    "y",
    "no",
    "true",
    "null",
    "1e3",
    "0123",
    "0x1f",
    "0o17",
    "0b1",
    "2001-12-14",
    "12e03",
    "00000000000000000000000000000000",
];

/// Plans in which every name that a user gives is this one, and every text.
fn named(name: &str) -> Vec<Plan> {
    let of = |id: &str, audience, checks_by, etcd| {
        let text = || name.to_owned();
        let is_fargate = id == "eks-fargate";
        let account = || Account { namespace: text(), name: text() };
        let lavish = lavish(audience);
        let mut choices = Choices {
            checks_by,
            etcd,
            namespace: text(),
            release: text(),
            cluster_agent_release: format!("{name}-x"),
            cluster_name: Some(text()),
            site: Some(text()),
            keys: Keys { api: text(), app: text(), token: text(), etcd: text() },
            tags: vec![text(), format!("{name}: # x"), format!("{name}:{{{{")],
            registry: Some(text()),
            pull_secret: Some(text()),
            sidecar_accounts: if is_fargate { vec![account()] } else { Vec::new() },
            ..lavish
        };
        if is_fargate {
            let extras = &mut choices.extras;
            (extras.logs, extras.apm, extras.processes) = (false, false, false);
        }
        match planned(Distribution::named(id).unwrap(), &choices) {
            Ok(plan) => plan,
            Err(error @ PlanError::Option { .. }) => panic!("{name} is a name: {error}"),
            Err(error) => panic!("{id}: {error}"),
        }
    };
    let (files, annotations) = (ChecksBy::Files, ChecksBy::Annotations);
    vec![
        of("kubeadm", Audience::ControlPlane, files, EtcdSource::Secret),
        of("kubeadm", Audience::Workers, files, EtcdSource::Auto),
        of("rke1", Audience::ControlPlane, annotations, EtcdSource::Secret),
        of("openshift3", Audience::ControlPlane, annotations, EtcdSource::Auto),
        of("openshift4", Audience::ControlPlane, files, EtcdSource::Auto),
        of("eks-fargate", Audience::All, files, EtcdSource::Auto),
    ]
}

/// What Go's reader of YAML makes of documents, by the real program: helm hands each through its own `fromYaml`, which is
/// also kubectl's reader.
fn by_go(helm: &Path, documents: &[String]) -> Vec<Value> {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| -> PathBuf { folder.path().join(name) };
    fs::create_dir_all(at("templates")).unwrap();
    fs::create_dir_all(at("documents")).unwrap();
    fs::write(at("Chart.yaml"), "apiVersion: v2\nname: mirror\nversion: 1.0.0\n").unwrap();
    let mirror = "{{- range $path, $_ := .Files.Glob \"documents/*\" }}\n\
                  {{ $path | base | quote }}: {{ $.Files.Get $path | fromYaml | toJson | toJson }}\n{{- end }}\n";
    fs::write(at("templates/mirror.yaml"), mirror).unwrap();
    for (number, document) in documents.iter().enumerate() {
        fs::write(at(&format!("documents/{number}")), document).unwrap();
    }
    let ran = Command::new(helm).args(["template", "x"]).arg(folder.path()).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let read = one(&String::from_utf8(ran.stdout).unwrap());
    let json = |number: usize| read[number.to_string()].as_str().expect("a text").to_owned();
    (0..documents.len()).map(|number| serde_json::from_str(&json(number)).unwrap()).collect()
}

#[test]
fn any_name_is_the_same_text_wherever_go_reads_it() {
    let Some(helm) = judges::helm("any_name_is_the_same_text_wherever_go_reads_it") else { return };
    let mut documents: Vec<String> = Vec::new();
    for name in NASTY_NAMES {
        for plan in named(name) {
            for dialect in DIALECTS {
                let folder = folder(&plan, dialect, &names()).unwrap();
                let read = held(dialect, &folder.main.text);
                assert_eq!((read.token.as_str(), read.cluster_name.as_deref()), (name, Some(name)), "{name}");
                assert_eq!(read.tags, plan.choices.tags);
                let texts = folder.manifests.iter().chain(&folder.nodes).chain([&folder.main]);
                documents.extend(texts.flat_map(|it| it.text.split("\n---\n")).map(str::to_owned));
                if dialect == Dialect::ArgoCd {
                    let values = &one(&folder.main.text)["spec"]["source"]["helm"]["values"];
                    documents.push(values.as_str().unwrap().to_owned());
                }
            }
        }
    }
    documents.sort();
    documents.dedup();
    assert!(documents.len() > 10 * NASTY_NAMES.len(), "{}", documents.len());
    for (document, read) in documents.iter().zip(by_go(&helm, &documents)) {
        assert_eq!(read, one(document), "{document}");
    }
    // A name without quotes would tell: the two readers know different rules.
    assert_eq!(by_go(&helm, &["a: yes".to_owned()]), [json!({"a": true})]);
}
