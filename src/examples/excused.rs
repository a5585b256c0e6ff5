//! Mutants that no example can notice, each with the reason: the change makes no difference, or none
//! that the rows of the sources can show.
//!
//! They stand in `equivalent-mutants.txt` beside the definitions, one on a line, `#` before remarks:
//!
//! ```text
//! sf2022.outcome.not_missing | none: window 5 months for 6 months | why nobody could notice
//! ```

use crate::examples::{Fate, Mutant};

/// The file's name within the folder of definitions.
pub const FILE: &str = "equivalent-mutants.txt";

/// One mutant that is excused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excused {
    /// The definition.
    pub of: String,
    /// What was changed, as the mutation run says it.
    pub says: String,
    /// Why no example can notice it.
    pub why: String,
}

/// Reads the list.
///
/// # Errors
/// The number of the first line that is not `definition | change | reason`.
pub fn excused(text: &str) -> Result<Vec<Excused>, usize> {
    let mut all = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let mut parts = line.splitn(3, " | ").map(str::trim);
        match (parts.next(), parts.next(), parts.next()) {
            (Some(of), Some(says), Some(why)) if !why.is_empty() => {
                all.push(Excused { of: of.to_owned(), says: says.to_owned(), why: why.to_owned() });
            }
            _ => return Err(number),
        }
    }
    Ok(all)
}

/// The survivors that nothing excuses, and the excuses that no survivor needs any more.
#[must_use]
pub fn weigh<'a>(
    mutants: &'a [Mutant],
    excused: &'a [Excused],
) -> (Vec<&'a Mutant>, Vec<&'a Excused>) {
    let survived = |m: &&Mutant| matches!(m.fate, Fate::Survived | Fate::Untried);
    let is = |m: &Mutant, e: &Excused| m.of == e.of && m.says == e.says;
    let open =
        mutants.iter().filter(survived).filter(|m| !excused.iter().any(|e| is(m, e))).collect();
    let tried = |e: &Excused| mutants.iter().any(|m| m.of == e.of);
    let stale = excused
        .iter()
        .filter(|e| tried(e) && !mutants.iter().filter(survived).any(|m| is(m, e)))
        .collect();
    (open, stale)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mutant(says: &str, fate: Fate) -> Mutant {
        Mutant { of: "a.need.b".to_owned(), says: says.to_owned(), fate }
    }

    #[test]
    fn an_excuse_covers_its_own_mutant_and_is_stale_once_that_is_noticed() {
        let list = "# remarks\n\na.need.b | x: longer | nothing lies there\na.need.b | y: any | one person\n";
        let list = excused(list).expect("the list");
        let mutants = [
            mutant("x: longer", Fate::Survived),
            mutant("y: any", Fate::Noticed(0)),
            mutant("z: > for >=", Fate::Survived),
        ];
        let (open, stale) = weigh(&mutants, &list);
        assert_eq!(open, [&mutants[2]]);
        assert_eq!(stale, [&list[1]]);
    }

    #[test]
    fn an_excuse_without_a_reason_is_refused() {
        assert_eq!(excused("# remarks\na.need.b | x: longer | "), Err(2));
    }
}
