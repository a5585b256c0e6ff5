//! The expressions of the definition language, after parsing and type checking.
//!
//! Authors write a small subset of SQL expressions; `sqlparser` reads it ([`parse`]), [`check`]
//! resolves every name and type, and what is left is this tree. Parameters are already replaced
//! by their values and code words by their place in the code list, so that later stages never
//! look a word up again.

use std::fmt;
use std::sync::Arc;

use crate::calendar::Day;

pub mod check;
pub mod parse;

/// The declared list of words that a code column may hold.
#[derive(Debug, PartialEq, Eq)]
pub struct CodeList {
    /// The words, in declared order; a code is stored as its index here.
    pub codes: Vec<String>,
    /// Whether the order means something (`grade >= 'good'`).
    pub ordered: bool,
}

impl CodeList {
    /// The index of a word.
    #[must_use]
    pub fn index_of(&self, word: &str) -> Option<u32> {
        self.codes.iter().position(|c| c == word).and_then(|i| u32::try_from(i).ok())
    }

    /// The word at an index.
    #[must_use]
    pub fn word(&self, index: u32) -> Option<&str> {
        self.codes.get(index as usize).map(String::as_str)
    }
}

/// The type of a column or of an expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Type {
    /// True or false.
    YesNo,
    /// A number; two different units never compare.
    Number(Option<String>),
    /// A share between 0 and 1.
    Proportion,
    /// Pounds.
    Money,
    /// A score on a scale; the scale is known only where one column says so.
    Score,
    /// A day.
    Date,
    /// Free words.
    Text,
    /// A word from a declared list.
    Code(Arc<CodeList>),
    /// The identifier of an entity, such as `person`.
    Id(String),
    /// The literal `null`.
    Null,
}

/// A constant.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// A number, proportion, score or amount.
    Number(f64),
    /// Words to compare with a text column.
    Text(String),
    /// A word of a code list, as its index, with the list for printing.
    Code(u32, Arc<CodeList>),
    /// True or false.
    YesNo(bool),
    /// A day.
    Date(Day),
    /// Nothing recorded.
    Null,
}

/// What a name in an expression stands for. Which kinds are legal depends on the scope.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Name {
    /// A column of the source (row scope, and inside row functions).
    Column(String),
    /// A column or anchor of the unit (`unit.closed_on`, or bare in unit scope).
    Unit(String),
    /// A column or anchor of the unit's parent (`case.closed_on` for a need of a case).
    Parent(String),
    /// First day of the window under test.
    WindowStart,
    /// Last day of the window under test.
    WindowEnd,
    /// The day as of which all is judged.
    AsAt,
    /// First day of the reporting period.
    PeriodStart,
    /// Last day of the reporting period.
    PeriodEnd,
    /// Whether this person is one of those recorded with the need under test.
    HasThisNeed,
    /// A fact about the same unit.
    Fact(String),
    /// Whether the unit has this need: `framework.need`.
    Need(String),
    /// Whether this outcome was met: `framework.outcome`.
    Outcome(String),
    /// Whether this claim holds: `framework.claim`.
    Claim(String),
    /// The result of a test of the same definition (rule scope).
    Test(String),
    /// Number of needs identified (rule scope of claims).
    NeedsIdentified,
    /// Number of headlines with at least one need (rule scope of claims).
    HeadlinesIdentified,
    /// Every need identified was met and sustained (rule scope of claims).
    EveryNeedMet,
}

/// Comparison operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// Arithmetic operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arithmetic {
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Times,
    /// `/`; dividing by zero gives nothing, never infinity.
    Over,
}

/// Which window a row function reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reads {
    /// The test's own window.
    Window,
    /// The `baseline` window.
    Baseline,
}

/// A function over the many rows of a window. Arguments are in row scope.
#[derive(Debug, Clone, PartialEq)]
pub enum RowFunction {
    /// `count(*)`
    Count,
    /// `count(distinct x)`
    CountDistinct(Box<Expr>),
    /// `sum(x)`; 0 over no rows.
    Sum(Box<Expr>),
    /// `avg(x)`; nothing over no rows.
    Average(Box<Expr>),
    /// `median(x)`: halfway between the two in the middle of an even number; nothing over no rows.
    Median(Box<Expr>),
    /// `min(x)`
    Minimum(Box<Expr>),
    /// `max(x)`
    Maximum(Box<Expr>),
    /// `first(x)`: earliest by date, ties by row order in the file.
    First(Box<Expr>),
    /// `last(x)`: latest by date, ties by row order in the file.
    Last(Box<Expr>),
    /// `has(p)`: at least one row holds; false over no rows.
    Has(Box<Expr>),
    /// `every(p)`: all rows hold; true over no rows.
    Every(Box<Expr>),
    /// `none(p)`: no row holds; true over no rows.
    NoneOf(Box<Expr>),
    /// `days_covered(p?)`: days of the window inside the union of the spells that hold.
    DaysCovered(Option<Box<Expr>>),
    /// `longest_run(p?)`: longest stretch of consecutive covered days, in days.
    LongestRun(Option<Box<Expr>>),
    /// `days_in_window()`
    DaysInWindow,
    /// `spread()`: days from the first to the last row.
    Spread,
}

/// A function of single values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueFunction {
    /// `age_on(date)`: the person's completed years on that day.
    AgeOn,
    /// `days(a, b)`: calendar days from a to b.
    Days,
    /// `months(a, b)`: completed months from a to b, as windows count them: the most that can be
    /// added to a without passing b. Below nought where b comes first.
    Months,
    /// `working_days(a, b)`: working days elapsed after day a up to and with day b.
    WorkingDays,
    /// `add_working_days(a, n)`
    AddWorkingDays,
    /// `coalesce(a, b)`
    Coalesce,
    /// `day_of_month(date)`: 1 to 31.
    DayOfMonth,
}

/// A word for where a number lies on a scale.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    /// The number: a score, or how much better one score is than another.
    pub of: Expr,
    /// The scale.
    pub scale: String,
    /// What its words are about.
    pub among: Among,
    /// The words, in their order.
    pub list: Arc<CodeList>,
    /// Where each word begins, from the lowest up: the number with the place of the word in the list.
    /// Below the first there is no word.
    pub begins: Vec<(f64, u32)>,
}

/// What words about a number on a scale are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Among {
    /// The bands of the scale: the number is a score.
    Bands,
    /// Whether it changed reliably: the number is a gain.
    Changes,
}

/// A checked expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// A constant.
    Literal(Literal),
    /// A parameter, already replaced by its value; the name is kept for explanations.
    Parameter(String, Literal),
    /// A name.
    Name(Name),
    /// Logical not; nothing stays nothing.
    Not(Box<Expr>),
    /// Logical and, three-valued.
    And(Box<Expr>, Box<Expr>),
    /// Logical or, three-valued.
    Or(Box<Expr>, Box<Expr>),
    /// A comparison; nothing on either side gives nothing.
    Compare(Comparison, Box<Expr>, Box<Expr>),
    /// Arithmetic on numbers, or days between dates.
    Arithmetic(Arithmetic, Box<Expr>, Box<Expr>),
    /// `x is null` (`negated` = false) or `x is not null`.
    IsNull {
        /// What is asked about.
        of: Box<Expr>,
        /// Whether the question is "is not null".
        negated: bool,
    },
    /// `x in (…)`, `x not in (…)`.
    In {
        /// What is looked for.
        of: Box<Expr>,
        /// The constants to find it among.
        list: Vec<Literal>,
        /// Whether the question is "not in".
        negated: bool,
    },
    /// `x between a and b`, both ends included.
    Between {
        /// What is compared.
        of: Box<Expr>,
        /// The lower end.
        low: Box<Expr>,
        /// The upper end.
        high: Box<Expr>,
        /// Whether the question is "not between".
        negated: bool,
    },
    /// A function of single values.
    Value(ValueFunction, Vec<Expr>),
    /// `band('scale', x)`, `reliable_change('scale', a, b)`: a word for where a number lies.
    Place(Box<Placed>),
    /// A function over the rows of a window (window scope only).
    Rows(Reads, RowFunction),
}

impl Expr {
    /// Calls `visit` on this expression and on every expression below it, rows' arguments included.
    pub fn walk(&self, visit: &mut dyn FnMut(&Expr)) {
        visit(self);
        match self {
            Expr::Literal(_) | Expr::Parameter(..) | Expr::Name(_) => {}
            Expr::Not(a) | Expr::IsNull { of: a, .. } | Expr::In { of: a, .. } => a.walk(visit),
            Expr::And(a, b)
            | Expr::Or(a, b)
            | Expr::Compare(_, a, b)
            | Expr::Arithmetic(_, a, b) => {
                a.walk(visit);
                b.walk(visit);
            }
            Expr::Between { of, low, high, .. } => {
                of.walk(visit);
                low.walk(visit);
                high.walk(visit);
            }
            Expr::Value(_, args) => args.iter().for_each(|a| a.walk(visit)),
            Expr::Place(placed) => placed.of.walk(visit),
            Expr::Rows(_, f) => {
                if let Some(a) = f.argument() {
                    a.walk(visit);
                }
            }
        }
    }

    /// Every name in the expression, in order of appearance, repeats included.
    #[must_use]
    pub fn names(&self) -> Vec<Name> {
        let mut found = Vec::new();
        self.walk(&mut |e| {
            if let Expr::Name(n) = e {
                found.push(n.clone());
            }
        });
        found
    }
}

impl RowFunction {
    /// The expression evaluated on each row, if the function takes one.
    #[must_use]
    pub fn argument(&self) -> Option<&Expr> {
        match self {
            Self::Count | Self::DaysInWindow | Self::Spread => None,
            Self::CountDistinct(e)
            | Self::Sum(e)
            | Self::Average(e)
            | Self::Median(e)
            | Self::Minimum(e)
            | Self::Maximum(e)
            | Self::First(e)
            | Self::Last(e)
            | Self::Has(e)
            | Self::Every(e)
            | Self::NoneOf(e) => Some(e),
            Self::DaysCovered(e) | Self::LongestRun(e) => e.as_deref(),
        }
    }
}

/// An expression with the words in which its author wrote it.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// The text in the definition file.
    pub text: String,
    /// The resolved tree.
    pub expr: Expr,
    /// What it gives.
    pub ty: Type,
}

impl fmt::Display for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
