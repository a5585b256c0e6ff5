//! Expressions as an English reader would say them.

use crate::definitions::Definitions;
use crate::definitions::expression::{
    Among, Arithmetic, Comparison, Expr, Literal, Name, Placed, Reads, RowFunction, Type,
    ValueFunction,
};
use crate::definitions::test::{PERIOD_END, PERIOD_START};

/// Says expressions about one unit.
#[derive(Clone, Copy)]
pub(super) struct Voice<'a> {
    definitions: &'a Definitions,
    unit: &'a str,
    /// Whether bare columns are those of a source, so that the unit's own need saying.
    over_rows: bool,
}

impl<'a> Voice<'a> {
    pub(super) fn of_unit(definitions: &'a Definitions, unit: &'a str) -> Self {
        Self { definitions, unit, over_rows: false }
    }

    /// The same for expressions over the rows of a source.
    pub(super) fn over_rows(self) -> Self {
        Self { over_rows: true, ..self }
    }

    /// An anchor by the date that it stands for: `sustain_from` may be the closed date.
    pub(super) fn anchor(&self, name: &str) -> String {
        match name {
            PERIOD_START => return self.name(&Name::PeriodStart),
            PERIOD_END => return self.name(&Name::PeriodEnd),
            _ => {}
        }
        let unit = self.definitions.unit(self.unit);
        let parent = unit.and_then(|u| self.definitions.unit(u.of.as_deref()?));
        let column = unit.into_iter().chain(parent).find_map(|u| u.anchor(name));
        name_of_column(column.unwrap_or(name))
    }

    /// The unit's parent: "the case".
    pub(super) fn parent(&self) -> String {
        let parent = self.definitions.unit(self.unit).and_then(|u| u.of.as_deref());
        format!("the {}", spaced(parent.unwrap_or(self.unit)))
    }

    /// An expression that is true or false.
    pub(super) fn condition(&self, expr: &Expr) -> String {
        match expr {
            Expr::And(a, b) => format!("{} and {}", self.side(a, true), self.side(b, true)),
            Expr::Or(a, b) => format!("{} or {}", self.side(a, false), self.side(b, false)),
            Expr::Not(a) => match a.as_ref() {
                Expr::Name(Name::Column(_) | Name::Unit(_) | Name::Parent(_)) => {
                    format!("{} is no", self.value(a))
                }
                _ => format!("it is not so that {}", self.bracketed(a)),
            },
            Expr::Compare(op, a, b) => self.comparison(*op, a, b),
            Expr::IsNull { of, negated } => {
                format!("{} is {}recorded", self.value(of), if *negated { "" } else { "not " })
            }
            Expr::In { of, list, negated } => {
                let words: Vec<String> = list.iter().map(|l| literal(l, false)).collect();
                let is = if *negated { "is none of" } else { "is" };
                format!("{} {is} {}", self.value(of), listed(&words, "or"))
            }
            Expr::Between { of, low, high, negated } => {
                let not = if *negated { "not " } else { "" };
                let (low, high) = (self.value(low), self.value(high));
                format!("{} is {not}between {low} and {high}", self.value(of))
            }
            Expr::Literal(Literal::YesNo(true)) => "there is no further condition".to_owned(),
            Expr::Literal(Literal::YesNo(false)) => "never".to_owned(),
            Expr::Name(name) => self.claim(name),
            Expr::Rows(reads, function) => self.rows_condition(*reads, function),
            other => format!("{} is yes", self.value(other)),
        }
    }

    /// One side of an `and` or `or`, in brackets where the other one would make it ambiguous.
    fn side(&self, expr: &Expr, of_and: bool) -> String {
        match expr {
            Expr::Or(..) if of_and => format!("({})", self.condition(expr)),
            Expr::And(..) if !of_and => format!("({})", self.condition(expr)),
            _ => self.condition(expr),
        }
    }

    fn bracketed(&self, expr: &Expr) -> String {
        match expr {
            Expr::And(..) | Expr::Or(..) => format!("({})", self.condition(expr)),
            _ => self.condition(expr),
        }
    }

    /// A name that is true or false by itself.
    fn claim(&self, name: &Name) -> String {
        let quoted =
            |title: Option<&str>, id: &str| format!("\u{201c}{}\u{201d}", title.unwrap_or(id));
        match name {
            Name::Fact(id) => match self.definitions.fact(id) {
                Some(fact) => lower_first(&fact.title),
                None => spaced(id),
            },
            Name::Need(id) => format!("the need {} was found", quoted(self.title(id), id)),
            Name::Outcome(id) => format!("the outcome {} was met", quoted(self.title(id), id)),
            Name::Claim(id) => format!("the claim {} holds", quoted(self.title(id), id)),
            Name::Test(id) => format!("\u{201c}{}\u{201d} is met", spaced(id)),
            Name::EveryNeedMet => "every need that was found is met and sustained".to_owned(),
            Name::HasThisNeed => "the person was recorded with the need".to_owned(),
            other => format!("{} is yes", self.name(other)),
        }
    }

    /// The title of a need, outcome or claim written as `framework.name`.
    fn title(&self, id: &str) -> Option<&'a str> {
        let (framework, id) = id.split_once('.')?;
        let framework = self.definitions.framework(framework)?;
        let needs = framework.needs.iter().map(|n| (&n.id, &n.title));
        let outcomes = framework.outcomes.iter().map(|o| (&o.id, &o.title));
        let claims = framework.claims.iter().map(|c| (&c.id, &c.title));
        needs.chain(outcomes).chain(claims).find(|(other, _)| *other == id).map(|(_, t)| t.as_str())
    }

    fn comparison(&self, op: Comparison, a: &Expr, b: &Expr) -> String {
        if let (Expr::Rows(reads, RowFunction::Count), Expr::Literal(Literal::Number(n))) = (a, b) {
            let baseline = before(*reads);
            if (op == Comparison::Equal && *n == 0.0) || (op == Comparison::Less && *n == 1.0) {
                return format!("there are none{baseline}");
            }
            if (op == Comparison::GreaterOrEqual && *n == 1.0)
                || (op == Comparison::Greater && *n == 0.0)
            {
                return format!("there is at least one{baseline}");
            }
        }
        if let Expr::Literal(Literal::YesNo(b)) = b
            && matches!(op, Comparison::Equal | Comparison::NotEqual)
        {
            let yes = *b == (op == Comparison::Equal);
            return format!("{} is {}", self.value(a), if yes { "yes" } else { "no" });
        }
        let dates = [a, b].iter().any(|e| self.is_date(e));
        let is = match (op, dates) {
            (Comparison::Equal, _) => "is",
            (Comparison::NotEqual, _) => "is not",
            (Comparison::Less, false) => "is less than",
            (Comparison::LessOrEqual, false) => "is at most",
            (Comparison::Greater, false) => "is more than",
            (Comparison::GreaterOrEqual, false) => "is at least",
            (Comparison::Less, true) => "is before",
            (Comparison::LessOrEqual, true) => "is on or before",
            (Comparison::Greater, true) => "is after",
            (Comparison::GreaterOrEqual, true) => "is on or after",
        };
        let share = self.is_share(a) || self.is_share(b);
        let counted = matches!(a, Expr::Name(Name::NeedsIdentified | Name::HeadlinesIdentified));
        if let (true, Expr::Parameter(_, value)) = (counted, b) {
            return format!("{} {is} {}", self.value(a), literal(value, false));
        }
        format!("{} {is} {}", self.number(a, share), self.number(b, share))
    }

    fn is_date(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Literal(Literal::Date(_)) | Expr::Value(ValueFunction::AddWorkingDays, _) => true,
            Expr::Name(Name::Column(c) | Name::Unit(c) | Name::Parent(c)) => c.ends_with("_on"),
            _ => false,
        }
    }

    /// Whether a value is a share that reads better as a percentage.
    fn is_share(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Parameter(id, _) => {
                let parameter = self.definitions.project.parameters.iter().find(|p| p.id == *id);
                parameter.is_some_and(|p| p.ty == Type::Proportion)
            }
            Expr::Name(Name::Column(name)) => self
                .definitions
                .sources
                .iter()
                .filter_map(|s| s.column(name))
                .any(|c| c.ty == Type::Proportion),
            Expr::Rows(_, f) => {
                !matches!(f, RowFunction::Count | RowFunction::CountDistinct(_))
                    && f.argument().is_some_and(|a| self.is_share(a))
            }
            _ => false,
        }
    }

    fn number(&self, expr: &Expr, share: bool) -> String {
        match expr {
            Expr::Literal(l) => literal(l, share),
            other => self.value(other),
        }
    }

    /// An expression that gives a number, a date or a word.
    pub(super) fn value(&self, expr: &Expr) -> String {
        match expr {
            Expr::Literal(l) => literal(l, false),
            Expr::Parameter(id, value) => self.parameter(id, value),
            Expr::Name(name) => self.name(name),
            Expr::Arithmetic(op, a, b) => {
                let word = match op {
                    Arithmetic::Plus => "plus",
                    Arithmetic::Minus => "less",
                    Arithmetic::Times => "times",
                    Arithmetic::Over => "divided by",
                };
                format!("{} {word} {}", self.operand(a), self.operand(b))
            }
            Expr::Value(function, arguments) => self.call(*function, arguments),
            Expr::Place(placed) => self.place(placed),
            Expr::Rows(reads, function) => self.rows_value(*reads, function),
            condition => format!("whether {}", self.condition(condition)),
        }
    }

    fn operand(&self, expr: &Expr) -> String {
        match expr {
            Expr::Arithmetic(..) => format!("({})", self.value(expr)),
            _ => self.value(expr),
        }
    }

    fn parameter(&self, id: &str, value: &Literal) -> String {
        let parameter = self.definitions.project.parameters.iter().find(|p| p.id == id);
        match parameter.map(|p| &p.ty) {
            Some(Type::Proportion) => literal(value, true),
            Some(Type::Number(Some(unit))) => format!("{} {}", literal(value, false), spaced(unit)),
            Some(Type::Money) => format!("\u{a3}{}", literal(value, false)),
            _ => literal(value, false),
        }
    }

    fn name(&self, name: &Name) -> String {
        match name {
            Name::Unit(column) if self.over_rows => {
                format!("this {}'s {}", spaced(self.unit), without_article(&self.anchor(column)))
            }
            Name::Unit(column) => self.anchor(column),
            Name::Column(column) => name_of_column(column),
            Name::Parent(column) => {
                format!("{}'s {}", self.parent(), without_article(&name_of_column(column)))
            }
            Name::WindowStart => "the first day of the window".to_owned(),
            Name::WindowEnd => "the last day of the window".to_owned(),
            Name::AsAt => literal(&Literal::Date(self.definitions.project.as_at), false),
            Name::PeriodStart => "the first day of the period".to_owned(),
            Name::PeriodEnd => "the last day of the period".to_owned(),
            Name::NeedsIdentified => "the number of needs found".to_owned(),
            Name::HeadlinesIdentified => "the number of headlines with a need".to_owned(),
            Name::Fact(id) => {
                self.definitions.fact(id).map_or_else(|| spaced(id), |f| lower_first(&f.title))
            }
            other => self.claim(other),
        }
    }

    fn call(&self, function: ValueFunction, arguments: &[Expr]) -> String {
        let argument = |at: usize| arguments.get(at).map(|a| self.value(a)).unwrap_or_default();
        match function {
            ValueFunction::AgeOn => format!("the person's age on {}", argument(0)),
            ValueFunction::Days => format!("the days from {} to {}", argument(0), argument(1)),
            ValueFunction::Months => {
                format!("the completed months from {} to {}", argument(0), argument(1))
            }
            ValueFunction::WorkingDays => {
                format!("the working days from {} to {}", argument(0), argument(1))
            }
            ValueFunction::AddWorkingDays => format!("{} after {}", argument(1), argument(0)),
            ValueFunction::DayOfMonth => format!("the day of the month of {}", argument(0)),
            ValueFunction::Coalesce => {
                format!("{} (or {}, if not recorded)", argument(0), argument(1))
            }
        }
    }

    /// A word for where a number lies on a scale.
    fn place(&self, placed: &Placed) -> String {
        let scale = self.definitions.scale(&placed.scale);
        let title = scale.map_or(placed.scale.as_str(), |s| s.title.as_str());
        match placed.among {
            Among::Bands => format!("the band of {} on the {title}", self.value(&placed.of)),
            Among::Changes => {
                format!("the reliable change on the {title} ({})", self.value(&placed.of))
            }
        }
    }

    fn rows_condition(&self, reads: Reads, function: &RowFunction) -> String {
        let baseline = before(reads);
        match function {
            RowFunction::Has(p) => format!("there is a row{baseline} where {}", self.bracketed(p)),
            RowFunction::Every(p) => format!("in every row{baseline} {}", self.bracketed(p)),
            RowFunction::NoneOf(p) => {
                format!("there is no row{baseline} where {}", self.bracketed(p))
            }
            other => format!("{} is yes", self.rows_value(reads, other)),
        }
    }

    fn rows_value(&self, reads: Reads, function: &RowFunction) -> String {
        let of = |what: &str, e: &Expr| format!("the {what} {}", without_article(&self.value(e)));
        let where_ = |e: &Option<Box<Expr>>| {
            e.as_ref().map(|e| format!(" where {}", self.condition(e))).unwrap_or_default()
        };
        let said = match function {
            RowFunction::Count => "the number of rows".to_owned(),
            RowFunction::CountDistinct(e) => of("number of different", e),
            RowFunction::Sum(e) => of("sum of", e),
            RowFunction::Average(e) => of("mean", e),
            RowFunction::Median(e) => of("median", e),
            RowFunction::Minimum(e) => of("lowest", e),
            RowFunction::Maximum(e) => of("highest", e),
            RowFunction::First(e) => of("first", e),
            RowFunction::Last(e) => of("last", e),
            RowFunction::DaysCovered(e) => format!("the number of days covered{}", where_(e)),
            RowFunction::LongestRun(e) => format!("the longest run of covered days{}", where_(e)),
            RowFunction::DaysInWindow => "the number of days in the window".to_owned(),
            RowFunction::Spread => "the days from the first to the last row".to_owned(),
            RowFunction::Has(_) | RowFunction::Every(_) | RowFunction::NoneOf(_) => {
                return format!("whether {}", self.rows_condition(reads, function));
            }
        };
        format!("{said}{}", before(reads))
    }
}

fn before(reads: Reads) -> &'static str {
    match reads {
        Reads::Window => "",
        Reads::Baseline => " in the baseline",
    }
}

fn literal(literal: &Literal, share: bool) -> String {
    match literal {
        Literal::Number(n) if share => format!("{}%", (n * 1000.0).round() / 10.0),
        Literal::Number(n) => n.to_string(),
        Literal::Text(text) => format!("\u{201c}{text}\u{201d}"),
        Literal::Code(index, list) => list.word(*index).map(spaced).unwrap_or_default(),
        Literal::YesNo(b) => if *b { "yes" } else { "no" }.to_owned(),
        Literal::Date(day) => day.to_string(),
        Literal::Null => "nothing".to_owned(),
    }
}

/// A constant in words.
pub(crate) fn literal_word(value: &Literal) -> String {
    literal(value, false)
}

/// `closed_on` as "the closed date", `close_reason` as "the close reason".
pub(super) fn name_of_column(column: &str) -> String {
    if let Some((of, column)) = column.split_once('.') {
        return format!("the {}'s {}", spaced(of), without_article(&name_of_column(column)));
    }
    match column.strip_suffix("_on") {
        Some(stem) => format!("the {} date", spaced(stem)),
        None => format!("the {}", spaced(column)),
    }
}

/// "the closed date" as "closed date", to follow an owner.
pub(super) fn without_article(words: &str) -> &str {
    words.strip_prefix("the ").unwrap_or(words)
}

/// A name of the definitions without its underscores.
pub(crate) fn spaced(name: &str) -> String {
    name.replace('_', " ")
}

/// "a", "a and b", "a, b and c".
pub(super) fn listed(words: &[String], and: &str) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [most @ .., last] => format!("{} {and} {last}", most.join(", ")),
    }
}

/// Begins with a capital letter and ends with a full stop.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.trim().chars();
    let mut said: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    said.push_str(letters.as_str());
    if !said.ends_with(['.', '!', '?']) {
        said.push('.');
    }
    said
}

/// A title within a sentence.
fn lower_first(title: &str) -> String {
    let mut letters = title.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_lowercase).collect();
    format!("{first}{}", letters.as_str())
}
