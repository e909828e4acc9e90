//! The beginning of a text that a server sent, fit to be shown and recorded. It must not let a secret through.
//!
//! Long runs that mix letters and digits are taken for secrets. Names do the same (`kube-scheduler-cp1`), so
//! where only names stand (in URLs, paths and user names) parts that read as words are kept.

/// How many bytes of a text are kept. The longest Status of an API server seen has about 400.
pub const MAX_EXCERPT_BYTES: usize = 512;
/// From how many characters on a run that mixes letters and digits is taken for a secret.
const TOKEN_LENGTH: usize = 20;
/// How much of a secret that was cut off may stay: too little to be of use.
const HARMLESS_LENGTH: usize = 7;
/// What stands for a secret.
const BLANKED: &str = "[blanked]";

/// The beginning of a text on one line, with everything blanked that could be a secret.
///
/// `cut` says that the text goes on where it is not seen, so that its last word may be the beginning of a secret.
pub fn excerpt(text: &str, cut: bool) -> String {
    let text: String = text.chars().map(|char| if is_unprintable(char) { ' ' } else { char }).collect();
    let mut text = text.trim();
    let tail = text.len() - text.trim_end_matches(is_run).len();
    let hidden = cut && tail > HARMLESS_LENGTH;
    if hidden {
        text = &text[..text.len() - tail];
    }
    let mut blanked = blank(text);
    if hidden {
        blanked.push_str(BLANKED);
    }
    let end = (0..=MAX_EXCERPT_BYTES).rev().find(|end| blanked.is_char_boundary(*end)).unwrap_or(0);
    blanked.truncate(end);
    blanked.truncate(blanked.trim_end().len());
    blanked
}

/// Control characters, and those that make a terminal show something else than what is there.
fn is_unprintable(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// What secrets are written with: base64 in both alphabets, hex, and what joins their parts.
const fn is_run(char: char) -> bool {
    char.is_ascii_alphanumeric() || matches!(char, '+' | '/' | '=' | '_' | '.' | '-')
}

fn blank(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if let Some(length) = url(rest) {
            blank_url(&rest[..length], &mut out);
            length
        } else if rest.starts_with("system:") {
            let length = length_while(rest, |char| is_run(char) || matches!(char, ':' | '@'));
            blank_parts(&rest[..length], ':', &mut out);
            length
        } else if is_run(first) {
            let length = run(rest);
            blank_run(&rest[..length], &mut out);
            length
        } else {
            out.push(first);
            first.len_utf8()
        };
        let (done, after) = rest.split_at(length);
        rest = after;
        if ends_in_bearer(done) {
            rest = blank_credential(rest, &mut out);
        }
    }
    out
}

/// How long the run is: up to a character of another kind, or to a URL or user name within, as in `user=system:x`.
fn run(rest: &str) -> usize {
    let length = length_while(rest, is_run);
    let starts = |place: &usize| {
        let joined = rest[..*place].ends_with(|char: char| char.is_ascii_alphanumeric());
        !joined && (rest[*place..].starts_with("system:") || url(&rest[*place..]).is_some())
    };
    (1..length).find(starts).unwrap_or(length)
}

fn blank_run(run: &str, out: &mut String) {
    let is_path = run.starts_with('/') && reads_as_words(run);
    if is_web_token(run) || (is_token(run) && !is_path) {
        out.push_str(BLANKED);
    } else {
        out.push_str(run);
    }
}

/// Blanks the parts that are secrets, where names are expected.
fn blank_parts(text: &str, between: char, out: &mut String) {
    for (index, part) in text.split(between).enumerate() {
        if index > 0 {
            out.push(between);
        }
        let secret = is_web_token(part) || (is_token(part) && !reads_as_words(part));
        out.push_str(if secret { BLANKED } else { part });
    }
}

/// How long the URL is that the text begins with.
fn url(text: &str) -> Option<usize> {
    let scheme = ["https://", "http://"].into_iter().find(|scheme| {
        text.as_bytes().get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme.as_bytes()))
    })?;
    let after = &text[scheme.len()..];
    let ends = |char: char| char.is_whitespace() || "\"'`<>\\(){},;".contains(char);
    Some(scheme.len() + length_while(after, |char| !ends(char)))
}

/// Keeps scheme, host and path. Queries and user names are where URLs carry secrets.
fn blank_url(url: &str, out: &mut String) {
    let end = url.find(['?', '#']).unwrap_or(url.len());
    let (base, query) = url.split_at(end);
    let (scheme, after) = base.split_at(base.find("//").map_or(0, |place| place + 2));
    let (authority, path) = after.split_at(after.find('/').unwrap_or(after.len()));
    out.push_str(scheme);
    match authority.rsplit_once('@') {
        Some((_, host)) => {
            out.push_str(BLANKED);
            out.push('@');
            out.push_str(host);
        }
        None => out.push_str(authority),
    }
    blank_parts(path, '/', out);
    if let Some(mark) = query.chars().next() {
        out.push(mark);
        if query.len() > 1 {
            out.push_str(BLANKED);
        }
    }
}

fn ends_in_bearer(text: &str) -> bool {
    const SCHEME: &str = "bearer";
    let Some(start) = text.len().checked_sub(SCHEME.len()) else { return false };
    let (before, word) = text.as_bytes().split_at(start);
    word.eq_ignore_ascii_case(SCHEME.as_bytes()) && !before.last().is_some_and(u8::is_ascii_alphanumeric)
}

/// Blanks the word after `Bearer`, unless people speak about bearer tokens, and gives the rest.
fn blank_credential<'a>(text: &'a str, out: &mut String) -> &'a str {
    const SPOKEN_OF: [&str; 5] = ["token", "tokens", "auth", "authentication", "authorization"];
    let blanks = length_while(text, |char| char == ' ');
    let (space, after) = text.split_at(blanks);
    let length = length_while(after, |char| !char.is_whitespace() && !"\"'`<>\\(){}[],;".contains(char));
    let (word, rest) = after.split_at(length);
    let plain = word.trim_end_matches(['.', ':']).to_ascii_lowercase();
    if blanks == 0 || word.is_empty() || SPOKEN_OF.contains(&plain.as_str()) {
        return text;
    }
    out.push_str(space);
    out.push_str(BLANKED);
    rest
}

fn is_token(run: &str) -> bool {
    run.len() >= TOKEN_LENGTH
        && run.bytes().any(|byte| byte.is_ascii_digit())
        && run.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// Whether it holds a JSON web token, or the beginning of one: `eyJ` is `{"` in base64.
fn is_web_token(run: &str) -> bool {
    run.match_indices("eyJ").any(|(place, _)| {
        let joined = run[..place].ends_with(|char: char| char.is_ascii_alphanumeric());
        !joined && run.len() - place > HARMLESS_LENGTH
    })
}

/// Whether it is made of words as names are: `authorization.k8s.io`, `ip-10-0-1-23.eu-west-1.compute.internal`.
fn reads_as_words(text: &str) -> bool {
    let is_part = |part: &str| {
        let letters = part.trim_end_matches(|char: char| char.is_ascii_digit());
        let digits = part.len() - letters.len();
        let lower = |text: &str| text.bytes().all(|byte| byte.is_ascii_lowercase());
        let short = part.len() <= 4 && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        short || (digits <= 3 && lower(letters))
    };
    let is_word = |part: &str| part.len() > 2 && part.bytes().all(|byte| byte.is_ascii_lowercase());
    let mut parts = text.split(['/', '-', '.', '_']);
    parts.clone().any(is_word) && parts.all(is_part)
}

fn length_while(text: &str, keep: impl Fn(char) -> bool) -> usize {
    text.find(|char| !keep(char)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::{MAX_EXCERPT_BYTES, excerpt};

    fn check(text: &str, expected: &str) {
        assert_eq!(excerpt(text, false), expected, "{text}");
    }

    /// What must be readable as it is.
    fn keeps(text: &str) {
        check(text, text);
    }

    #[test]
    fn what_real_components_answer_stays_readable() {
        keeps(
            r#"{ "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": "forbidden: User \"system:anonymous\" cannot get path \"/metrics\"", "reason": "Forbidden", "details": {}, "code": 403 }"#,
        );
        keeps(
            r#"{"message":"forbidden: User \"system:serviceaccount:datadog:agent\" cannot get path \"/metrics\""}"#,
        );
        keeps(
            "Forbidden (user=system:serviceaccount:datadog-monitoring:cluster-checks-runner1, verb=get, resource=nodes, subresource(s)=[metrics])",
        );
        keeps("Client sent an HTTP request to an HTTPS server.");
        keeps("[invalid bearer token, service account token has expired]");
        keeps(
            "x509: certificate has expired: current time 2026-11-21T07:28:14.123456789+09:00 is after 2025-11-21",
        );
        keeps("dial tcp 10.77.0.10:6443: connect: connection refused");
        keeps("lookup kube-scheduler.kube-system.svc.cluster.local: no such host");
        keeps("open /var/lib/kubelet/pki/kubelet-client-current1.pem: no such file");
        keeps(r#"User "system:node:ip-10-0-1-23.eu-west-1.compute.internal" cannot get"#);
        keeps("[+]poststarthook/start-apiextensions-controllers ok");
    }

    #[test]
    fn urls_keep_all_but_what_may_be_secret() {
        keeps(r#"Post "https://10.77.0.10:6443/apis/authorization.k8s.io/v1/subjectaccessreviews": EOF"#);
        check(
            r#"Post "https://10.77.0.10:6443/apis/authorization.k8s.io/v1/subjectaccessreviews?timeout=10s": EOF"#,
            r#"Post "https://10.77.0.10:6443/apis/authorization.k8s.io/v1/subjectaccessreviews?[blanked]": EOF"#,
        );
        check("url=https://a:b@host/x", "url=https://[blanked]@host/x");
        check("see HTTPS://host/a#token=x1", "see HTTPS://host/a#[blanked]");
        check("https://[::1]:10250/pods?", "https://[::1]:10250/pods?");
        check(
            "https://hooks.example.com/T00000000/0123456789abcdefABCDEF0123",
            "https://hooks.example.com/T00000000/[blanked]",
        );
        check("//0123456789abcdefABCDEF01/x", "[blanked]");
    }

    #[test]
    fn secrets_are_blanked() {
        check("key 0123456789abcdef0123, then", "key [blanked], then");
        check("key abcdefghijklmnopqrs1", "key [blanked]");
        keeps("key abcdefghijklmnopqr1");
        keeps("key abcdefghijklmnopqrstuvwxyz 12345678901234567890");
        check("AbCdEf+/0123456789== .", "[blanked] .");
        check("password=abcdefghijklmnop1234;", "[blanked];");
        check("token=eyJhbGciOi", "[blanked]");
        check("\"eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrIn0.c2ln\"", "\"[blanked]\"");
        check("system:eyJhbGciOiJSUzI1NiJ9", "system:[blanked]");
        check("system:0123456789abcdef0123456789abcdef", "system:[blanked]");
        check("abcdef.0123456789abcdef", "[blanked]");
        check("canary-token-value-1", "[blanked]");
        check("ABCD-1234-EFGH-5678-IJKL", "[blanked]");
    }

    #[test]
    fn bearer_credentials_are_blanked_whatever_they_look_like() {
        check("Authorization: Bearer xxx", "Authorization: Bearer [blanked]");
        check(r#"{"header":"bearer  hunter2","a":1}"#, r#"{"header":"bearer  [blanked]","a":1}"#);
        check("BEARER\tx~y: no", "BEARER [blanked] no");
        check("auth=Bearer a", "auth=Bearer [blanked]");
        keeps("Bearer tokens. Bearer authentication: Bearer");
        keeps("forbearer x");
    }

    #[test]
    fn control_characters_cannot_reach_a_terminal() {
        check("\u{1b}[31mred\u{7}\r\n\u{9b}x\u{202e}y", "[31mred    x y");
        check(" \n a \n", "a");
    }

    #[test]
    fn it_is_short_and_ends_between_two_characters() {
        let text = excerpt(&"é".repeat(400), false);
        assert_eq!(text.len(), MAX_EXCERPT_BYTES);
        let text = excerpt(&format!("x{}", "é".repeat(400)), false);
        assert_eq!(text.len(), MAX_EXCERPT_BYTES - 1);
        // Blanked first and cut then: the other way round, the end of a secret would be too short to be noticed.
        let text = excerpt(&format!("{} 0123456789abcdef0123456789", "a ".repeat(250)), false);
        assert!(text.ends_with("a  [blanked]"), "{text}");
    }

    #[test]
    fn the_beginning_of_a_secret_is_a_secret() {
        assert_eq!(excerpt("the key is 0123456789abc", true), "the key is [blanked]");
        assert_eq!(excerpt("the key is 0123456", true), "the key is 0123456");
        assert_eq!(excerpt("the key is 0123456789abc", false), "the key is 0123456789abc");
        assert_eq!(excerpt("Bearer abc", true), "Bearer [blanked]");
        assert_eq!(excerpt("Bearer abcdefghi", true), "Bearer [blanked]");
    }

    #[test]
    fn any_text_has_an_excerpt() {
        for text in [
            "",
            "system:",
            "https://",
            "http://?",
            "Bearer ",
            "bearer",
            "eyJ",
            "/",
            "é",
            "https://@/?#",
            "==",
        ] {
            assert!(excerpt(text, true).len() <= MAX_EXCERPT_BYTES);
            assert!(excerpt(text, false).len() <= MAX_EXCERPT_BYTES);
        }
    }
}
