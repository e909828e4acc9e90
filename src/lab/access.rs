//! Who a request comes from, as the authenticators of Kubernetes find it out. What he may do is `rbac`'s matter.

use super::{cluster::Cluster, request::Ask};
use crate::rbac::Identity;
use rustls::pki_types::CertificateDer;
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// Which credentials a server looks at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Credentials {
    /// Client certificates of the cluster's authority.
    pub(super) certificates: bool,
    /// Tokens of service accounts.
    pub(super) tokens: bool,
    /// Nothing at all.
    pub(super) anonymous: bool,
}

/// A credential came and it is bad, or none came and one is needed. Nobody is told which.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unauthorized;

/// Finds out who asks: by his certificate, or by his token, or as nobody.
///
/// One good credential is enough; a bad one without a good one is an error even where nobody may come in.
/// Source: `k8s.io/apiserver/pkg/authentication/authenticatorfactory`.
pub(super) fn identify(
    cluster: &Cluster,
    ask: &Ask,
    looked_at: Credentials,
) -> Result<Identity, Unauthorized> {
    let mut bad = false;
    if looked_at.certificates
        && let Some((leaf, intermediates)) = ask.certificates.split_first()
    {
        match cluster.trust().judge(leaf, intermediates, cluster.clock().unix()) {
            Ok(()) => match subject(leaf) {
                Some(identity) => return Ok(identity),
                None => bad = true,
            },
            Err(_) => bad = true,
        }
    }
    if looked_at.tokens
        && let Some(token) = ask.bearer_token()
    {
        let audiences = [cluster.tokens().issuer().to_owned()];
        match cluster.tokens().look_up(token, &audiences, cluster.clock()) {
            Ok((account, _)) => return Ok(Identity::of_account(&account)),
            Err(_) => bad = true,
        }
    }
    if bad || !looked_at.anonymous { Err(Unauthorized) } else { Ok(Identity::anonymous()) }
}

/// The common name is the user, organizations are groups.
fn subject(leaf: &CertificateDer<'_>) -> Option<Identity> {
    let (_, certificate) = X509Certificate::from_der(leaf).ok()?;
    let subject = certificate.subject();
    let user = subject.iter_common_name().next()?.as_str().ok()?.to_owned();
    let groups =
        subject.iter_organization().filter_map(|group| group.as_str().ok()).map(str::to_owned).collect();
    Some(Identity::authenticated(user, groups))
}
