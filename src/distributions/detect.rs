//! The weighing: from facts to a name, with its evidence. It is total and deterministic, and the order of the table does
//! not matter. It knows no distribution.

use super::{
    ALL, Distribution, Exposure, Identity, Layer, Signal, Weight,
    facts::Facts,
    place::{self, Placed},
    signal::witness,
};
use crate::model::{
    component::Component,
    evidence::Evidence,
    observed::{Gap, Why},
};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    fmt,
};

/// How many witnesses must agree where none of them is decisive by itself.
const AGREEING: usize = 2;

/// The weighed outcome.
#[derive(Clone, Debug)]
pub struct Detection {
    /// Which distribution it is.
    pub who: Who,
    /// Where its control plane runs, which is decided without regard to the name.
    pub place: Placed,
    /// What speaks against the name given.
    pub contradictions: Vec<Evidence>,
    /// What could not be looked at, or only in part, sorted.
    pub gaps: Vec<Gap>,
    /// Which of the nodes it rests on; `None` where none were read.
    pub sample: Option<Sample>,
    /// Distributions of which there are signs too weak to name one; empty unless it is unknown.
    pub hints: Vec<Candidate>,
}

/// The nodes that were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// How many.
    pub read: usize,
    /// Whether there are no others.
    pub is_whole: bool,
    /// How many of them a label marks as control-plane nodes.
    pub control_plane: usize,
    /// Whether all are among them that a label marks as control-plane nodes.
    pub has_control_plane: bool,
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { read, is_whole, has_control_plane, .. } = *self;
        let plural = if read == 1 { "" } else { "s" };
        write!(f, "{read} node{plural}, ")?;
        f.write_str(match (is_whole, has_control_plane) {
            (true, _) => "which are all of them",
            (false, true) => "of more, with every control-plane node among them",
            (false, false) => "of more, perhaps without some of the control plane's",
        })
    }
}

/// Which distribution it is.
#[derive(Clone, Debug)]
pub enum Who {
    /// This one: decisive evidence, nothing against it, no other that could be meant as well.
    Certain(Candidate),
    /// Probably this one.
    Likely {
        /// The one with the best evidence.
        best: Candidate,
        /// Others with evidence of their own, the best first.
        rivals: Vec<Candidate>,
    },
    /// Nothing seen names one.
    Unknown,
}

/// A distribution with what speaks for it.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The distribution.
    pub distribution: &'static Distribution,
    /// Its identity here.
    pub identity: Identity,
    /// What speaks for it, the weightiest first.
    pub evidence: Vec<Evidence>,
}

/// Names the distribution and the place of its control plane, as far as the facts allow.
#[must_use]
pub fn detect(facts: &Facts) -> Detection {
    among(ALL, facts)
}

impl Detection {
    /// The candidate that is named, if one is.
    #[must_use]
    pub const fn best(&self) -> Option<&Candidate> {
        match &self.who {
            Who::Certain(best) | Who::Likely { best, .. } => Some(best),
            Who::Unknown => None,
        }
    }

    /// Whether the name is certain.
    #[must_use]
    pub const fn is_certain(&self) -> bool {
        matches!(self.who, Who::Certain(_))
    }

    /// Whether anything is named at all.
    #[must_use]
    pub const fn is_known(&self) -> bool {
        self.best().is_some()
    }

    /// How the named distribution exposes a component; `None` where none is named.
    #[must_use]
    pub fn exposure(&self, component: Component) -> Option<Exposure> {
        let best = self.best()?;
        Some((best.distribution.exposure)(component, &best.identity))
    }

    /// The other distributions that it could be.
    #[must_use]
    pub fn rivals(&self) -> &[Candidate] {
        match &self.who {
            Who::Likely { rivals, .. } => rivals,
            Who::Certain(_) | Who::Unknown => &[],
        }
    }
}

/// A distribution with everything that its clues found.
struct Weighed {
    distribution: &'static Distribution,
    /// Sorted, the weightiest first.
    found: Vec<(Weight, Evidence)>,
    against: Vec<Evidence>,
    /// Why clues that could speak against it could not be read.
    unread: Vec<Why>,
}

/// How far evidence carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    /// It is a hint.
    Hint,
    /// It names.
    Naming,
    /// It decides.
    Deciding,
}

fn among(table: &[&'static Distribution], facts: &Facts) -> Detection {
    let mut gaps = BTreeSet::new();
    let mut weighed: Vec<Weighed> =
        table.iter().filter_map(|distribution| weigh(distribution, facts, &mut gaps)).collect();
    weighed.sort_by_key(|it| Reverse(it.rank()));
    let (place, of_place) = place::find(facts);
    gaps.extend(of_place);
    gaps.extend(facts.unread());

    let named = weighed.iter().take_while(|it| it.standing() >= Standing::Naming).count();
    let (candidates, weak) = weighed.split_at(named);
    let all = |of: &[Weighed]| of.iter().map(|it| it.candidate(facts)).collect();
    let (who, contradictions) = match candidates.split_first() {
        None => (Who::Unknown, Vec::new()),
        Some((best, others)) if !is_blind(table, best, facts) && best.is_certain(others) => {
            (Who::Certain(best.candidate(facts)), Vec::new())
        }
        Some((best, others)) => {
            // What the best one is made of is what it would be if the best one were wrong.
            let is_rival = |other: &&Weighed| !best.is_decisive() || !best.explains(other);
            let rivals = others.iter().filter(is_rival).map(|it| it.candidate(facts)).collect();
            (Who::Likely { best: best.candidate(facts), rivals }, best.against.clone())
        }
    };
    let hints = if matches!(who, Who::Unknown) { all(weak) } else { Vec::new() };
    if facts.host().is_some() {
        // One API that nobody meant to ask is one gap, and not one for each of its lists.
        gaps.retain(|gap| gap.why != Why::NotAsked);
        gaps.insert(Gap::no_api());
    }
    let sample = facts.nodes().ok().map(|nodes| Sample {
        read: nodes.items.len(),
        is_whole: nodes.complete,
        has_control_plane: facts.has_every_control_plane_node(),
        control_plane: nodes.items.iter().filter(|node| node.is_labelled_control_plane()).count(),
    });
    Detection { who, place, contradictions, gaps: gaps.into_iter().collect(), sample, hints }
}

/// Whether it could not be tried if the nodes belong to a cluster around this one: they would tell of that cluster, and
/// nothing of this one. A part of the nodes is enough, since a virtual cluster shows all of its nodes in the same way.
fn is_blind(table: &[&Distribution], best: &Weighed, facts: &Facts) -> bool {
    let is_unread = |signal: &Signal| matches!(signal.read(facts), Err(gap) if gap.why != Why::Partial);
    best.distribution.layer != Layer::Virtual
        && facts.host().is_none()
        && table
            .iter()
            .filter(|outer| outer.layer == Layer::Virtual)
            .flat_map(|outer| outer.clues)
            .any(|clue| is_unread(&clue.signal))
}

/// What the clues of one distribution found; `None` where nothing speaks for it.
fn weigh(distribution: &'static Distribution, facts: &Facts, gaps: &mut BTreeSet<Gap>) -> Option<Weighed> {
    let mut weighed = Weighed { distribution, found: Vec::new(), against: Vec::new(), unread: Vec::new() };
    for clue in distribution.clues {
        match (clue.signal.read(facts), clue.weight) {
            (Ok(Some(evidence)), Weight::Contradicts) => weighed.against.push(evidence),
            (Ok(Some(evidence)), weight) => weighed.found.push((weight, evidence)),
            (Ok(None), _) => {}
            (Err(gap), weight) => {
                // Who looks at a node from within sees what runs there, and asks no API what it shows of nodes.
                let is_seen_from_within =
                    facts.host().is_some() && gap.why == Why::NotAsked && distribution.layer != Layer::Base;
                if weight == Weight::Contradicts && !is_seen_from_within {
                    weighed.unread.push(gap.why.clone());
                }
                gaps.insert(gap);
            }
        }
    }
    // Two clues may say the same, one more exactly than the other; the heavier one stays.
    weighed.found.sort_by(|(a, x), (b, y)| (Reverse(a), x).cmp(&(Reverse(b), y)));
    let mut said = BTreeSet::new();
    weighed.found.retain(|(_, evidence)| said.insert(evidence.claim.clone()));
    weighed.against.sort();
    weighed.against.dedup();
    (!weighed.found.is_empty()).then_some(weighed)
}

impl Weighed {
    /// What speaks for it is worth this, whatever speaks against it.
    fn worth(&self) -> Standing {
        let heaviest = self.found.first().map_or(Weight::Weak, |(weight, _)| *weight);
        let strong = self.found.iter().filter(|(weight, _)| *weight >= Weight::Strong);
        let witnesses: BTreeSet<String> = strong.map(|(_, evidence)| witness(evidence)).collect();
        match heaviest {
            Weight::Decisive => Standing::Deciding,
            Weight::Strong if witnesses.len() >= AGREEING => Standing::Deciding,
            Weight::Strong => Standing::Naming,
            Weight::Weak | Weight::Contradicts => Standing::Hint,
        }
    }

    /// The same with what speaks against it: what is contradicted can name and no longer decide.
    fn standing(&self) -> Standing {
        if self.against.is_empty() { self.worth() } else { self.worth().min(Standing::Naming) }
    }

    fn is_decisive(&self) -> bool {
        self.standing() == Standing::Deciding
    }

    /// The order in which candidates are preferred; total, since ids are unique.
    fn rank(&self) -> impl Ord + use<> {
        let mut counts = BTreeMap::new();
        for (weight, _) in &self.found {
            *counts.entry(Reverse(*weight)).or_insert(0_usize) += 1;
        }
        let counts: Vec<_> = counts.into_iter().map(|(Reverse(weight), count)| (weight, count)).collect();
        let Distribution { layer, id, .. } = self.distribution;
        // Where there is a virtual cluster, what speaks for others is said of the cluster around it.
        let is_inner = *layer == Layer::Virtual && self.standing() >= Standing::Naming;
        (is_inner, self.standing(), *layer, self.against.is_empty(), self.worth(), counts, Reverse(*id))
    }

    /// Whether signs of the other one are to be expected where this one is.
    fn explains(&self, other: &Self) -> bool {
        let (this, that) = (self.distribution, other.distribution);
        let shares =
            || this.families.iter().any(|family| that.families.contains(family) && family.covers(that.layer));
        let is_kin = this.layer == Layer::Virtual || shares();
        is_kin && this.layer > that.layer
    }

    fn is_certain(&self, others: &[Self]) -> bool {
        self.is_decisive() && self.was_tried() && !others.iter().any(|other| other.hinders(self))
    }

    /// Whether what could speak against it was looked at.
    ///
    /// A part of a list is enough for most: control-plane nodes are read whole, and a product marks every node. To be
    /// certain of a base is to say that nothing is built on it, and of that a part is no proof.
    fn was_tried(&self) -> bool {
        let is_enough = |why: &Why| *why == Why::Partial && self.distribution.layer != Layer::Base;
        self.unread.iter().all(is_enough)
    }

    /// Whether this one keeps another from being certain. What speaks against this one does not count here, lest a
    /// contradiction make anything more certain than it was.
    fn hinders(&self, best: &Self) -> bool {
        let is_outer = self.distribution.layer == Layer::Virtual && best.distribution.layer != Layer::Virtual;
        let bar = if is_outer { Standing::Naming } else { Standing::Deciding };
        self.worth() >= bar && !best.explains(self)
    }

    fn candidate(&self, facts: &Facts) -> Candidate {
        Candidate {
            distribution: self.distribution,
            identity: self.distribution.identify(facts),
            evidence: self.found.iter().map(|(_, evidence)| evidence.clone()).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        distributions::{
            Clue, Exposure, Family, Match,
            facts::tests::{nodes, snapshot},
        },
        model::facts::{Node, ServerVersion},
        model::{answer::Answer, observed::Observed, question::Question},
    };

    /// A distribution that is made of clues alone.
    macro_rules! made {
        ($name:ident, $id:literal, $families:expr, $layer:ident, $clues:expr) => {
            static $name: Distribution = Distribution {
                id: $id,
                name: $id,
                families: $families,
                layer: Layer::$layer,
                clues: $clues,
                variant: |_| None,
                exposure: |_, _| Exposure::hidden("it is made up"),
                explain: "",
            };
        };
    }

    const fn clue(weight: Weight, signal: Signal) -> Clue {
        Clue { weight, signal, source: "made up" }
    }

    const fn label(weight: Weight, key: &'static str) -> Clue {
        clue(weight, Signal::NodeLabel(key, Match::Any))
    }

    const KIN: &[Family] = &[Family::Kubeadm];
    const NONE: &[Family] = &[];
    const OWN_VERSION: Clue = clue(Weight::Strong, Signal::ServerVersion(Match::Contains("-own")));
    const UNREAD: Clue = clue(Weight::Contradicts, Signal::ApiGroup(Match::Any));

    made!(
        BASE,
        "base",
        KIN,
        Base,
        &[label(Weight::Decisive, "base"), label(Weight::Contradicts, "not-base")]
    );
    made!(
        SURE,
        "sure",
        KIN,
        Product,
        &[label(Weight::Decisive, "sure"), label(Weight::Contradicts, "not-sure")]
    );
    made!(
        OTHER,
        "other",
        NONE,
        Product,
        &[label(Weight::Decisive, "other"), label(Weight::Contradicts, "not-other")]
    );
    made!(
        HALF,
        "half",
        NONE,
        Product,
        &[label(Weight::Strong, "half"), label(Weight::Strong, "two"), OWN_VERSION]
    );
    made!(WEAK, "weak", NONE, Product, &[label(Weight::Weak, "weak"), label(Weight::Weak, "two")]);
    made!(BLIND, "blind", NONE, Product, &[label(Weight::Decisive, "blind"), UNREAD]);
    made!(INNER, "inner", NONE, Virtual, &[label(Weight::Strong, "inner")]);

    const TABLE: [&Distribution; 7] = [&BASE, &SURE, &OTHER, &HALF, &WEAK, &BLIND, &INNER];

    fn facts(labels: &str, complete: bool) -> Facts {
        let labels = labels.split(' ').map(|label| (label.to_owned(), String::new())).collect();
        let node = Node { name: "a".to_owned(), labels, ..Node::default() };
        let version = ServerVersion {
            major: String::new(),
            minor: String::new(),
            git_version: "v1.30.0-own".to_owned(),
            platform: String::new(),
        };
        let version = (Question::Version, Observed::Seen(Answer::Version(version)));
        Facts::gather(&snapshot([nodes(vec![node], complete), version]))
    }

    /// The outcome in a line: `sure!` is certain, `sure? base` is likely with a rival, `-` is unknown.
    fn outcome(detection: &Detection) -> String {
        let ids = |of: &[Candidate]| of.iter().flat_map(|it| [" ", it.distribution.id]).collect::<String>();
        match &detection.who {
            Who::Certain(best) => format!("{}!", best.distribution.id),
            Who::Likely { best, rivals } => format!("{}?{}", best.distribution.id, ids(rivals)),
            Who::Unknown => format!("-{}", ids(&detection.hints)),
        }
    }

    fn check_among(table: &[&'static Distribution], labels: &str, expected: &str) {
        assert_eq!(outcome(&among(table, &facts(labels, true))), expected, "{labels}");
    }

    fn check(labels: &str, expected: &str) {
        // The version alone makes `half` likely; it is looked at in tests of its own.
        let table: Vec<_> = TABLE.into_iter().filter(|it| it.id != "half").collect();
        check_among(&table, labels, expected);
    }

    #[test]
    fn names_what_is_decisive_and_uncontradicted() {
        check("sure", "sure!");
        check("sure weak two", "sure!");
        check("sure not-sure", "sure?");
        check("base", "base!");
        check("nothing", "-");
    }

    #[test]
    fn counts_witnesses_and_not_clues() {
        check_among(&[&HALF], "none", "half?");
        check_among(&[&HALF], "half", "half!");
        made!(
            LABELS,
            "labels",
            NONE,
            Product,
            &[label(Weight::Strong, "half"), label(Weight::Strong, "two")]
        );
        check_among(&[&LABELS], "half two", "labels?");
    }

    #[test]
    fn never_adds_up_what_is_weak() {
        check("weak two", "- weak");
    }

    #[test]
    fn lets_a_product_explain_what_it_is_made_of_and_nothing_else() {
        check("sure base", "sure!");
        check("sure other", "other? sure");
        check("other base", "other? base");
        check("sure other base", "other? sure base");
        check("sure not-sure base not-base", "sure? base");
    }

    #[test]
    fn is_not_certain_of_what_was_not_tried() {
        check("blind", "blind?");
        let detection = among(&[&BLIND], &facts("blind", true));
        assert_eq!(detection.contradictions, []);
        assert!(detection.gaps.iter().any(|gap| gap.what == "the API groups"));
    }

    #[test]
    fn takes_a_part_of_the_nodes_for_enough_unless_absence_is_the_point() {
        assert_eq!(outcome(&among(&[&SURE], &facts("sure", false))), "sure!");
        assert_eq!(outcome(&among(&[&BASE], &facts("base", false))), "base?");
    }

    #[test]
    fn says_on_which_nodes_it_rests() {
        let rests =
            |complete| among(&[&SURE], &facts("sure", complete)).sample.map(|sample| sample.to_string());
        assert_eq!(rests(true).as_deref(), Some("1 node, which are all of them"));
        assert_eq!(
            rests(false).as_deref(),
            Some("1 node, of more, perhaps without some of the control plane's")
        );
        assert_eq!(among(&[&SURE], &Facts::gather(&snapshot([]))).sample, None);
    }

    #[test]
    fn doubts_everything_under_a_virtual_layer() {
        check("sure inner", "inner? sure");
        check("inner", "inner?");
    }

    #[test]
    fn is_never_made_more_certain_by_a_contradiction() {
        let all = ["base", "sure", "other", "weak", "two", "half", "blind", "inner"];
        let against = ["not-base", "not-sure", "not-other"];
        for present in 0_u32..1 << all.len() {
            let labels: Vec<&str> = all
                .iter()
                .enumerate()
                .filter(|(i, _)| present & (1 << i) != 0)
                .map(|(_, label)| *label)
                .collect();
            let before = among(&TABLE, &facts(&labels.join(" "), true)).is_certain();
            for contradiction in against {
                let after = among(&TABLE, &facts(&format!("{} {contradiction}", labels.join(" ")), true))
                    .is_certain();
                assert!(before || !after, "{labels:?} {contradiction}");
            }
        }
    }

    #[test]
    fn does_not_depend_on_the_order_of_the_table() {
        let facts = facts("sure other base weak inner half", true);
        let expected = format!("{:?}", among(&TABLE, &facts));
        let mut table = TABLE;
        for round in 0..TABLE.len() {
            table.rotate_left(1);
            table.swap(0, 1 + round % (TABLE.len() - 1));
            assert_eq!(format!("{:?}", among(&table, &facts)), expected);
        }
        let mut all = ALL.to_vec();
        all.reverse();
        assert_eq!(format!("{:?}", among(&all, &facts)), format!("{:?}", detect(&facts)));
    }
}
