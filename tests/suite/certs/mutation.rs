//! The readers of PEM and DER under damaged input: seeded, so that a failure can be repeated. They may refuse, and must not
//! panic, nor take long.

use super::shell::sh;
use crate::support::has;
use ctlmon::{
    certs::{
        authority::Authority,
        chain::issuer_among,
        inspect, key, pem, request,
        review::review,
        sighting::{KeySeen, Role, Sighting},
        verify::{Presented, offline},
    },
    model::{answer::Der, secret::Secret},
};
use jiff::Timestamp;
use std::{
    env, fs,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// How long where nothing is said.
const SECONDS: u64 = 10;

/// xorshift64*, which needs no crate.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound.max(1)).unwrap()).unwrap()
    }
}

fn damaged(random: &mut Random, bytes: &[u8], other: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len());
        match random.below(8) {
            0 => bytes.truncate(at),
            1 => bytes.insert(at, u8::try_from(random.below(256)).unwrap()),
            2 => bytes.extend_from_slice(&other[random.below(other.len())..]),
            3 => {
                let end = (at + random.below(64)).min(bytes.len());
                bytes.drain(at..end);
            }
            4 => {
                let end = (at + random.below(64)).min(bytes.len());
                let part = bytes[at..end].to_vec();
                bytes.splice(at..at, part);
            }
            // Lengths are where DER readers fall.
            5 => bytes
                .iter_mut()
                .skip(at)
                .take(1)
                .for_each(|byte| *byte = [0x80, 0x84, 0xff, 0x7f, 0][usize::from(*byte % 5)]),
            _ => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << (random.0 % 8)),
        }
    }
    bytes
}

fn corpus() -> Vec<Vec<u8>> {
    let folder = TempDir::new().unwrap();
    sh(
        folder.path(),
        "openssl genrsa -traditional -out 1.key 2048; openssl genpkey -algorithm ED25519 -out 2.key
         openssl ecparam -name prime256v1 -genkey -out 3.key; openssl ecparam -name secp521r1 -genkey -noout -out 4.key
         openssl pkcs8 -topk8 -iter 10 -in 1.key -passout pass:x -out 5.key
         openssl pkcs8 -topk8 -scrypt -scrypt_N 2 -in 3.key -passout pass:x -out 6.key
         openssl rsa -in 1.key -aes256 -passout pass:x -traditional -out 7.key
         openssl req -x509 -key 3.key -out 1.crt -subj '/O=a+O=b/CN=ca' -multivalue-rdn -addext keyUsage=keyCertSign
         openssl req -new -key 1.key -out 1.csr -subj /CN=x -addext subjectAltName=DNS:a,IP:192.0.2.1,email:a@b
         openssl x509 -req -in 1.csr -CA 1.crt -CAkey 3.key -CAcreateserial -copy_extensions copyall -out 2.crt
         openssl x509 -req -in 1.csr -CA 1.crt -CAkey 3.key -CAcreateserial -out 3.crt; cat 1.crt 2.crt 3.crt > 4.crt",
    );
    let mut files: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
        .iter()
        .filter(|path| path.extension().is_some_and(|end| end != "srl"))
        .map(|path| fs::read(path).unwrap())
        .collect()
}

/// Everything that reads, on one input; how many readers took it.
fn read(text: &[u8], anchors: &[Der], password: Option<&Secret<Vec<u8>>>, now: Timestamp) -> usize {
    let mut taken = 0;
    let chain = pem::certificates(text).unwrap_or_else(|_| vec![Der(text.to_vec())]);
    let sighting = |chain| Sighting {
        name: "a".to_owned(),
        place: "a".to_owned(),
        chain,
        key: KeySeen::Nothing,
        role: Role::Client,
    };
    for der in &chain {
        taken += usize::from(inspect(&der.0).is_ok());
        let _ = issuer_among(der, anchors);
    }
    taken += usize::from(review(&[sighting(chain.clone()), sighting(anchors.to_vec())], now).is_ok());
    let presented = Presented { chain: chain.clone(), public_key: None, anchors: anchors.to_vec() };
    taken += usize::from(offline(&presented, now).is_ok());
    taken += usize::from(request::read(text).is_ok());
    if let Ok(key) = key::read(text, password) {
        taken += 1;
        key.public_key().unwrap();
        taken += usize::from(Authority::choose(&chain, key, now).is_ok());
    }
    taken
}

#[test]
fn no_damage_makes_a_reader_panic_or_linger() {
    const TEST: &str = "no_damage_makes_a_reader_panic_or_linger";
    if !has(TEST, "openssl") {
        return;
    }
    let number = |name: &str| env::var(name).ok().and_then(|text| text.parse().ok());
    let seconds = number("CTLMON_MUTATION_SECONDS").unwrap_or(SECONDS);
    let seed = number("CTLMON_MUTATION_SEED").unwrap_or(0x5eed);
    let mut random = Random(seed | 1);
    let corpus = corpus();
    assert!(corpus.len() > 10);
    let anchors =
        pem::certificates(corpus.iter().find(|text| pem::certificates(text).is_ok()).unwrap()).unwrap();
    let inner: Vec<(String, Vec<u8>)> = corpus
        .iter()
        .flat_map(|text| pem::blocks(text).unwrap())
        .map(|block| (block.label.clone(), block.der.to_vec()))
        .collect();
    let password = Secret::new(b"x".to_vec());
    let now = Timestamp::now();
    for text in &corpus {
        assert!(
            read(text, &anchors, Some(&password), now) > 0
                || text.windows(9).any(|part| part == b"Proc-Type")
        );
    }
    let (begun, mut inputs, mut taken, mut slowest) = (Instant::now(), 0_u64, 0, Duration::ZERO);
    while begun.elapsed() < Duration::from_secs(seconds) {
        let text = if random.below(2) == 0 {
            let at = random.below(corpus.len());
            let other = random.below(corpus.len());
            damaged(&mut random, &corpus[at], &corpus[other])
        } else {
            // Whole armour around damaged content reaches the readers of DER.
            let at = random.below(inner.len());
            let other = random.below(inner.len());
            let der = damaged(&mut random, &inner[at].1, &inner[other].1);
            pem::encode(&inner[at].0, &der).expose().clone().into_bytes()
        };
        // A password costs what the damaged key says that it costs.
        let with = (random.below(20) == 0).then_some(&password);
        let one = Instant::now();
        taken += u64::from(read(&text, &anchors, with, now) > 0);
        slowest = slowest.max(one.elapsed());
        inputs += 1;
    }
    println!(
        "{inputs} inputs in {seconds} s from seed {seed}, {taken} of them read, the slowest in {slowest:?}"
    );
    assert!(inputs > 100 && taken > 0);
    assert!(slowest < Duration::from_secs(30), "{slowest:?}");
}
