//! Applications of Argo CD: those that install the chart `datadog` in their own cluster, with the harmless of the values
//! that stand inside of them. Of all others nothing is kept.

use super::{DecodeError, listed_by, settings::helm_values};
use crate::{
    model::{
        answer::Listed,
        installed::{Application, Installed, Setting, Settings},
    },
    yaml,
};
use serde_json::Value;

/// How Argo CD calls the cluster in which it runs, by address and by name.
const IN_CLUSTER: (&str, &str) = ("https://kubernetes.default.svc", "in-cluster");

/// The chart's name.
const CHART: &str = "datadog";

/// What else an Application may give a chart: files that lie elsewhere, and values that outweigh all others.
const ELSEWHERE: [&str; 3] = ["valueFiles", "fileParameters", "parameters"];

/// Those of a list of Applications that install the chart here.
///
/// # Errors
/// If it is no list, or if an item that installs the chart has no name.
pub fn applications(list: &Value) -> Result<Listed<Application>, DecodeError> {
    let Listed { items, complete } = listed_by(list, "list of Applications", of_one)?;
    Ok(Listed { items: items.into_iter().flatten().collect(), complete })
}

/// An Application, once for each of its sources that is the chart.
fn of_one(application: &Value) -> Result<Vec<Application>, DecodeError> {
    let destination = &application["spec"]["destination"];
    if !is_here(destination) {
        return Ok(Vec::new());
    }
    let sources = sources(&application["spec"]).into_iter().enumerate();
    let charts = sources.filter(|(_, source)| source["chart"] == CHART);
    charts.map(|(place, source)| installation(application, source, place)).collect()
}

fn is_here(destination: &Value) -> bool {
    let (address, name) = IN_CLUSTER;
    let server = destination["server"].as_str().unwrap_or_default();
    server.trim_end_matches('/') == address || destination["name"] == name
}

/// Where there are several sources, Argo CD passes over the single one.
fn sources(spec: &Value) -> Vec<&Value> {
    match &spec["sources"] {
        Value::Array(sources) if !sources.is_empty() => sources.iter().collect(),
        _ => vec![&spec["source"]],
    }
}

fn installation(application: &Value, source: &Value, place: usize) -> Result<Application, DecodeError> {
    let text = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let metadata = &application["metadata"];
    let (Some(namespace), Some(name)) = (text(&metadata["namespace"]), text(&metadata["name"])) else {
        return Err(DecodeError::Nameless("Application"));
    };
    let sync = &application["status"]["sync"];
    let resolved = sync["revisions"].get(place).unwrap_or(&sync["revision"]);
    // A range of versions is no version; which one it came to stands in the status.
    let chart = [resolved, &source["targetRevision"]].into_iter().filter_map(text).find(|it| is_version(it));
    let helm = &source["helm"];
    Ok(Application {
        destination: text(&application["spec"]["destination"]["namespace"]).unwrap_or_default(),
        release: text(&helm["releaseName"]).unwrap_or_else(|| name.clone()),
        installed: Installed { chart, revision: None, settings: settings(helm) },
        namespace,
        name,
    })
}

fn is_version(text: &str) -> bool {
    let numbers = text.split(['-', '+']).next().unwrap_or_default().split('.');
    numbers.clone().count() == 3 && numbers.into_iter().all(|number| number.parse::<u32>().is_ok())
}

/// The values inside; what they are together with others that are not read is unknown, and that there are such is kept.
fn settings(helm: &Value) -> Settings {
    // As Argo CD has it: an object takes the text's place, and the two are not merged.
    let mut settings = match (&helm["valuesObject"], &helm["values"]) {
        (object @ Value::Object(_), _) => helm_values(object),
        (_, Value::String(text)) => match yaml::documents(text) {
            Ok(documents) => documents.first().map(helm_values).unwrap_or_default(),
            Err(_) => [hidden("values")].into(),
        },
        _ => Settings::new(),
    };
    let is_given = |field: &&str| helm[field].as_array().is_some_and(|items| !items.is_empty());
    settings.extend(ELSEWHERE.into_iter().filter(is_given).map(hidden));
    settings
}

fn hidden(field: &str) -> (String, Setting) {
    (format!("spec.source.helm.{field}"), Setting::Hidden)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn one(name: &str, spec: &Value) -> Value {
        json!({"metadata": {"namespace": "argocd", "name": name}, "spec": spec})
    }

    fn here(source: &Value) -> Value {
        json!({"source": source, "destination": {"server": "https://kubernetes.default.svc", "namespace": "datadog"}})
    }

    fn read(items: &[Value]) -> Vec<Application> {
        let listed = applications(&json!({"items": items})).unwrap();
        assert!(listed.complete);
        assert!(!format!("{listed:?}").contains("canary"), "{listed:#?}");
        listed.items
    }

    fn shown(helm: &Value) -> Vec<String> {
        let source = json!({"chart": "datadog", "targetRevision": "3.240.0", "helm": helm});
        let settings = read(&[one("dd", &here(&source))]).remove(0).installed.settings;
        settings.iter().map(|(path, setting)| format!("{path}={setting}")).collect()
    }

    #[test]
    fn keeps_those_that_install_the_chart_in_their_own_cluster() {
        let chart = json!({"chart": "datadog", "targetRevision": "3.240.0"});
        let other =
            json!({"source": chart, "destination": {"server": "https://10.0.0.1", "namespace": "datadog"}});
        let by_name =
            json!({"source": chart, "destination": {"name": "in-cluster", "namespace": "monitoring"}});
        let git = json!({"repoURL": "https://canary@example.com", "path": "canary"});
        let seen = read(&[
            one("plain", &here(&chart)),
            one("hub", &other),
            one("canary", &here(&git)),
            one("named", &by_name),
            json!({"metadata": {"name": "canary"}}),
        ]);
        let names: Vec<_> =
            seen.iter().map(|it| (it.name.as_str(), it.destination.as_str(), it.release.as_str())).collect();
        assert_eq!(names, [("plain", "datadog", "plain"), ("named", "monitoring", "named")]);
        assert_eq!(
            applications(&json!({"kind": "Status"})),
            Err(DecodeError::NotAList("list of Applications"))
        );
        let nameless = json!({"spec": here(&chart)});
        assert_eq!(applications(&json!({"items": [nameless]})), Err(DecodeError::Nameless("Application")));
        assert!(!applications(&json!({"metadata": {"continue": "x"}, "items": []})).unwrap().complete);
    }

    #[test]
    fn reads_values_as_an_object_before_those_as_a_text() {
        let text = "datadog:\n  site: datadoghq.eu\n  apiKey: canary\n";
        assert_eq!(
            shown(&json!({"values": text})),
            ["datadog.apiKey=(not read)", "datadog.site=\"datadoghq.eu\""]
        );
        let both =
            json!({"values": "datadog: {logLevel: canary}", "valuesObject": {"datadog": {"site": "x"}}});
        assert_eq!(shown(&both), ["datadog.site=\"x\""]);
        assert_eq!(shown(&json!({"values": "canary: ["})), ["spec.source.helm.values=(not read)"]);
        assert_eq!(shown(&json!({"values": ""})), [""; 0]);
        assert_eq!(shown(&json!(null)), [""; 0]);
    }

    #[test]
    fn says_that_there_are_values_elsewhere() {
        let helm = json!({
            "valueFiles": ["$canary/values.yaml"], "fileParameters": [],
            "parameters": [{"name": "datadog.apiKey", "value": "canary"}],
        });
        assert_eq!(
            shown(&helm),
            ["spec.source.helm.parameters=(not read)", "spec.source.helm.valueFiles=(not read)"]
        );
    }

    #[test]
    fn reads_each_source_that_is_the_chart() {
        let sources = json!([
            {"ref": "canary", "repoURL": "https://canary"},
            {"chart": "datadog", "targetRevision": "3.*", "helm": {"releaseName": "a"}},
            {"chart": "datadog", "targetRevision": ">=3", "helm": {"releaseName": "b"}},
        ]);
        let mut spec = here(&json!({"chart": "datadog", "helm": {"releaseName": "canary"}}));
        spec["sources"] = sources;
        let mut application = one("two", &spec);
        application["status"] = json!({"sync": {"revisions": ["canary", "3.230.1", "canary"]}});
        let seen = read(&[application]);
        let said: Vec<_> =
            seen.iter().map(|it| (it.release.as_str(), it.installed.chart.as_deref())).collect();
        assert_eq!(said, [("a", Some("3.230.1")), ("b", None)]);
    }
}
