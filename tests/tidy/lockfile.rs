//! What may be in Cargo.lock: one crypto backend, and nothing from outside the registry.

use super::source::Violation;

/// The crypto backend of all of kube, rustls and rcgen.
const BACKEND: &str = "aws-lc-rs";

/// Others, and the wrappers around them.
const OTHER_BACKENDS: &[&str] = &["boring", "native-tls", "openssl", "openssl-sys", "ring"];

/// Entries that cargo writes although nothing builds them: `rustls-webpki` has a feature `ring?/alloc`, and cargo locks
/// the package behind such a feature whether or not anything turns it on (it comes back when it is deleted). Whoever
/// turns `ring` on is another package that depends on it, and is seen.
const NEVER_BUILT: &[(&str, &str)] = &[("rustls-webpki", "ring")];

/// One package of the lock file.
#[derive(Debug, Default)]
struct Package<'a> {
    name: &'a str,
    source: &'a str,
    line: usize,
    dependencies: Vec<&'a str>,
}

/// Second crypto backends and foreign sources.
pub(crate) fn violations(path: &str, text: &str) -> Vec<Violation> {
    let packages = packages(text);
    let mut violations = Vec::new();
    let backends = packages.iter().filter(|package| package.name == BACKEND).count();
    if backends != 1 {
        let message = format!(
            "holds {BACKEND} {backends} times, and exactly one crypto backend is meant: run `cargo tree -i {BACKEND}` and align the versions"
        );
        violations.push(Violation::new(path, 1, message));
    }
    for package in &packages {
        let name = package.name;
        if OTHER_BACKENDS.contains(&name) {
            let users = packages
                .iter()
                .filter(|user| user.dependencies.contains(&name) && !NEVER_BUILT.contains(&(user.name, name)))
                .map(|user| user.name)
                .collect::<Vec<_>>();
            let is_phantom = NEVER_BUILT.iter().any(|(_, phantom)| *phantom == name);
            if !users.is_empty() || !is_phantom {
                let users = users.join(", ");
                let message = format!(
                    "{name} is a second crypto backend, wanted by {users}: choose the feature for {BACKEND} there, as Cargo.toml does elsewhere"
                );
                violations.push(Violation::new(path, package.line, message));
            }
        }
        if !package.source.is_empty() && !package.source.starts_with("registry+") {
            let message =
                format!("{name} comes from {}: depend on a release of the registry", package.source);
            violations.push(Violation::new(path, package.line, message));
        }
    }
    violations
}

/// The lock file is written by cargo alone, one value a line, so that its lines can be read without a parser of TOML.
fn packages(text: &str) -> Vec<Package<'_>> {
    let mut packages: Vec<Package<'_>> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line == "[[package]]" {
            packages.push(Package { line: index + 1, ..Package::default() });
        }
        let Some(package) = packages.last_mut() else { continue };
        if let Some(name) = line.strip_prefix("name = ") {
            package.name = name.trim_matches('"');
        } else if let Some(source) = line.strip_prefix("source = ") {
            package.source = source.trim_matches('"');
        } else if let Some(dependency) = line.strip_prefix(" \"") {
            // A version follows the name where there are several.
            package
                .dependencies
                .push(dependency.trim_end_matches("\",").split(' ').next().unwrap_or_default());
        }
    }
    packages
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, dependencies: &[&str]) -> String {
        let dependencies: Vec<String> = dependencies.iter().map(|name| format!(" \"{name}\",\n")).collect();
        let dependencies = dependencies.concat();
        format!(
            "[[package]]\nname = \"{name}\"\nversion = \"1.0.0\"\nsource = \"registry+https://example.com/index\"\ndependencies = [\n{dependencies}]\n\n"
        )
    }

    fn check(packages: &[String], expected: &[&str]) {
        let seen: Vec<String> = violations("Cargo.lock", &packages.concat())
            .into_iter()
            .map(|violation| violation.message)
            .collect();
        assert_eq!(seen.len(), expected.len(), "{seen:#?}");
        for (seen, expected) in seen.iter().zip(expected) {
            assert!(seen.contains(expected), "{seen} lacks {expected}");
        }
    }

    #[test]
    fn sees_a_second_backend() {
        for name in OTHER_BACKENDS {
            let found = format!("{name} is a second crypto backend, wanted by rustls:");
            check(&[package(BACKEND, &[]), package(name, &[]), package("rustls", &[name])], &[&found]);
        }
        check(
            &[package(BACKEND, &[]), package("openssl-sys", &[])],
            &["openssl-sys is a second crypto backend"],
        );
    }

    #[test]
    fn tells_a_backend_that_is_only_locked_from_one_that_is_used() {
        let locked =
            [package(BACKEND, &[]), package("ring", &[]), package("rustls-webpki", &["ring 0.17.14"])];
        check(&locked, &[]);
        let used = [locked.concat(), package("rustls", &["ring", "rustls-webpki"])];
        check(&used, &["ring is a second crypto backend, wanted by rustls:"]);
    }

    #[test]
    fn sees_that_the_backend_is_missing_or_there_twice() {
        check(&[], &["aws-lc-rs 0 times"]);
        check(&[package(BACKEND, &[]), package(BACKEND, &[])], &["aws-lc-rs 2 times"]);
    }

    #[test]
    fn sees_a_source_that_is_no_registry() {
        let foreign = package("kube", &[]).replace("registry+https", "git+https");
        check(&[package(BACKEND, &[]), foreign], &["kube comes from git+https://example.com/index"]);
    }
}
