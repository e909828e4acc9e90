//! A component shows a certificate that ends in two days.

use super::Fault;
use crate::model::component::Component;

pub(super) static FAULT: Fault = Fault {
    id: "api-server-client-cert-expiring",
    check: "api-server-client-cert-expiring",
    distributions: &["kubeadm"],
    change: |spec| {
        for bound in ["345600", "604800", "2.592e+06", "7.776e+06", "1.5552e+07"] {
            let series = format!("apiserver_client_certificate_expiration_seconds_bucket{{le=\"{bound}\"}}");
            spec.samples.push((Component::ApiServer, series, "9000".to_owned()));
        }
    },
};
