//! Reads an expression with `sqlparser` and keeps only the forms that the language knows.
//!
//! The parser accepts far more SQL than we do; everything else is turned away here, by name and in
//! the author's words. Every part of the tree remembers the bytes of the definition file it came
//! from, in strings of one line and of many.

use std::ops::Range;

use sqlparser::ast::{
    BinaryOperator, DataType, DuplicateTreatment, Expr as Sql, Function, FunctionArg,
    FunctionArgExpr, FunctionArguments, InTarget, ObjectNamePart, Spanned, UnaryOperator, Value,
};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Location, Span, Token};

use crate::calendar::Day;
use crate::definitions::diagnostic::Diagnostic;
use crate::definitions::expression::{Arithmetic, Comparison};
use crate::definitions::place::Place;

/// An expression as written, not yet checked.
#[derive(Debug)]
pub struct Raw {
    /// What it is.
    pub kind: RawKind,
    /// Where it stands.
    pub place: Place,
}

/// The forms that the language knows.
#[derive(Debug)]
pub enum RawKind {
    /// A number.
    Number(f64),
    /// Words between single quotes.
    Text(String),
    /// `true` or `false`.
    YesNo(bool),
    /// `date '2026-09-30'`
    Date(Day),
    /// `null`
    Null,
    /// A name, its parts joined by points.
    Name(String),
    /// `-x`
    Negative(Box<Raw>),
    /// `not x`
    Not(Box<Raw>),
    /// `a and b`
    And(Box<Raw>, Box<Raw>),
    /// `a or b`
    Or(Box<Raw>, Box<Raw>),
    /// A comparison.
    Compare(Comparison, Box<Raw>, Box<Raw>),
    /// Arithmetic.
    Arithmetic(Arithmetic, Box<Raw>, Box<Raw>),
    /// `x is null`, `x is not null`
    IsNull(Box<Raw>, bool),
    /// `x in (…)`, `x not in (…)`
    In(Box<Raw>, Vec<Raw>, bool),
    /// `x between a and b`, `x not between a and b`
    Between(Box<Raw>, Box<Raw>, Box<Raw>, bool),
    /// A function.
    Call(Call),
}

/// A call of a function.
#[derive(Debug)]
pub struct Call {
    /// Its name, its parts joined by points, in small letters.
    pub name: String,
    /// Whether the argument is `*`.
    pub star: bool,
    /// Whether `distinct` stands before the argument.
    pub distinct: bool,
    /// Its arguments.
    pub arguments: Vec<Raw>,
}

/// Reads the expression in the TOML string at `place` (its quotes included).
///
/// # Errors
/// When it is not an expression, or not one of the forms that the language knows.
pub fn parse(place: &Place) -> Result<(String, Raw), Diagnostic> {
    read(Written::within(place)?, place)
}

/// As [`parse`], where names may stand in back quotes or double quotes: those of an export have blanks
/// in them.
///
/// # Errors
/// As of [`parse`].
pub fn parse_with_quoted_names(place: &Place) -> Result<(String, Raw), Diagnostic> {
    read(Written { quoted_names: true, ..Written::within(place)? }, place)
}

fn read(written: Written<'_>, place: &Place) -> Result<(String, Raw), Diagnostic> {
    if written.text.trim().is_empty() {
        return Err(Diagnostic::error("syntax", place, "the expression is empty"));
    }
    let dialect = GenericDialect {};
    let mut parser =
        Parser::new(&dialect).try_with_sql(written.text).map_err(|e| written.syntax(&e))?;
    let tree = parser.parse_expr().map_err(|e| written.syntax(&e))?;
    let next = parser.peek_token();
    if next.token != Token::EOF {
        return Err(written.left_over(&next.token, next.span));
    }
    let text = written.text.split_whitespace().collect::<Vec<_>>().join(" ");
    Ok((text, written.walk(&tree)?))
}

/// The text between the quotes of a TOML string, and where it stands in the file.
struct Written<'a> {
    place: &'a Place,
    text: &'a str,
    start: usize,
    quoted_names: bool,
}

impl<'a> Written<'a> {
    fn within(place: &'a Place) -> Result<Self, Diagnostic> {
        let raw = place.file.text.get(place.span.clone()).unwrap_or_default();
        let quotes = if raw.starts_with("\"\"\"") || raw.starts_with("'''") { 3 } else { 1 };
        let mut from = quotes;
        // TOML drops the line break that follows the opening quotes of a string of many lines.
        if quotes == 3 {
            let rest = raw.get(from..).unwrap_or_default();
            from += if rest.starts_with("\r\n") { 2 } else { usize::from(rest.starts_with('\n')) };
        }
        let text = raw.get(from..raw.len().saturating_sub(quotes)).unwrap_or_default();
        let start = place.span.start + from;
        // An escape makes the text shorter than its place in the file: carets would point beside.
        if let (true, Some(at)) = (raw.starts_with('"'), text.find('\\')) {
            let here = Place::new(&place.file, start + at..start + at + 1);
            return Err(Diagnostic::error(
                "escape",
                &here,
                "an expression cannot hold a backslash",
            )
            .mend(
                "write the expression without `\\`; words stand in single quotes: kind = 'missing'",
            ));
        }
        Ok(Self { place, text, start, quoted_names: false })
    }

    /// The byte in the file of a line and column of the text; columns count characters.
    fn byte(&self, at: Location) -> usize {
        let line = usize::try_from(at.line).unwrap_or(1).saturating_sub(1);
        let column = usize::try_from(at.column).unwrap_or(1).saturating_sub(1);
        let line_start: usize = self.text.split_inclusive('\n').take(line).map(str::len).sum();
        let rest = self.text.get(line_start..).unwrap_or_default();
        let within: usize = rest.chars().take(column).map(char::len_utf8).sum();
        self.start + line_start + within
    }

    fn place(&self, span: Span) -> Place {
        if span.start.line == 0 {
            return self.place.clone();
        }
        let (start, end) = (self.byte(span.start), self.byte(span.end));
        Place::new(&self.place.file, start..end.max(start + 1))
    }

    fn end(&self) -> Range<usize> {
        let end = self.start + self.text.trim_end().len();
        end.saturating_sub(1).max(self.start)..end
    }

    fn syntax(&self, error: &ParserError) -> Diagnostic {
        let message = match error {
            ParserError::TokenizerError(m) | ParserError::ParserError(m) => m.as_str(),
            ParserError::RecursionLimitExceeded => "",
        };
        let at = location(message);
        let span = at.map_or(self.end(), |at| {
            let start = self.byte(at);
            let within = self.text.get(start - self.start..).unwrap_or_default();
            if within.trim().is_empty() { self.end() } else { start..start + first_word(within) }
        });
        let place = Place::new(&self.place.file, span);
        let found = place.file.text.get(place.span.clone()).unwrap_or_default();
        let fault = |m: String| Diagnostic::error("syntax", &place, m);
        if message.contains("Unterminated string") {
            return fault("a single quote is opened and not closed".into());
        }
        if message.contains("found: EOF") || at.is_none() {
            return fault("the expression stops before it is whole".into())
                .mend("finish it, or take away the last word");
        }
        let reading = fault(format!("the expression cannot be read from `{found}` on"));
        match self.likely_mend() {
            Some(mend) => reading.mend(mend),
            None => reading,
        }
    }

    fn left_over(&self, token: &Token, span: Span) -> Diagnostic {
        let place = self.place(span);
        let found = place.file.text.get(place.span.clone()).unwrap_or_default();
        let fault = Diagnostic::error("syntax", &place, format!("`{found}` does not belong here"))
            .label("the expression is whole before this");
        match (token, self.likely_mend()) {
            (_, Some(mend)) => fault.mend(mend),
            (Token::Word(_) | Token::Number(..) | Token::SingleQuotedString(_), None) => {
                fault.mend("join two conditions with `and` or `or`")
            }
            (_, None) => fault,
        }
    }

    /// What an author who thinks in another language probably meant.
    fn likely_mend(&self) -> Option<&'static str> {
        let has = |s: &str| self.text.contains(s);
        if has("==") {
            Some("write `=` to compare")
        } else if has("&&") || has("||") {
            Some("write `and`, `or`, `not` as words")
        } else if has("any(") || has("any (") || has("some(") || has("exists(") {
            Some("write `has(…)` for \"at least one row\"")
        } else {
            None
        }
    }

    fn refuse(&self, tree: &Sql, what: &str, mend: &str) -> Diagnostic {
        Diagnostic::error("form", &self.place(tree.span()), format!("{what} cannot be used here"))
            .mend(mend.to_owned())
    }

    fn walk(&self, tree: &Sql) -> Result<Raw, Diagnostic> {
        let boxed = |e: &Sql| self.walk(e).map(Box::new);
        let kind = match tree {
            Sql::Nested(inner) => return self.walk(inner),
            Sql::Value(v) => self.value(tree, &v.value)?,
            Sql::Identifier(word) => RawKind::Name(self.word(tree, word)?),
            Sql::CompoundIdentifier(words) => {
                let parts: Result<Vec<_>, _> = words.iter().map(|w| self.word(tree, w)).collect();
                RawKind::Name(parts?.join("."))
            }
            Sql::UnaryOp { op: UnaryOperator::Not, expr } => RawKind::Not(boxed(expr)?),
            Sql::UnaryOp { op: UnaryOperator::Minus, expr } => RawKind::Negative(boxed(expr)?),
            Sql::BinaryOp { left, op, right } => {
                let (a, b) = (boxed(left)?, boxed(right)?);
                self.operator(tree, op, a, b)?
            }
            Sql::IsNull(e) => RawKind::IsNull(boxed(e)?, false),
            Sql::IsNotNull(e) => RawKind::IsNull(boxed(e)?, true),
            Sql::In { expr, target: InTarget::List(list), negated, global: false } => {
                let list: Result<Vec<_>, _> = list.iter().map(|e| self.walk(e)).collect();
                RawKind::In(boxed(expr)?, list?, *negated)
            }
            Sql::Between { expr, negated, low, high } => {
                RawKind::Between(boxed(expr)?, boxed(low)?, boxed(high)?, *negated)
            }
            Sql::TypedString(typed) if typed.data_type == DataType::Date => {
                let text = typed.value.value.clone().into_string().unwrap_or_default();
                match Day::parse_iso(&text) {
                    Some(day) => RawKind::Date(day),
                    None => {
                        return Err(self.refuse(
                            tree,
                            "this date",
                            "write a day as date '2026-09-30'",
                        ));
                    }
                }
            }
            Sql::Function(f) => RawKind::Call(self.call(tree, f)?),
            other => return Err(self.unknown_form(other)),
        };
        let mut place = self.place(tree.span());
        if matches!(tree, Sql::Function(_)) {
            place.span.end = self.end_of_call(place.span.start).unwrap_or(place.span.end);
        }
        Ok(Raw { kind, place })
    }

    /// The end of a call that begins at a byte of the file: the parser keeps no brackets.
    fn end_of_call(&self, start: usize) -> Option<usize> {
        let text = self.text.get(start.checked_sub(self.start)?..)?;
        let (mut depth, mut quoted) = (0_u32, false);
        for (at, c) in text.char_indices() {
            match c {
                '\'' => quoted = !quoted,
                '(' if !quoted => depth += 1,
                ')' if !quoted && depth == 1 => return Some(start + at + 1),
                ')' if !quoted => depth = depth.checked_sub(1)?,
                _ => {}
            }
        }
        None
    }

    fn word(&self, tree: &Sql, word: &sqlparser::ast::Ident) -> Result<String, Diagnostic> {
        match word.quote_style {
            None => Ok(word.value.clone()),
            Some(_) if self.quoted_names => Ok(word.value.clone()),
            Some(_) => Err(self.refuse(
                tree,
                "a word in double quotes",
                "names stand bare, words to compare with stand in single quotes",
            )),
        }
    }

    fn value(&self, tree: &Sql, value: &Value) -> Result<RawKind, Diagnostic> {
        match value {
            Value::Number(digits, _) => digits
                .parse()
                .map(RawKind::Number)
                .map_err(|_| self.refuse(tree, "this number", "write digits with a point: 0.9")),
            Value::SingleQuotedString(text) => Ok(RawKind::Text(text.clone())),
            Value::Boolean(b) => Ok(RawKind::YesNo(*b)),
            Value::Null => Ok(RawKind::Null),
            _ => Err(self.refuse(
                tree,
                "this kind of constant",
                "words stand in single quotes: 'missing'",
            )),
        }
    }

    fn operator(
        &self,
        tree: &Sql,
        op: &BinaryOperator,
        a: Box<Raw>,
        b: Box<Raw>,
    ) -> Result<RawKind, Diagnostic> {
        Ok(match op {
            BinaryOperator::And => RawKind::And(a, b),
            BinaryOperator::Or => RawKind::Or(a, b),
            BinaryOperator::Eq => RawKind::Compare(Comparison::Equal, a, b),
            BinaryOperator::NotEq => RawKind::Compare(Comparison::NotEqual, a, b),
            BinaryOperator::Lt => RawKind::Compare(Comparison::Less, a, b),
            BinaryOperator::LtEq => RawKind::Compare(Comparison::LessOrEqual, a, b),
            BinaryOperator::Gt => RawKind::Compare(Comparison::Greater, a, b),
            BinaryOperator::GtEq => RawKind::Compare(Comparison::GreaterOrEqual, a, b),
            BinaryOperator::Plus => RawKind::Arithmetic(Arithmetic::Plus, a, b),
            BinaryOperator::Minus => RawKind::Arithmetic(Arithmetic::Minus, a, b),
            BinaryOperator::Multiply => RawKind::Arithmetic(Arithmetic::Times, a, b),
            BinaryOperator::Divide => RawKind::Arithmetic(Arithmetic::Over, a, b),
            other => {
                let mend = self
                    .likely_mend()
                    .unwrap_or("use =, <>, <, <=, >, >=, +, -, *, /, and, or, not");
                return Err(self.refuse(tree, &format!("the operator `{other}`"), mend));
            }
        })
    }

    fn call(&self, tree: &Sql, f: &Function) -> Result<Call, Diagnostic> {
        let plain = || {
            self.refuse(tree, "this form of a function", "write name(argument, …) and nothing more")
        };
        let mut name = Vec::new();
        for part in &f.name.0 {
            match part {
                ObjectNamePart::Identifier(word) => name.push(self.word(tree, word)?),
                ObjectNamePart::Function(_) => return Err(plain()),
            }
        }
        let FunctionArguments::List(list) = &f.args else { return Err(plain()) };
        let adorned = f.filter.is_some()
            || f.over.is_some()
            || f.null_treatment.is_some()
            || !f.within_group.is_empty()
            || !list.clauses.is_empty()
            || f.parameters != FunctionArguments::None
            || list.duplicate_treatment == Some(DuplicateTreatment::All);
        if adorned {
            return Err(plain());
        }
        let mut call = Call {
            name: name.join(".").to_lowercase(),
            star: false,
            distinct: list.duplicate_treatment == Some(DuplicateTreatment::Distinct),
            arguments: Vec::new(),
        };
        for argument in &list.args {
            match argument {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(e)) => {
                    call.arguments.push(self.walk(e)?);
                }
                FunctionArg::Unnamed(FunctionArgExpr::Wildcard) => call.star = true,
                _ => return Err(plain()),
            }
        }
        Ok(call)
    }

    fn unknown_form(&self, tree: &Sql) -> Diagnostic {
        let test = "choose rows with `where` and a window, and say what they must show in `expect`";
        let compare = "use =, <>, in (…), between … and …, is null";
        let (what, mend) = match tree {
            Sql::Subquery(_) | Sql::Exists { .. } | Sql::In { .. } => {
                ("a query inside an expression", test)
            }
            Sql::Case { .. } => ("`case`", "make two tests, or a parameter"),
            Sql::Cast { .. } | Sql::Convert { .. } => {
                ("`cast`", "every column already has its type")
            }
            Sql::Like { .. } | Sql::ILike { .. } | Sql::RLike { .. } | Sql::SimilarTo { .. } => {
                ("`like`", "map the words to codes and compare with those")
            }
            Sql::Interval(_) => {
                ("`interval`", "say lengths of time in the window: for = \"6 months\"")
            }
            Sql::IsTrue(_) | Sql::IsFalse(_) | Sql::IsNotTrue(_) | Sql::IsNotFalse(_) => {
                ("`is true` or `is false`", "write the name by itself, or `not` before it")
            }
            Sql::AnyOp { .. } | Sql::AllOp { .. } => (
                "`any` or `all`",
                "write `has(…)` for at least one row, `every(…)` for all of them",
            ),
            Sql::UnaryOp { .. } => ("this sign", "use - or not"),
            _ => ("this form of SQL", compare),
        };
        self.refuse(tree, what, mend)
    }
}

/// The "at Line: 1, Column: 13" that the parser ends its messages with.
fn location(message: &str) -> Option<Location> {
    let (_, tail) = message.rsplit_once("at Line: ")?;
    let (line, column) = tail.split_once(", Column: ")?;
    let digits: String = column.chars().take_while(char::is_ascii_digit).collect();
    Some(Location { line: line.parse().ok()?, column: digits.parse().ok()? })
}

/// How many bytes the first word or sign of a text takes.
fn first_word(text: &str) -> usize {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let length: usize = text.chars().take_while(|&c| word(c)).map(char::len_utf8).sum();
    if length > 0 { length } else { text.chars().next().map_or(1, char::len_utf8) }
}
