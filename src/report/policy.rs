//! A disclosure policy in words: what is hidden, what for, and what goes first, for everybody who reads what
//! it has shaped.

use crate::definitions::audience::{DisclosurePolicy, Missed};

/// A disclosure policy in words.
#[must_use]
pub fn policy_words(policy: &DisclosurePolicy) -> String {
    if policy.suppress_below == 0 {
        return format!("{}. Not for release outside the service.", policy.title);
    }
    if let Some(key) = &policy.cell_key {
        return format!(
            "{}. No figure is hidden. Every count but a true nought is changed by up to {}, and near the smallest counts by more, so that none from 1 to {} is shown; shares and intervals are made from changed counts. The same people always give the same changed count, in whichever table they stand, and changes come to nothing on average: figures are right to within that much, and levels do not add up exactly.",
            policy.title,
            key.most,
            policy.suppress_below.saturating_sub(1),
        );
    }
    let zeros = if policy.show_zero {
        "A true nought is shown, unless it would undo what was hidden before."
    } else {
        "Noughts are hidden too."
    };
    let rounding = if policy.round_to > 1 {
        format!(
            " Counts are rounded to the nearest {}, and shares and intervals are made from rounded counts.",
            policy.round_to
        )
    } else {
        String::new()
    };
    let everybody = if policy.hide_full_and_empty {
        " So is a share that holds for everybody or for nobody."
    } else {
        ""
    };
    let windows = if policy.windows_end_with_quarter {
        " Twelve months, and years so far, end with a quarter where they are split by anything, so that none tells of a single month."
    } else {
        ""
    };
    format!(
        "{}. Wherever a count, what it is counted out of, or the difference of the two lies between 1 and {}, the figure and everything made from it is shown as [c]; so are further figures from which it could be worked out.{everybody} {zeros}{rounding}{windows}{} The published figures have been attacked together, with all that was released before: what was hidden stays hidden as long as it has not changed, and each hidden count that may be small can still be any of several, the least and the largest at least {} apart. One that is hidden only to protect others may be worked out if it is large.",
        policy.title,
        policy.suppress_below.saturating_sub(1),
        kept_longest(&policy.last_to_go),
        policy.width(),
    )
}

/// Which of several figures goes, where one of them has to.
fn kept_longest(last_to_go: &[Missed]) -> String {
    let kept = last_to_go.iter().map(|missed| match missed {
        Missed::Headlines => "at the head of the pack",
        Missed::Newest => "of the newest period",
        Missed::Totals => "split by less",
        Missed::Longest => "of a longer period",
        Missed::Largest => "that count more",
    });
    let kept: Vec<&str> = kept.collect();
    if kept.is_empty() {
        return String::new();
    }
    format!(
        " Where one of several figures has to go for others, these are kept longest: those {}.",
        kept.join(", then those ")
    )
}
