//! Reads `keep_when`: a condition on the texts of an export's row, in the export's own names.

use crate::definitions::diagnostic::{Diagnostic, nearest_or_list};
use crate::definitions::expression::parse::{Call, Raw, RawKind, parse_with_quoted_names};
use crate::definitions::keep_when::{KeepWhen, Operand, Part, Rule};
use crate::definitions::load::ground::Ground;
use crate::definitions::load::reader::Value;

/// The functions that look into a text.
const PARTS: [(&str, Part); 3] =
    [("starts_with", Part::Start), ("ends_with", Part::End), ("contains", Part::Anywhere)];

impl Ground<'_> {
    /// The rule that rows have to keep.
    pub(super) fn keep_when(&self, value: Value<'_>) -> Option<KeepWhen> {
        let text = value.possibly_empty_text()?;
        let mut columns = Columns(Vec::new());
        let read = parse_with_quoted_names(&text.place)
            .and_then(|(text, raw)| Ok((text, columns.rule(&raw)?)));
        match read {
            Ok((text, rule)) => Some(KeepWhen { text, columns: columns.0, rule }),
            Err(fault) => {
                self.log.push(fault);
                None
            }
        }
    }
}

/// The columns of the export that the rule has named so far.
struct Columns(Vec<String>);

impl Columns {
    fn place(&mut self, name: &str) -> usize {
        self.0.iter().position(|n| n == name).unwrap_or_else(|| {
            self.0.push(name.to_owned());
            self.0.len() - 1
        })
    }

    fn rule(&mut self, raw: &Raw) -> Result<Rule, Diagnostic> {
        Ok(match &raw.kind {
            RawKind::Not(a) => Rule::Not(Box::new(self.rule(a)?)),
            RawKind::And(a, b) => Rule::And(Box::new(self.rule(a)?), Box::new(self.rule(b)?)),
            RawKind::Or(a, b) => Rule::Or(Box::new(self.rule(a)?), Box::new(self.rule(b)?)),
            RawKind::Compare(op, a, b) => Rule::Compare(*op, self.operand(a)?, self.operand(b)?),
            RawKind::IsNull(of, negated) => negate(*negated, Rule::IsNull(self.column(of)?)),
            RawKind::In(of, list, negated) => {
                let of = self.column(of)?;
                let words = list.iter().map(word).collect::<Result<_, _>>()?;
                negate(*negated, Rule::In(of, words))
            }
            RawKind::Call(call) => self.part(raw, call)?,
            _ => {
                return Err(refused(raw, "this is no condition on a row")
                    .mend("compare columns with words: KIND <> 'INTEL', STATUS in ('A', 'B')"));
            }
        })
    }

    fn part(&mut self, raw: &Raw, call: &Call) -> Result<Rule, Diagnostic> {
        let Some((_, part)) = PARTS.iter().find(|(name, _)| *name == call.name) else {
            let message = format!("`{}` cannot be asked of an export's row", call.name);
            return Err(
                refused(raw, &message).mend(nearest_or_list(&call.name, &PARTS.map(|(n, _)| n)))
            );
        };
        let [of, looked_for] = call.arguments.as_slice() else {
            return Err(refused(raw, "this function takes a column and a word")
                .mend(format!("write {}(NAME, 'TEST')", call.name)));
        };
        Ok(Rule::Has(*part, self.column(of)?, word(looked_for)?))
    }

    fn column(&mut self, raw: &Raw) -> Result<usize, Diagnostic> {
        match &raw.kind {
            RawKind::Name(name) => Ok(self.place(name)),
            _ => Err(refused(raw, "a column of the export belongs here")
                .mend("write its name; one with blanks stands in back quotes: `Case Status`")),
        }
    }

    fn operand(&mut self, raw: &Raw) -> Result<Operand, Diagnostic> {
        match &raw.kind {
            RawKind::Name(name) => Ok(Operand::Column(self.place(name))),
            _ => word(raw).map(Operand::Word),
        }
    }
}

fn negate(negated: bool, rule: Rule) -> Rule {
    if negated { Rule::Not(Box::new(rule)) } else { rule }
}

/// A constant as the text that an export would hold.
fn word(raw: &Raw) -> Result<String, Diagnostic> {
    match &raw.kind {
        RawKind::Text(text) => Ok(text.clone()),
        RawKind::Number(number) => Ok(number.to_string()),
        _ => Err(refused(raw, "a word of the export belongs here")
            .mend("all columns of an export are text here: write it in single quotes: 'INTEL'")),
    }
}

fn refused(raw: &Raw, message: &str) -> Diagnostic {
    Diagnostic::error("keep_when", &raw.place, message)
}
