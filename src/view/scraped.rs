//! The samples of an instance's metrics that were kept, as numbers. What they mean is judged elsewhere.

use super::{Instance, View};
use crate::model::{
    answer::{BodyKind, MetricsSeen, ProbeRecord},
    question::ProbeSpec,
};
use std::collections::BTreeMap;

/// The metrics that an instance served, with the probe that got them.
#[derive(Clone, Copy, Debug)]
pub struct Scraped<'a> {
    /// The probe.
    pub spec: &'a ProbeSpec,
    /// What happened to it.
    pub record: &'a ProbeRecord,
    metrics: &'a MetricsSeen,
}

impl<'a> View<'a> {
    /// The metrics of an instance, where it served any.
    #[must_use]
    pub fn scraped(&self, instance: &Instance) -> Option<Scraped<'a>> {
        let (spec, record) = self.best(instance)?;
        match &record.http.as_ref()?.body.kind {
            BodyKind::Metrics(metrics) if record.served_metrics() => Some(Scraped { spec, record, metrics }),
            _ => None,
        }
    }
}

impl<'a> Scraped<'a> {
    /// The samples of a name: labels and value.
    pub fn samples(&self, name: &str) -> impl Iterator<Item = (&'a BTreeMap<String, String>, f64)> {
        let named = self.metrics.kept.iter().filter(move |sample| sample.name == name);
        named.filter_map(|sample| Some((&sample.labels, sample.value.parse().ok()?)))
    }

    /// The one value of a name that has no labels.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<f64> {
        self.samples(name).next().map(|(_, value)| value)
    }

    /// A quantile of a histogram by its buckets, estimated as Prometheus does: evenly within a bucket. `None` where nothing
    /// was counted.
    #[must_use]
    pub fn quantile(&self, bucket: &str, quantile: f64) -> Option<f64> {
        let mut buckets: Vec<(f64, f64)> = self
            .samples(bucket)
            .filter_map(|(labels, count)| Some((labels.get("le")?.parse().ok()?, count)))
            .collect();
        buckets.sort_by(|a, b| a.0.total_cmp(&b.0));
        let total = buckets.last().filter(|(bound, count)| bound.is_infinite() && *count > 0.0)?.1;
        let wanted = quantile * total;
        let (mut below, mut counted) = (0.0, 0.0);
        for (bound, count) in buckets {
            if count >= wanted && bound.is_finite() {
                let share = if count > counted { (wanted - counted) / (count - counted) } else { 0.0 };
                return Some(below + (bound - below) * share);
            }
            if bound.is_finite() {
                (below, counted) = (bound, count);
            }
        }
        Some(below)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        answer::{Rung, Sample},
        around,
    };

    fn check(buckets: &[(&str, &str)], quantile: f64, expected: Option<f64>) {
        let kept = buckets.iter().map(|(bound, count)| Sample {
            name: "x_bucket".to_owned(),
            labels: [("le".to_owned(), (*bound).to_owned())].into(),
            value: (*count).to_owned(),
        });
        let metrics = MetricsSeen { kept: kept.collect(), ..MetricsSeen::default() };
        let (rung, elapsed_ms) = (Rung::Answered, 0);
        let record = ProbeRecord { rung, failure: None, tls: None, http: None, elapsed_ms };
        let scraped = Scraped { spec: &around::readiness(), record: &record, metrics: &metrics };
        assert_eq!(scraped.quantile("x_bucket", quantile), expected, "{buckets:?}");
    }

    #[test]
    fn quantiles_are_those_of_prometheus() {
        check(&[("0.5", "50"), ("1", "100"), ("+Inf", "100")], 0.75, Some(0.75));
        check(&[("0.5", "50"), ("1", "100"), ("+Inf", "100")], 0.5, Some(0.5));
        check(&[("1", "1"), ("+Inf", "100")], 0.99, Some(1.0));
        check(&[("1", "0"), ("+Inf", "0")], 0.99, None);
        check(&[("1", "5")], 0.99, None);
        check(&[], 0.99, None);
    }
}
