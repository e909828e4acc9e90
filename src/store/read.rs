//! Certificates with their keys, out of a file, a folder or standard input. A folder is never followed out of itself.
#![expect(clippy::disallowed_methods, reason = "the edge where named files and folders are read")]

use crate::{
    certs::{
        inspect::{fingerprint, inspect},
        key::{self, PrivateKey},
        pem::{self, PemError},
        sighting::{KeySeen, Role, Sighting, Unread},
    },
    model::answer::Der,
    observe::files::{bytes, reason},
    yaml,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;
use std::{
    fmt, fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// How deep folders are looked into. kubeadm's PKI is two deep below `/etc/kubernetes`.
const MAX_DEPTH: usize = 4;

/// How many files of a folder are looked into.
const MAX_FILES: usize = 2000;

/// How many bytes of standard input are read.
const MAX_BYTES: u64 = 1024 * 1024;

/// Names that certificates have; only these are missed where they cannot be read.
const CERTIFICATES: [&str; 5] = ["crt", "pem", "cer", "cert", "conf"];

/// Why what was named could not be read.
#[derive(Debug)]
pub struct ReadError {
    place: String,
    cause: Cause,
}

#[derive(Debug)]
enum Cause {
    Read(io::Error),
    Pem(PemError),
    Nothing,
    TooMany,
}

/// Certificates that were found together.
#[derive(Debug, Default)]
pub struct Found {
    /// The certificates; those of a folder sorted by name.
    pub sightings: Vec<Sighting>,
    /// What could not be read.
    pub unread: Vec<Unread>,
}

/// The certificates of a file or a folder.
///
/// # Errors
/// Where it cannot be read, or holds no certificate.
pub fn look(path: &Path) -> Result<Found, ReadError> {
    let failed = |cause| ReadError { place: path.display().to_string(), cause };
    let found = fs::metadata(path).map_err(|error| failed(Cause::Read(error)))?;
    if found.is_dir() {
        return folder(path);
    }
    let text = Zeroizing::new(bytes(path).map_err(|error| failed(Cause::Read(error)))?);
    let mut sighting = match sighting(path, &text) {
        Some(Ok(sighting)) => sighting,
        Some(Err(error)) => return Err(failed(Cause::Pem(error))),
        None => return Err(failed(Cause::Pem(PemError::Nothing("CERTIFICATE")))),
    };
    if sighting.key == KeySeen::Nothing {
        sighting.key = key_beside(path);
    }
    Ok(Found { sightings: vec![Sighting { role: Role::Client, ..sighting }], unread: Vec::new() })
}

/// The certificates of standard input.
///
/// # Errors
/// Where there is none.
pub fn look_at_stdin() -> Result<Found, ReadError> {
    let place = || "standard input".to_owned();
    let mut text = Zeroizing::new(Vec::with_capacity(64 * 1024));
    let read = io::stdin().lock().take(MAX_BYTES).read_to_end(&mut text);
    read.map_err(|error| ReadError { place: place(), cause: Cause::Read(error) })?;
    let chain =
        pem::certificates(&text).map_err(|error| ReadError { place: place(), cause: Cause::Pem(error) })?;
    let key =
        if pem::has_block(&text, "PRIVATE KEY") { key_seen(&place(), &text, None) } else { KeySeen::Nothing };
    let sighting = Sighting { name: "-".to_owned(), place: place(), chain, key, role: Role::Client };
    Ok(Found { sightings: vec![sighting], unread: Vec::new() })
}

fn folder(root: &Path) -> Result<Found, ReadError> {
    let failed = |cause| ReadError { place: root.display().to_string(), cause };
    let mut files = Vec::new();
    let mut found = Found::default();
    let listed = list(root, 0, &mut files, &mut found.unread);
    listed.map_err(|error| failed(Cause::Read(error)))?;
    if files.len() > MAX_FILES {
        return Err(failed(Cause::TooMany));
    }
    files.sort();
    for path in &files {
        let text = match bytes(path) {
            Ok(text) => Zeroizing::new(text),
            Err(error) => {
                if path.extension().is_some_and(|end| CERTIFICATES.iter().any(|known| end == *known)) {
                    let place = path.display().to_string();
                    found.unread.push(Unread { place, why: reason(&error) });
                }
                continue;
            }
        };
        match sighting(path, &text) {
            Some(Ok(mut sighting)) => {
                sighting.name = name(root, path);
                if sighting.key == KeySeen::Nothing {
                    sighting.key = key_beside(path);
                }
                found.sightings.push(sighting);
            }
            Some(Err(error)) => {
                found.unread.push(Unread { place: path.display().to_string(), why: error.to_string() });
            }
            None => {}
        }
    }
    found.sightings.sort_by(|left, right| left.name.cmp(&right.name));
    if found.sightings.is_empty() && found.unread.is_empty() {
        Err(failed(Cause::Nothing))
    } else {
        Ok(found)
    }
}

/// Adds the files of a folder. A link to a file counts as that file, as kubelets and mounted Secrets have them; a link to
/// a folder would let a walk go round in circles, and is passed over.
fn list(folder: &Path, depth: usize, files: &mut Vec<PathBuf>, unread: &mut Vec<Unread>) -> io::Result<()> {
    let mut entries: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(folder)?.take(MAX_FILES + 1) {
        entries.push(entry?.path());
    }
    entries.sort();
    for path in entries {
        if files.len() > MAX_FILES {
            break;
        }
        let is_link = fs::symlink_metadata(&path).is_ok_and(|found| found.is_symlink());
        let Ok(found) = fs::metadata(&path) else { continue };
        if found.is_file() {
            files.push(path);
        } else if found.is_dir()
            && !is_link
            && depth < MAX_DEPTH
            // What kubelet calls so is what the links beside it lead to.
            && !path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b".."))
            && let Err(error) = list(&path, depth + 1, files, unread)
        {
            unread.push(Unread { place: path.display().to_string(), why: reason(&error) });
        }
    }
    Ok(())
}

/// The certificates in a file's text; `None` where it does not look as if it had any.
fn sighting(path: &Path, text: &[u8]) -> Option<Result<Sighting, PemError>> {
    let place = path.display().to_string();
    let mode = mode(path);
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let seen = |chain, key| Sighting { name, place: place.clone(), chain, key, role: Role::Any };
    if pem::has_block(text, "CERTIFICATE") {
        let key =
            if pem::has_block(text, "PRIVATE KEY") { key_seen(&place, text, mode) } else { KeySeen::Nothing };
        return Some(pem::certificates(text).map(|chain| seen(chain, key)));
    }
    if contains(text, b"client-certificate-data") {
        let (chain, key) = of_kubeconfig(text)?;
        let key = key.map_or(KeySeen::Nothing, |text| key_seen(&place, &text, mode));
        return Some(Ok(seen(chain, key)));
    }
    // openssl writes DER where it is told to.
    if inspect(text).is_ok() {
        return Some(Ok(seen(vec![Der(text.to_vec())], KeySeen::Nothing)));
    }
    None
}

/// The key beside a kubeconfig's certificate.
type OwnKey = Option<Zeroizing<Vec<u8>>>;

/// The certificate and the key that a kubeconfig's current user, or else its first, carries inside.
fn of_kubeconfig(text: &[u8]) -> Option<(Vec<Der>, OwnKey)> {
    let config = yaml::documents(std::str::from_utf8(text).ok()?).ok()?.into_iter().next()?;
    let named = |list: &str, name: &Value| {
        config[list].as_array()?.iter().find(|entry| entry["name"] == *name).cloned()
    };
    let user = named("contexts", &config["current-context"])
        .and_then(|context| named("users", &context["context"]["user"]))
        .or_else(|| config["users"].get(0).cloned())?;
    let part = |name: &str| STANDARD.decode(user["user"][name].as_str()?).ok().map(Zeroizing::new);
    Some((pem::certificates(&part("client-certificate-data")?).ok()?, part("client-key-data")))
}

/// The key that lies beside a certificate under the name that kubeadm, k3s or Rancher would give it.
fn key_beside(path: &Path) -> KeySeen {
    let beside =
        key_paths(path).into_iter().find(|path| fs::metadata(path).is_ok_and(|found| found.is_file()));
    let Some(path) = beside else { return KeySeen::Nothing };
    let (place, mode) = (path.display().to_string(), mode(&path));
    match bytes(&path) {
        Ok(text) => key_seen(&place, &Zeroizing::new(text), mode),
        Err(error) => KeySeen::Unread { place, why: reason(&error), mode },
    }
}

/// Where the key of the certificate in a file may lie.
fn key_paths(path: &Path) -> Vec<PathBuf> {
    let Some(stem) = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()) else {
        return Vec::new();
    };
    let names = [
        format!("{stem}.key"),
        format!("{stem}-key.pem"),
        format!("{stem}.key.pem"),
        format!("{}-key.pem", stem.trim_end_matches(".cert").trim_end_matches("-cert")),
    ];
    names.into_iter().map(|name| path.with_file_name(name)).filter(|key| key != path).collect()
}

fn key_seen(place: &str, text: &[u8], mode: Option<u32>) -> KeySeen {
    let place = place.to_owned();
    match key::read(text, None).and_then(|key: PrivateKey| key.public_key().map_err(PemError::Key)) {
        Ok(public) => KeySeen::Read { place, public_key: fingerprint(&public), mode },
        Err(error) => KeySeen::Unread { place, why: error.to_string(), mode },
    }
}

/// The permission bits of a file, a link being the file that it leads to.
fn mode(path: &Path) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).ok().filter(fs::Metadata::is_file).map(|found| found.permissions().mode() & 0o7777)
}

/// What kubeadm calls the certificate of a file: its path in the PKI with dashes, without what all of them have.
fn name(root: &Path, path: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    let below = below.strip_prefix("pki").unwrap_or(below).display().to_string();
    let bare = ["crt", "pem", "cer", "cert"].iter().find_map(|end| below.strip_suffix(&format!(".{end}")));
    bare.unwrap_or(&below).replace('/', "-")
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, cause } = self;
        match cause {
            Cause::Read(error) if error.kind() == io::ErrorKind::FileTooLarge => {
                write!(f, "{place} is larger than {MAX_BYTES} bytes, where certificates were expected")
            }
            Cause::Read(error) => {
                write!(f, "cannot read {place}, where certificates were expected: {}", reason(error))
            }
            Cause::Pem(error) => write!(f, "{place} does not hold PEM certificates: {error}"),
            Cause::Nothing => write!(f, "{place} holds no file with certificates, {MAX_DEPTH} folders deep"),
            Cause::TooMany => {
                write!(f, "{place} holds more than {MAX_FILES} files: name a folder of certificates alone")
            }
        }
    }
}

impl std::error::Error for ReadError {}
