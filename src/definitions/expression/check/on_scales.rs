//! Checks calls of functions that know a scale: its bands, and the change that is more than chance.

use std::sync::Arc;

use super::functions::usage;
use super::types::say;
use super::{Checker, Typed};
use crate::definitions::diagnostic::nearest_or_list;
use crate::definitions::expression::parse::{Call, Raw, RawKind};
use crate::definitions::expression::{
    Among, Arithmetic, CodeList, Comparison, Expr, Literal, Placed, Type,
};
use crate::definitions::measure::GoodIs;
use crate::definitions::scale::{Change, Scale};

/// Functions whose first argument names a scale.
pub(super) const ON_SCALES: [&str; 3] = ["band", "reliable_change", "improved_reliably"];

impl Checker<'_> {
    /// A call of one of [`ON_SCALES`].
    pub(super) fn on_scale(&mut self, raw: &Raw, call: &Call) -> Option<Typed> {
        let name = call.name.as_str();
        let scores = if name == "band" { 1 } else { 2 };
        let (false, false, [named, of @ ..]) =
            (call.star, call.distinct, call.arguments.as_slice())
        else {
            return self.misused(raw, name);
        };
        if of.len() != scores {
            return self.misused(raw, name);
        }
        let scale = self.scale(named, name)?;
        let read: Vec<Option<Typed>> = of.iter().map(|a| self.score(a, name)).collect();
        let mut read = read.into_iter().collect::<Option<Vec<_>>>()?.into_iter().map(|(e, _)| e);
        let (first, second) = (read.next()?, read.next());
        let Some(second) = second else {
            let codes = scale.bands.iter().map(|b| b.name.clone()).collect();
            let list = Arc::new(CodeList { codes, ordered: true });
            let begins = scale.band_begins();
            return Some(placed(scale, Among::Bands, first, list, begins));
        };
        let begins = scale.change_begins()?;
        let (better, worse) = match scale.better {
            GoodIs::High => (second, first),
            GoodIs::Low => (first, second),
        };
        let gain = Expr::Arithmetic(Arithmetic::Minus, Box::new(better), Box::new(worse));
        let codes = Change::WORDS.iter().map(|&word| word.to_owned()).collect();
        let list = Arc::new(CodeList { codes, ordered: false });
        let improved = Literal::Code(0, Arc::clone(&list));
        let (change, ty) = placed(scale, Among::Changes, gain, list, begins);
        if name == "reliable_change" {
            return Some((change, ty));
        }
        let improved = Box::new(Expr::Literal(improved));
        Some((Expr::Compare(Comparison::Equal, Box::new(change), improved), Type::YesNo))
    }

    fn misused(&mut self, raw: &Raw, name: &str) -> Option<Typed> {
        let message = format!("`{name}` takes a scale and its scores");
        self.fault("form", raw, message, format!("write {}", usage(name)));
        None
    }

    /// The scale that an argument names, if it can answer the function.
    fn scale(&mut self, raw: &Raw, function: &str) -> Option<Scale> {
        let RawKind::Text(id) = &raw.kind else {
            let message = format!("`{function}` begins with the name of a scale, in quotes");
            self.fault("form", raw, message, format!("write {}", usage(function)));
            return None;
        };
        let scales = Arc::clone(&self.scope.scales);
        let Some(scale) = scales.iter().find(|s| s.id == *id) else {
            if !self.scope.broken.contains(id) {
                let known: Vec<&str> = scales.iter().map(|s| s.id.as_str()).collect();
                let message = format!("there is no scale `{id}`");
                self.fault("reference", raw, message, nearest_or_list(id, &known));
            }
            return None;
        };
        let lacking = match function {
            _ if scale.metric.is_some() => Some((
                "counts other values than were recorded",
                "read the columns of its score pairs, which are in those values",
            )),
            "band" if scale.bands.is_empty() => Some(("has no bands", "add `bands` to the scale")),
            "band" => None,
            _ if scale.reliable.is_none() => Some((
                "does not say which change is more than chance",
                "add `reliable_change` to the scale",
            )),
            _ => None,
        };
        if let Some((why, mend)) = lacking {
            self.fault("scale", raw, format!("the scale `{id}` {why}"), mend);
            return None;
        }
        Some(scale.clone())
    }

    fn score(&mut self, raw: &Raw, function: &str) -> Option<Typed> {
        let (expr, ty) = self.expr(raw)?;
        if !matches!(ty, Type::Score | Type::Number(None)) {
            let message = format!("`{function}` needs a score here, but this is {}", say(&ty));
            self.fault("type", raw, message, format!("write {}", usage(function)));
            return None;
        }
        Some((expr, ty))
    }
}

fn placed(
    scale: Scale,
    among: Among,
    of: Expr,
    list: Arc<CodeList>,
    begins: Vec<(f64, u32)>,
) -> Typed {
    let ty = Type::Code(Arc::clone(&list));
    (Expr::Place(Box::new(Placed { of, scale: scale.id, among, list, begins })), ty)
}
