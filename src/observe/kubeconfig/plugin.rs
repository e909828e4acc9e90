//! The credential plugin of a kubeconfig, run once and in bounded time. Nothing that it prints may be shown or kept.

use super::error::PluginProblem;
use crate::{certs::pem, yaml};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use kube::config::{AuthInfo, Cluster, ExecAuthCluster, ExecConfig, ExecInteractiveMode};
use serde_json::{Value, json};
use std::{
    io::{self, IsTerminal as _, Read as _},
    process::{Child, Command, ExitStatus, Stdio},
    time::Duration,
};
use zeroize::Zeroizing;

/// How much output is read; a credential with a chain of certificates has a tenth of it.
const MAX_OUTPUT_BYTES: u64 = 1024 * 1024;

/// How often a plugin that has closed its output is asked whether it has ended.
const POLL: Duration = Duration::from_millis(20);

/// What a plugin gave.
pub(super) struct Credential {
    token: Option<String>,
    /// Certificate and key, PEM.
    identity: Option<(String, String)>,
}

/// The plugin of a user, where nothing that comes before a plugin is there.
pub(super) fn of(user: Option<&AuthInfo>) -> Option<&ExecConfig> {
    let user = user?;
    let has_password = user.username.is_some() && user.password.is_some();
    let has_other = user.auth_provider.is_some() || user.token.is_some() || user.token_file.is_some();
    user.exec.as_ref().filter(|_| !has_password && !has_other)
}

/// Runs the plugin. Where a person may have to answer it there is no limit of time.
pub(super) async fn run(
    exec: &ExecConfig,
    cluster: &Cluster,
    limit: Duration,
) -> Result<Credential, PluginProblem> {
    let has_terminal = io::stdin().is_terminal();
    let interactive = match exec.interactive_mode {
        Some(ExecInteractiveMode::Never) => false,
        Some(ExecInteractiveMode::Always) if !has_terminal => return Err(PluginProblem::NeedsTerminal),
        _ => has_terminal,
    };
    let mut child = start(exec, cluster, interactive)?;
    let ended = if interactive {
        end(&mut child).await
    } else {
        let Ok(ended) = tokio::time::timeout(limit, end(&mut child)).await else {
            // What cannot be killed has ended by itself; waiting leaves no zombie behind.
            let _ = child.kill();
            let _ = child.wait();
            return Err(PluginProblem::Endless(limit));
        };
        ended
    };
    let (status, output) = ended.map_err(PluginProblem::NotStarted)?;
    match status.code() {
        Some(0) => Credential::read(&output).ok_or(PluginProblem::NoCredential),
        Some(code) => Err(PluginProblem::Failed(code)),
        None => Err(PluginProblem::Killed),
    }
}

fn start(exec: &ExecConfig, cluster: &Cluster, interactive: bool) -> Result<Child, PluginProblem> {
    let command = exec.command.as_deref().filter(|command| !command.is_empty());
    let mut spec = json!({"interactive": interactive});
    if exec.provide_cluster_info {
        spec["cluster"] = ExecAuthCluster::try_from(cluster)
            .ok()
            .and_then(|cluster| serde_json::to_value(cluster).ok())
            .unwrap_or_default();
    }
    let asked = json!({"apiVersion": exec.api_version, "kind": "ExecCredential", "spec": spec});
    #[expect(
        clippy::disallowed_methods,
        reason = "the kubeconfig says that this program has the credentials"
    )]
    let mut child = Command::new(command.ok_or(PluginProblem::NoCommand)?);
    child.args(exec.args.iter().flatten());
    for variable in exec.env.iter().flatten() {
        if let (Some(name), Some(value)) = (variable.get("name"), variable.get("value")) {
            child.env(name, value);
        }
    }
    child.env("KUBERNETES_EXEC_INFO", asked.to_string()).stdout(Stdio::piped());
    // What it says to a person on the terminal is that person's; anywhere else it could end up in a log.
    let talk = || if interactive { Stdio::inherit() } else { Stdio::null() };
    child.stdin(talk()).stderr(talk()).spawn().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => PluginProblem::NotInstalled,
        _ => PluginProblem::NotStarted(error),
    })
}

/// Waits until a plugin has closed its output and ended.
async fn end(child: &mut Child) -> io::Result<(ExitStatus, Zeroizing<Vec<u8>>)> {
    let (tell, told) = tokio::sync::oneshot::channel();
    if let Some(stdout) = child.stdout.take() {
        std::thread::spawn(move || {
            let mut output = Zeroizing::new(Vec::new());
            let read = stdout.take(MAX_OUTPUT_BYTES).read_to_end(&mut output);
            // Nobody listens any more where the plugin took too long.
            let _ = tell.send(read.map(|_| output));
        });
    }
    let output = told.await.map_err(io::Error::other)??;
    loop {
        match child.try_wait()? {
            Some(status) => return Ok((status, output)),
            None => tokio::time::sleep(POLL).await,
        }
    }
}

impl Credential {
    /// Reads an `ExecCredential`, which is JSON and may be YAML.
    fn read(output: &[u8]) -> Option<Self> {
        let text = str::from_utf8(output).ok()?;
        let value: Value = match serde_json::from_str(text) {
            Ok(value) => value,
            Err(_) => yaml::documents(text).ok()?.into_iter().next()?,
        };
        let status = &value["status"];
        let given = |name: &str| status[name].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
        let identity = given("clientCertificateData").zip(given("clientKeyData")).filter(|(chain, key)| {
            pem::certificates(chain.as_bytes()).is_ok() && pem::private_key(key.as_bytes()).is_ok()
        });
        let is_token = |token: &String| token.bytes().all(|byte| byte.is_ascii_graphic());
        let credential = Self { token: given("token").filter(is_token), identity };
        (credential.token.is_some() || credential.identity.is_some()).then_some(credential)
    }

    /// Puts this credential in the place of the plugin.
    pub(super) fn replace_plugin(self, user: &mut AuthInfo) {
        user.exec = None;
        user.token = self.token.map(Into::into);
        if let Some((certificate, key)) = self.identity {
            user.client_certificate_data = Some(STANDARD.encode(certificate));
            user.client_key_data = Some(STANDARD.encode(key).into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(output: &str, token: Option<&str>, has_identity: bool) {
        let credential = Credential::read(output.as_bytes());
        let seen = credential.as_ref().map(|it| (it.token.as_deref(), it.identity.is_some()));
        let expected = (token.is_some() || has_identity).then_some((token, has_identity));
        assert_eq!(seen, expected, "{output}");
    }

    #[test]
    fn credentials_are_read_as_kubectl_reads_them() {
        check(r#"{"kind":"ExecCredential","status":{"token":"abc"}}"#, Some("abc"), false);
        check("kind: ExecCredential\nstatus:\n  token: abc\n", Some("abc"), false);
        let block = |label: &str| format!("-----BEGIN {label}-----\nAAAA\n-----END {label}-----\n");
        let mut both = json!({"status": {
            "clientCertificateData": block("CERTIFICATE"), "clientKeyData": block("PRIVATE KEY"),
        }});
        check(&both.to_string(), None, true);
        both["status"]["token"] = json!("abc");
        check(&both.to_string(), Some("abc"), true);
    }

    #[test]
    fn anything_else_is_no_credential() {
        for output in [
            "",
            "abc",
            "{}",
            "[1]",
            r#"{"token":"abc"}"#,
            r#"{"status":{}}"#,
            r#"{"status":{"token":""}}"#,
            r#"{"status":{"token":7}}"#,
            r#"{"status":{"token":"a\nb"}}"#,
            r#"{"status":{"clientCertificateData":"a"}}"#,
            r#"{"status":{"clientCertificateData":"a","clientKeyData":"b"}}"#,
            "{{ template }}",
        ] {
            check(output, None, false);
        }
    }
}
