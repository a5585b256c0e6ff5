//! What the answers say of all outcomes that might have been drawn: how many would be found wrong, how sure that
//! is, and how far two auditors agree.

use std::collections::BTreeMap;

use crate::audit::answers::{Answer, Answered};
use crate::audit::draw::Sample;
use crate::definitions::audit::OutcomeAudit;
use crate::statistics::{Agreement, Confidence, Estimate, Stratum, kappa, wilson, wrong_in_all};

/// What an audit found.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// By stratum.
    pub strata: Vec<OfStratum>,
    /// How many of all outcomes would be found wrong, with its 95% interval; nothing while a stratum has no answer.
    pub wrong: Option<Estimate>,
    /// The same if all of which the records do not tell were wrong.
    pub wrong_at_most: Option<Estimate>,
    /// How many outcomes there are in all.
    pub of: usize,
    /// How many were answered by two auditors, and on how many of them they agree.
    pub twice: (usize, usize),
    /// Their agreement beyond chance, with its 95% interval; nothing where all say the same.
    pub kappa: Option<Agreement>,
    /// How often each reason was given, in the order of the audit; and how often none was.
    pub reasons: Vec<(String, usize)>,
    /// The numbers of outcomes that somebody has to look at again: not agreed, not to be told, or not agreed upon.
    pub again: Vec<usize>,
}

/// What was found in one stratum.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OfStratum {
    /// All of them.
    pub of: usize,
    /// Those drawn.
    pub taken: usize,
    /// Those that an auditor agreed with.
    pub right: usize,
    /// Those that one did not agree with.
    pub wrong: usize,
    /// Those of which the records do not tell.
    pub untold: usize,
    /// Those that nobody has answered yet.
    pub open: usize,
}

impl OfStratum {
    /// All, drawn, agreed, not agreed, not to be told and not answered, as they stand in tables.
    #[must_use]
    pub fn counts(&self) -> [usize; 6] {
        [self.of, self.taken, self.right, self.wrong, self.untold, self.open]
    }

    /// The share of those answered with yes or no that was agreed with, and its 95% interval by Wilson's score; of a
    /// stratum that was drawn whole there is no chance in it, and the interval is too wide.
    #[must_use]
    pub fn agreed(&self) -> Option<Estimate> {
        let (right, told) = (self.right as u64, (self.right + self.wrong) as u64);
        let limits = wilson(right, told, Confidence::P95)?;
        Some(Estimate { value: right as f64 / told as f64, limits })
    }
}

/// Makes the finding. What the records do not tell is neither right nor wrong: it is taken to be as the rest of its
/// stratum, and has to be looked at again.
#[must_use]
pub fn find(audit: &OutcomeAudit, sample: &Sample, answered: &[Answered]) -> Finding {
    let mut strata: Vec<OfStratum> = (sample.strata.iter())
        .map(|s| OfStratum { of: s.of, taken: s.taken, ..OfStratum::default() })
        .collect();
    let mut both = [[0_u64; 3]; 3];
    let mut reasons: BTreeMap<Option<&str>, usize> = BTreeMap::new();
    let mut again = Vec::new();
    for (item, answer) in sample.items.iter().zip(answered) {
        if let Some(of) = strata.get_mut(item.stratum) {
            match answer.first {
                Some(Answer::Yes) => of.right += 1,
                Some(Answer::No) => of.wrong += 1,
                Some(Answer::CannotTell) => of.untold += 1,
                None => of.open += 1,
            }
        }
        if answer.first == Some(Answer::No) {
            *reasons.entry(answer.reason.as_deref()).or_default() += 1;
        }
        let mut differ = false;
        if let Some((first, second)) = answer.first.zip(answer.second) {
            differ = first != second;
            both[first as usize][second as usize] += 1;
        }
        if differ || answer.first.is_some_and(|first| first != Answer::Yes) {
            again.push(item.number);
        }
    }
    let counted = |s: &OfStratum| Stratum {
        of: s.of as u64,
        looked_at: (s.right + s.wrong) as u64,
        wrong: s.wrong as u64,
    };
    let of_strata: Vec<Stratum> = strata.iter().map(counted).collect();
    let at_most = |s: &OfStratum| Stratum {
        of: s.of as u64,
        looked_at: (s.right + s.wrong + s.untold) as u64,
        wrong: (s.wrong + s.untold) as u64,
    };
    let at_most: Vec<Stratum> = strata.iter().map(at_most).collect();
    let named = audit.reasons.iter().map(|(word, text)| (Some(word.as_str()), text.clone()));
    let reasons = named.chain([(None, "No reason given".to_owned())]).filter_map(|(word, text)| {
        let times = reasons.get(&word).copied().unwrap_or(0);
        (word.is_some() || times > 0).then_some((text, times))
    });
    let agreed = (0..3).map(|i| both[i][i]).sum::<u64>();
    Finding {
        wrong: wrong_in_all(&of_strata, Confidence::P95),
        wrong_at_most: wrong_in_all(&at_most, Confidence::P95),
        of: strata.iter().map(|s| s.of).sum(),
        strata,
        twice: (both.iter().flatten().sum::<u64>() as usize, agreed as usize),
        kappa: kappa(&both, Confidence::P95),
        reasons: reasons.collect(),
        again,
    }
}
