//! The limits of a run as options: time, bytes, concurrency.

use crate::observe::Limits;
use clap::Args;
use std::time::Duration;

#[derive(Debug, Args)]
#[command(next_help_heading = "Limits")]
pub(super) struct LimitArgs {
    /// How long the whole run may take, such as 90s or 2m
    #[arg(long, value_name = "DURATION", default_value = "60s", value_parser = duration)]
    timeout: Duration,
    /// How long one request or probe may take
    #[arg(long, value_name = "DURATION", default_value = "9s", value_parser = duration)]
    request_timeout: Duration,
    /// How many requests and probes are under way at once
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = clap::value_parser!(u16).range(1..))]
    concurrency: u16,
    /// How many bytes of one body are read, such as 32Mi
    #[arg(long, value_name = "BYTES", default_value = "32Mi", value_parser = bytes)]
    max_body: u64,
}

impl LimitArgs {
    pub(super) const fn limits(&self) -> Limits {
        Limits {
            run: self.timeout,
            request: self.request_timeout,
            concurrency: self.concurrency as usize,
            body: self.max_body,
        }
    }
}

/// Reads `500ms`, `10s`, `2m`, `1h`, or a number of seconds.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let cut = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(cut);
    let number: u64 = number.parse().map_err(|_| "expected a number with a unit, such as 10s".to_owned())?;
    let duration = match unit {
        "ms" => Duration::from_millis(number),
        "" | "s" => Duration::from_secs(number),
        "m" => Duration::from_secs(number.saturating_mul(60)),
        "h" => Duration::from_secs(number.saturating_mul(3600)),
        _ => return Err(format!("unknown unit \"{unit}\", expected ms, s, m or h")),
    };
    if duration.is_zero() || duration > Duration::from_secs(24 * 3600) {
        return Err("expected more than nothing and at most 24h".to_owned());
    }
    Ok(duration)
}

/// Reads `1048576`, `512Ki`, `32Mi` or `1Gi`.
fn bytes(text: &str) -> Result<u64, String> {
    let cut = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(cut);
    let factor = match unit {
        "" => 1,
        "Ki" => 1024,
        "Mi" => 1024 * 1024,
        "Gi" => 1024 * 1024 * 1024,
        _ => return Err(format!("unknown unit \"{unit}\", expected Ki, Mi or Gi")),
    };
    let number: u64 = number.parse().map_err(|_| "expected a number of bytes, such as 32Mi".to_owned())?;
    number
        .checked_mul(factor)
        .filter(|bytes| *bytes > 0)
        .ok_or_else(|| "expected more than nothing".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_kubectl_writes_them() {
        for (text, expected) in [
            ("10s", Some(10_000)),
            ("2m", Some(120_000)),
            ("500ms", Some(500)),
            ("7", Some(7_000)),
            ("0s", None),
            ("", None),
            ("s", None),
            ("10 s", None),
            ("-1s", None),
            ("99999999999999999999s", None),
        ] {
            assert_eq!(duration(text).ok().map(|d| d.as_millis()), expected, "{text}");
        }
    }

    #[test]
    fn bytes_are_read_as_kubernetes_writes_them() {
        for (text, expected) in
            [("32Mi", Some(33_554_432)), ("7", Some(7)), ("1GB", None), ("0", None), ("", None)]
        {
            assert_eq!(bytes(text).ok(), expected, "{text}");
        }
    }
}
