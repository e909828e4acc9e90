//! From the parts of a context, which were looked at already, to what kube makes a client from. It reads the files that
//! they name, and no environment.
//!
//! kube's own way there reads the proxies' variables itself, and gets them wrong; see `proxy`.

use crate::{certs::pem, observe::files};
use kube::config::{AuthInfo, Cluster, Context, ExecAuthCluster, KubeconfigError};
use std::path::Path;
use zeroize::Zeroizing;

/// A cluster in which an empty entry counts as none, as it does for kubectl.
pub(super) fn without_empty(cluster: &Cluster) -> Cluster {
    let mut cluster = cluster.clone();
    for entry in [
        &mut cluster.server,
        &mut cluster.certificate_authority,
        &mut cluster.certificate_authority_data,
        &mut cluster.tls_server_name,
        &mut cluster.proxy_url,
    ] {
        entry.take_if(|value| value.is_empty());
    }
    cluster
}

/// What kube makes a client from, without any proxy.
///
/// # Errors
/// Where the cluster has no server, or its authority cannot be read.
pub(super) fn config(
    context: &Context,
    cluster: &Cluster,
    user: AuthInfo,
) -> Result<kube::Config, KubeconfigError> {
    let server = cluster.server.as_deref().ok_or(KubeconfigError::MissingClusterUrl)?;
    let mut config = kube::Config::new(server.parse().map_err(KubeconfigError::ParseClusterUrl)?);
    if let Some(namespace) = &context.namespace {
        config.default_namespace.clone_from(namespace);
    }
    config.root_cert = roots(cluster)?;
    config.accept_invalid_certs = cluster.insecure_skip_tls_verify.unwrap_or(false);
    config.disable_compression = cluster.disable_compression.unwrap_or(false);
    config.tls_server_name.clone_from(&cluster.tls_server_name);
    config.auth_info = user;
    // kubectl takes the file before the token, and cuts off the end of its line, with which kube makes no header. A
    // file that cannot be used is left to kube.
    if let Some(token) = config.auth_info.token_file.as_deref().and_then(|path| token(path.as_ref())) {
        config.auth_info.token = Some(token.into());
        config.auth_info.token_file = None;
    }
    Ok(config)
}

fn roots(cluster: &Cluster) -> Result<Option<Vec<Vec<u8>>>, KubeconfigError> {
    // kube offers what it reads of the authority to plugins alone.
    let pem = ExecAuthCluster::try_from(cluster)?.certificate_authority_data;
    // An authority of no certificates trusts nobody, where none at all would trust what this machine trusts.
    Ok(pem.map(|pem| pem::certificates(&pem).unwrap_or_default().into_iter().map(|der| der.0).collect()))
}

fn token(path: &Path) -> Option<String> {
    let bytes = Zeroizing::new(files::bytes(path).ok()?);
    let token = str::from_utf8(&bytes).ok()?.trim();
    (!token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic())).then(|| token.to_owned())
}
