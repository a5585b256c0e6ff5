//! The register of claims on a page: how many cases can be claimed, have been, no longer hold or were refused, headline by
//! headline, and how many would count twice. The cases themselves stand in the restricted folder of the run.

use crate::claims::{Kind, REGISTER, State, TWICE};
use crate::definitions::words::capital;
use crate::protect::{CasesOfClaim, PublishedClaims, Shown};
use crate::report::document::{Block, Group, Head, Row, Table, TableCell};

/// The blocks of a section in which the register stands.
pub(super) fn blocks(claims: &PublishedClaims) -> Vec<Block> {
    let mut blocks: Vec<Block> = claims.claims().iter().map(|of| Block::Table(table(of))).collect();
    let mut findings = vec![format!(
        "Each case, and the file with the evidence for it: {REGISTER}. A case counts under each headline of its needs, and once in all of them."
    )];
    findings.push(
        "Ready: all that the claim asks holds, and nobody has made it. Claimed: it was made, and holds. Lapsed: it was made, and does not hold by what is known today. Refused: by those to whom it was sent, or by a named role.".to_owned(),
    );
    findings.extend(claims.twice().iter().map(|(kind, pairs)| twice(*kind, *pairs)));
    if !claims.twice().is_empty() {
        findings.push(format!("The cases that would count twice: {TWICE}."));
    }
    let title = "The cases behind the register of claims".to_owned();
    blocks.push(Block::Group(Group { title, findings }));
    blocks
}

fn table(of: &CasesOfClaim) -> Table {
    let head = Head::of;
    let states = State::ALL.map(|state| head(&capital(state.word()), true));
    Table {
        caption: format!("Where claims stand, by headline: {}. {}", of.title, of.framework),
        head: [head("Headline", false)].into_iter().chain(states).collect(),
        rows: of
            .rows
            .iter()
            .map(|(headline, cases)| Row {
                head: headline.clone().unwrap_or_else(|| "All headlines".to_owned()),
                cells: cases.map(TableCell::Figure).into(),
            })
            .collect(),
    }
}

/// How many pairs count for the same thing, in words.
fn twice(kind: Kind, pairs: Shown) -> String {
    let what = match kind {
        Kind::ClaimedAgain => "Claimed more than once for one case",
        Kind::SameFamily => "Pairs of cases of one family that count for the same headline",
        Kind::SamePerson => {
            "Pairs of families with a person in common that count for the same headline"
        }
        Kind::OtherFramework => {
            "Pairs of claims for one family that may not both be made, by our reading of the rules"
        }
    };
    format!("{what}: {pairs}.")
}
