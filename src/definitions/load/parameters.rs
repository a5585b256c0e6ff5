//! Parameters where a length or a number of periods stands: `for = "param.sustained"`.

use crate::calendar::Length;
use crate::definitions::diagnostic::{Diagnostic, nearest_or_list};
use crate::definitions::expression::{Expr, Literal, Type};
use crate::definitions::load::ground::Ground;
use crate::definitions::load::reader::{Text, Value};

impl Ground<'_> {
    /// A length of time, written out or as a parameter whose unit is one of time.
    pub(super) fn length(&self, value: Value<'_>) -> Option<Length> {
        let Some(name) = named_parameter(value) else { return value.length() };
        let (number, unit) = self.number(&name)?;
        let length = Length::parse(&format!("{number} {}", unit.replace('_', " ")));
        if length.is_none_or(|l| l.count == 0) {
            let message = format!("`{}` is a number of {unit}, not a length of time", name.text);
            self.log.push(
                Diagnostic::error("unit", &name.place, message)
                    .mend("name a parameter with unit = \"months\", \"weeks\", \"days\"…"),
            );
            return None;
        }
        length
    }

    /// How many, written out or as a parameter; of periods, its unit is the calendar's name.
    pub(super) fn count(&self, value: Value<'_>, calendar: Option<&str>) -> Option<u32> {
        let Some(name) = named_parameter(value) else {
            return value.whole(1, 60).and_then(|n| u32::try_from(n).ok());
        };
        let (number, unit) = self.number(&name)?;
        if let Some(calendar) = calendar.filter(|calendar| *calendar != unit) {
            let message = format!("`{}` is a number of {unit}, not of {calendar}", name.text);
            self.log.push(
                Diagnostic::error("unit", &name.place, message)
                    .mend(format!("name a parameter with unit = \"{calendar}\"")),
            );
            return None;
        }
        let count = number.parse().ok().filter(|n| (1..=60).contains(n));
        if count.is_none() {
            let message = format!("`{}` is {number}, and cannot count anything", name.text);
            self.log.push(
                Diagnostic::error("value", &name.place, message)
                    .mend("let the parameter be a whole number from 1 to 60"),
            );
        }
        count
    }

    /// The number of a parameter and its unit.
    fn number(&self, name: &Text) -> Option<(String, String)> {
        match self.parameters.get(&name.text) {
            Some((Expr::Parameter(_, Literal::Number(n)), Type::Number(Some(unit)))) => {
                Some((n.to_string(), unit.clone()))
            }
            Some(_) => {
                let message = format!("`{}` is not a number with a unit", name.text);
                self.log.push(
                    Diagnostic::error("type", &name.place, message)
                        .mend("give the parameter type = \"number\" and a unit"),
                );
                None
            }
            None => {
                if !self.is_broken(name.text.trim_start_matches("param.")) {
                    let known: Vec<&str> = self.parameters.keys().map(String::as_str).collect();
                    let message = format!("there is no parameter `{}`", name.text);
                    self.log.push(
                        Diagnostic::error("reference", &name.place, message)
                            .mend(nearest_or_list(&name.text, &known)),
                    );
                }
                None
            }
        }
    }
}

/// The name of the parameter that stands here, if one does.
fn named_parameter(value: Value<'_>) -> Option<Text> {
    value.text_if_it_is_one().filter(|text| text.text.starts_with("param."))
}
