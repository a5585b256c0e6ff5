//! Values, rows and a whole small council in logical form, as it stands after reading.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use early_help::calendar::Day;
use early_help::definitions::expression::{CodeList, Literal};

/// One value of a row, or of an expression.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) enum Value {
    /// Not recorded.
    #[default]
    Nothing,
    /// A number, proportion, amount or score.
    Number(f64),
    /// Free words or an identifier.
    Text(String),
    /// A declared word: its place in the list, and the list.
    Code(u32, Arc<CodeList>),
    /// True or false.
    YesNo(bool),
    /// A day.
    Day(Day),
}

impl Value {
    pub(crate) fn text(words: &str) -> Self {
        Self::Text(words.to_owned())
    }

    /// The declared word, which must be in the list.
    pub(crate) fn code(list: &Arc<CodeList>, word: &str) -> Self {
        let index = list.index_of(word).expect("a word of the code list");
        Self::Code(index, Arc::clone(list))
    }

    pub(crate) fn truth(&self) -> Option<bool> {
        match self {
            Self::YesNo(b) => Some(*b),
            _ => None,
        }
    }

    pub(crate) fn day(&self) -> Option<Day> {
        match self {
            Self::Day(d) => Some(*d),
            _ => None,
        }
    }

    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            Self::Number(n) => Some(*n),
            _ => None,
        }
    }

    /// The words of a text or of a code.
    pub(crate) fn words(&self) -> Option<&str> {
        match self {
            Self::Text(t) => Some(t),
            Self::Code(i, list) => list.word(*i),
            _ => None,
        }
    }

    pub(crate) fn is_nothing(&self) -> bool {
        *self == Self::Nothing
    }

    /// How two values compare; nothing if either is nothing. Codes compare in declared order.
    pub(crate) fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a.partial_cmp(b),
            (Self::Code(a, _), Self::Code(b, _)) => Some(a.cmp(b)),
            (Self::YesNo(a), Self::YesNo(b)) => Some(a.cmp(b)),
            (Self::Day(a), Self::Day(b)) => Some(a.cmp(b)),
            (a, b) => Some(a.words()?.cmp(b.words()?)),
        }
    }

    /// As it stands in a logical file.
    pub(crate) fn written(&self) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Number(n) => n.to_string(),
            Self::Text(t) => t.clone(),
            Self::Code(..) => self.words().unwrap_or_default().to_owned(),
            Self::YesNo(b) => b.to_string(),
            Self::Day(d) => d.iso(),
        }
    }
}

impl From<&Literal> for Value {
    fn from(literal: &Literal) -> Self {
        match literal {
            Literal::Number(n) => Self::Number(*n),
            Literal::Text(t) => Self::Text(t.clone()),
            Literal::Code(i, list) => Self::Code(*i, Arc::clone(list)),
            Literal::YesNo(b) => Self::YesNo(*b),
            Literal::Date(d) => Self::Day(*d),
            Literal::Null => Self::Nothing,
        }
    }
}

impl From<Option<bool>> for Value {
    fn from(truth: Option<bool>) -> Self {
        truth.map_or(Self::Nothing, Self::YesNo)
    }
}

/// One row of a source.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// Its place in the source; ties of dates are broken by it.
    pub(crate) number: u32,
    /// Its values by column; a column that is absent is nothing.
    pub(crate) values: BTreeMap<String, Value>,
}

impl Row {
    pub(crate) fn get(&self, column: &str) -> Value {
        self.values.get(column).cloned().unwrap_or_default()
    }
}

/// All rows of a council. Columns with a formula are not filled in yet.
#[derive(Debug, Clone)]
pub(crate) struct Council {
    /// The rows of each source.
    pub(crate) sources: BTreeMap<String, Vec<Row>>,
    /// How far single feeds are complete, if not to `as_at`.
    pub(crate) complete_to: BTreeMap<String, Day>,
    /// The only today.
    pub(crate) as_at: Day,
}

impl Council {
    pub(crate) fn rows(&self, source: &str) -> &[Row] {
        self.sources.get(source).map_or(&[], Vec::as_slice)
    }

    /// Adds a row to the end of a source.
    pub(crate) fn add(&mut self, source: &str, values: BTreeMap<String, Value>) {
        let rows = self.sources.entry(source.to_owned()).or_default();
        let number = u32::try_from(rows.len()).expect("a small council");
        rows.push(Row { number, values });
    }
}
