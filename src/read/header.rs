//! Column names: which line holds them, and where each wanted one stands.

use crate::definitions::diagnostic::nearest;
use crate::read::ReadError;
use crate::read::folding::folded;

/// How many lines are looked at for column names.
pub(super) const LINES: usize = 10;

/// Where column names were looked for, for messages.
#[derive(Clone, Copy)]
pub(super) struct Looked<'a> {
    pub(super) file: &'a str,
    /// The line with the names, counted from 1; 0 where the format keeps them elsewhere.
    pub(super) line: usize,
    /// The sheet of a workbook.
    pub(super) sheet: Option<&'a str>,
    /// The source or crosswalk that is fed.
    pub(super) feeds: &'a str,
}

/// The place of each wanted column among the names: as it stands, else folded.
pub(super) fn places(
    names: &[String],
    wanted: &[&str],
    looked: Looked<'_>,
) -> Result<Vec<usize>, ReadError> {
    let folds: Vec<String> = names.iter().map(|n| folded(n)).collect();
    let place = |column: &&str| {
        let exact = || (0..).zip(names).filter(|(_, n)| *n == column).map(|(at, _)| at);
        let fold = folded(column);
        let alike = || (0..).zip(&folds).filter(|(_, f)| **f == fold).map(|(at, _)| at);
        let found: Vec<usize> =
            if exact().next().is_some() { exact().collect() } else { alike().collect() };
        match found[..] {
            [at] => Ok(at),
            [] => Err(ReadError::Column {
                file: looked.file.to_owned(),
                column: (*column).to_owned(),
                place: looked.words(),
                source_id: looked.feeds.to_owned(),
                nearest: nearest(column, names.iter().map(String::as_str)).map(str::to_owned),
            }),
            _ => Err(ReadError::TwoColumns {
                file: looked.file.to_owned(),
                column: (*column).to_owned(),
                place: looked.words(),
                source_id: looked.feeds.to_owned(),
            }),
        }
    };
    wanted.iter().map(place).collect()
}

impl Looked<'_> {
    fn words(&self) -> String {
        match (self.line, self.sheet) {
            (0, _) => String::new(),
            (line, None) => format!(" in line {line}"),
            (line, Some(sheet)) => format!(" in line {line} of sheet \"{sheet}\""),
        }
    }
}

/// How many of the wanted columns a line names.
pub(super) fn fit(names: &[String], wanted: &[&str]) -> usize {
    let folds: Vec<String> = names.iter().map(|n| folded(n)).collect();
    wanted.iter().filter(|w| folds.contains(&folded(w))).count()
}

/// The best of some candidates: the one that names most of the wanted columns, of equals the first;
/// none when no candidate names any.
pub(super) fn best<T>(candidates: impl Iterator<Item = (T, usize)>) -> Option<(T, usize)> {
    let named = candidates.filter(|(_, fit)| *fit > 0);
    named.reduce(|best, next| if next.1 > best.1 { next } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|&n| n.to_owned()).collect()
    }

    const LOOKED: Looked<'static> = Looked { file: "a.csv", line: 2, sheet: None, feeds: "cases" };

    #[test]
    fn a_name_as_it_stands_goes_before_one_that_is_typed_differently() {
        let header = names(&["child id", "Child ID", "Case\u{a0}Status "]);
        let found = places(&header, &["Child ID", "Case status"], LOOKED);
        assert_eq!(found.expect("both are there"), [1, 2]);
    }

    #[test]
    fn two_columns_of_one_name_are_not_chosen_between() {
        let header = names(&["Start", "start ", "End"]);
        assert!(matches!(places(&header, &["START"], LOOKED), Err(ReadError::TwoColumns { .. })));
    }
}
