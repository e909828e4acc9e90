//! A request as the servers see it, read to its end. It knows no server.

use bytes::Bytes;
use http::{HeaderMap, Method, Uri, header};
use rustls::pki_types::CertificateDer;

/// One request.
pub(super) struct Ask {
    pub(super) method: Method,
    /// Path and query as they came.
    pub(super) target: String,
    /// The path, decoded.
    pub(super) path: String,
    /// The query's pairs, decoded.
    pub(super) query: Vec<(String, String)>,
    pub(super) headers: HeaderMap,
    /// The certificates that the client presented, its own first.
    pub(super) certificates: Vec<CertificateDer<'static>>,
    pub(super) body: Bytes,
}

impl Ask {
    /// Takes a request's parts together.
    pub(super) fn new(
        method: Method,
        uri: &Uri,
        headers: HeaderMap,
        certificates: Vec<CertificateDer<'static>>,
        body: Bytes,
    ) -> Self {
        let query = uri
            .query()
            .unwrap_or_default()
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .map(|(key, value)| (decode(&key.replace('+', " ")), decode(&value.replace('+', " "))))
            .collect();
        let target = uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string);
        Self { method, target, path: decode(uri.path()), query, headers, certificates, body }
    }

    /// The first value of a query parameter, where it is not empty.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
            .filter(|text| !text.is_empty())
    }

    /// A header that is text.
    pub(super) fn header(&self, name: header::HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The bearer token, read as Kubernetes reads it: an empty one, or another scheme, is no token at all.
    ///
    /// Source: `k8s.io/apiserver/pkg/authentication/request/bearertoken`.
    pub(super) fn bearer_token(&self) -> Option<&str> {
        let mut parts = self.header(header::AUTHORIZATION)?.trim().splitn(3, ' ');
        let scheme = parts.next()?;
        let token = parts.next()?;
        (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
    }

    /// Whether JSON is indented for whoever asks: for browsers and command-line tools, or as he says himself.
    ///
    /// Source: `isPrettyPrint` in `k8s.io/apiserver`.
    pub(super) fn wants_indented(&self) -> bool {
        if let Some(said) = self.parameter("pretty") {
            return ["1", "t", "T", "true", "True", "TRUE"].contains(&said);
        }
        let agent = self.header(header::USER_AGENT).unwrap_or_default();
        ["curl", "Wget", "Mozilla/5.0"].iter().any(|start| agent.starts_with(start))
    }
}

/// Undoes percent-encoding; what is not valid afterwards is replaced.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, further)) = rest.split_first() {
        let escaped = (first == b'%')
            .then(|| further.get(..2))
            .flatten()
            .and_then(|digits| str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(escaped.unwrap_or(first));
        rest = if escaped.is_some() { &further[2..] } else { further };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(uri: &str, headers: &[(header::HeaderName, &str)]) -> Ask {
        let headers = headers.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect();
        Ask::new(Method::GET, &uri.parse().unwrap(), headers, Vec::new(), Bytes::new())
    }

    #[test]
    fn queries_and_paths_are_decoded() {
        let ask = ask("/a%20b?labelSelector=a+in+%28b%2Cc%29&limit=&x", &[]);
        assert_eq!(ask.path, "/a b");
        assert_eq!(ask.parameter("labelSelector"), Some("a in (b,c)"));
        assert_eq!(ask.parameter("limit"), None);
        assert_eq!(decode("100%"), "100%");
        assert_eq!(decode("%zz"), "%zz");
    }

    #[test]
    fn tokens_are_read_as_kubernetes_reads_them() {
        for (header, token) in [
            ("Bearer abc", Some("abc")),
            ("bearer abc", Some("abc")),
            ("Bearer abc def", Some("abc")),
            ("Bearer", None),
            ("Bearer ", None),
            ("Bearer  abc", None),
            ("Basic YWRtaW46YWRtaW4=", None),
        ] {
            assert_eq!(ask("/", &[(header::AUTHORIZATION, header)]).bearer_token(), token, "{header:?}");
        }
    }

    #[test]
    fn people_get_indented_answers() {
        assert!(ask("/", &[(header::USER_AGENT, "curl/8.5.0")]).wants_indented());
        assert!(!ask("/", &[(header::USER_AGENT, "Go-http-client/1.1")]).wants_indented());
        assert!(!ask("/?pretty=0", &[(header::USER_AGENT, "curl/8.5.0")]).wants_indented());
        assert!(ask("/?pretty=true", &[]).wants_indented());
    }
}
