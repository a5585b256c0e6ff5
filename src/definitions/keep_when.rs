//! `keep_when`: which rows of an export take part, in the export's own column names. All its columns
//! are text here: the rule is asked before anything is made of them.

use crate::definitions::expression::Comparison;

/// A rule about the texts of a row.
#[derive(Debug)]
pub struct KeepWhen {
    /// As it is written, on one line.
    pub text: String,
    /// The columns that it asks for, each once.
    pub columns: Vec<String>,
    /// What it asks.
    pub rule: Rule,
}

/// What is asked of a row. Columns are places in [`KeepWhen::columns`].
#[derive(Debug)]
pub enum Rule {
    /// The opposite.
    Not(Box<Rule>),
    /// Both.
    And(Box<Rule>, Box<Rule>),
    /// At least one.
    Or(Box<Rule>, Box<Rule>),
    /// The text is one of these.
    In(usize, Vec<String>),
    /// Two texts are compared: as numbers if both are, else letter by letter.
    Compare(Comparison, Operand, Operand),
    /// There is no text.
    IsNull(usize),
    /// The text has this in it.
    Has(Part, usize, String),
}

/// One side of a comparison.
#[derive(Debug)]
pub enum Operand {
    /// A column.
    Column(usize),
    /// A word.
    Word(String),
}

/// Where in a text something is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// `starts_with(x, 'ab')`
    Start,
    /// `ends_with(x, 'ab')`
    End,
    /// `contains(x, 'ab')`
    Anywhere,
}

impl Rule {
    /// Whether a row keeps the rule; nothing where a text that decides is missing. The logic is that
    /// of SQL: what is unknown stays so unless the other side decides.
    pub fn holds<'t>(&self, text: &impl Fn(usize) -> Option<&'t str>) -> Option<bool> {
        match self {
            Self::Not(a) => a.holds(text).map(|a| !a),
            Self::And(a, b) => match (a.holds(text), b.holds(text)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            Self::Or(a, b) => match (a.holds(text), b.holds(text)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
            Self::In(of, words) => text(*of).map(|t| words.iter().any(|w| w == t)),
            Self::Compare(op, a, b) => {
                let (a, b) = (a.text(text)?, b.text(text)?);
                let order = match (a.parse::<f64>(), b.parse::<f64>()) {
                    (Ok(a), Ok(b)) => a.partial_cmp(&b)?,
                    _ => a.cmp(b),
                };
                Some(match op {
                    Comparison::Equal => order.is_eq(),
                    Comparison::NotEqual => order.is_ne(),
                    Comparison::Less => order.is_lt(),
                    Comparison::LessOrEqual => order.is_le(),
                    Comparison::Greater => order.is_gt(),
                    Comparison::GreaterOrEqual => order.is_ge(),
                })
            }
            Self::IsNull(of) => Some(text(*of).is_none()),
            Self::Has(part, of, word) => text(*of).map(|t| match part {
                Part::Start => t.starts_with(word.as_str()),
                Part::End => t.ends_with(word.as_str()),
                Part::Anywhere => t.contains(word.as_str()),
            }),
        }
    }
}

impl Operand {
    fn text<'a, 't: 'a>(&'a self, text: &impl Fn(usize) -> Option<&'t str>) -> Option<&'a str> {
        match self {
            Self::Column(at) => text(*at),
            Self::Word(word) => Some(word),
        }
    }
}
