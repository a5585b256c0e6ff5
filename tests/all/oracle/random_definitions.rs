//! Frameworks and facts made from a seed: every form of window, every length, every way to combine,
//! every function, every silence, split or not, over the sources that ship.
//!
//! They are written as text and loaded like anybody's, so that nothing is tried that could not be
//! written. What they ask makes no sense; that both implementations answer alike does.

use early_help::definitions::Definitions;
use early_help::definitions::expression::Type;
use early_help::definitions::source::{Column, Shape, Source};

use super::dice::Dice;

/// How many needs, each with an outcome, and how many facts one file holds.
const NEEDS: usize = 10;
const FACTS: usize = 6;

const ANCHORS: [&str; 6] =
    ["identified_on", "started_on", "assessed_on", "planned_on", "closed_on", "sustain_from"];

const LENGTHS: [&str; 12] = [
    "14 days",
    "28 days",
    "10 working days",
    "45 working days",
    "6 weeks",
    "13 weeks",
    "3 months",
    "6 months",
    "12 months",
    "1 year",
    "1 term",
    "2 terms",
];

const STATED: [&str; 4] = ["met", "not_met", "unknown", "not_applicable"];

/// What may be stated where a number is asked for.
const NO_NUMBER: [&str; 2] = ["unknown", "not_applicable"];

const COMPARISONS: [&str; 6] = ["=", "<>", "<", "<=", ">", ">="];

/// Who a test belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    Need,
    Outcome,
    Fact,
}

/// The text of a definition file with the id `random`.
pub(crate) fn random_definitions(ground: &Definitions, seed: u64) -> String {
    let mut writer = Writer { ground, dice: Dice(seed ^ 0x5EED), text: String::new() };
    writer.line("[file]\nlanguage = 1\nid = \"random\"\ntitle = \"Random\"");
    // Some cases are identified a day too early.
    writer.line("valid = { from = 2022-10-03, by = \"identified_on\" }");
    writer.line("[headline.one]\ntitle = \"One\"\n[headline.two]\ntitle = \"Two\"");
    for number in 0..NEEDS {
        let headline = if number % 2 == 0 { "one" } else { "two" };
        writer.line(&format!("[need.n{number}]\nheadline = \"{headline}\"\ntitle = \"Need\""));
        writer.tests("need", number, Of::Need);
        writer.line(&format!("[outcome.o{number}]\nneed = \"n{number}\"\ntitle = \"Outcome\""));
        writer.tests("outcome", number, Of::Outcome);
    }
    for (number, rule) in [
        "needs_identified >= 2 and every_need_met",
        "headlines_identified = 2 or every_need_met",
        "needs_identified < 3",
    ]
    .iter()
    .enumerate()
    {
        writer.line(&format!("[claim.c{number}]\ntitle = \"Claim\"\nrule = \"{rule}\""));
    }
    writer.overrides();
    for number in 0..FACTS {
        writer.line(&format!("[fact.f{number}]\ntitle = \"Fact\"\nunit = \"case\""));
        writer.test(Of::Fact);
    }
    writer.line(concat!(
        "[extract.needs]\ntitle = \"Needs\"\nunit = \"case_need\"\naudience = [\"internal\"]\ncolumns = [",
        "{ header = \"Case\", value = \"case_id\" }, { header = \"Need\", value = \"need\" }, ",
        "{ header = \"State\", value = \"outcome_state\" }, ",
        "{ header = \"Ends\", value = \"window_ends_on\" }, ",
        "{ header = \"Turns on\", value = \"turns_on\" }, { header = \"Others\", value = \"others_met\" }]",
    ));
    writer.text
}

struct Writer<'w> {
    ground: &'w Definitions,
    dice: Dice,
    text: String,
}

impl Writer<'_> {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn one_of<'p>(&mut self, among: &[&'p str]) -> &'p str {
        self.dice.pick(among).copied().expect("a choice")
    }

    /// What may be decided otherwise: some of needs, outcomes and claims, to either verdict.
    fn overrides(&mut self) {
        for (kind, letter, most) in
            [("need", "n", NEEDS), ("outcome", "o", NEEDS), ("claim", "c", 3)]
        {
            for verdict in ["met", "not_met"] {
                if self.dice.one_in(4) {
                    continue;
                }
                self.line(&format!("[override.{kind}_{verdict}]\ntitle = \"Decided\""));
                self.line(&format!("decides = \"{kind}\"\nverdict = \"{verdict}\""));
                if self.dice.one_in(2) {
                    let (one, step) = (self.dice.below(most), 1 + self.dice.below(most - 1));
                    let other = (one + step) % most;
                    self.line(&format!("only = [\"{letter}{one}\", \"{letter}{other}\"]"));
                }
                let role = self.one_of(&["head_of_service", "internal_audit"]);
                self.line(&format!("roles = [\"{role}\", \"service_manager\"]"));
                let window = self.window("", Of::Outcome);
                self.line(&format!("window = {window}\nwhy = \"To try it\""));
            }
        }
    }

    /// One test, or two that a rule joins.
    fn tests(&mut self, kind: &str, number: usize, of: Of) {
        let id = if kind == "need" { format!("n{number}") } else { format!("o{number}") };
        let two = self.dice.one_in(3);
        if two {
            let rule = self.one_of(&["a and b", "a or b", "a and not b", "not a or b"]);
            self.line(&format!("rule = \"{rule}\""));
        }
        for test in ["a", "b"].iter().take(1 + usize::from(two)) {
            self.line(&format!("[{kind}.{id}.test.{test}]"));
            if self.dice.one_in(12) {
                let when = self.one_of(&[
                    "planned_on is not null",
                    "days(started_on, closed_on) > 100",
                    "tier = 'targeted' or lead_practitioner",
                ]);
                self.line(&format!("when = \"{when}\""));
            } else {
                self.test(of);
            }
        }
    }

    /// The keys of a test on rows.
    fn test(&mut self, of: Of) {
        let fit = ["people", "families", "workers", "population", "contacts", "audits", "feedback"];
        let ground = self.ground;
        let sources: Vec<&Source> = ground
            .sources
            .iter()
            .filter(|s| s.shape != Shape::Entity && !fit.contains(&s.id.as_str()))
            .filter(|s| ["person", "case", "family"].contains(&s.about.as_str()))
            .collect();
        let source = *self.dice.pick(&sources).expect("a source");
        self.line(&format!("source = \"{}\"", source.id));
        let value = of == Of::Fact && self.dice.one_in(3);
        if source.about == "person" {
            self.who(of, value);
        } else if source.id == "cases" {
            self.line("through = \"family\"");
        }
        if self.dice.one_in(2)
            && let Some(condition) = self.condition(source, false)
        {
            self.line(&format!("where = \"{condition}\""));
        }
        let spells = match source.shape {
            Shape::Spell { .. } => self.one_of(&["", "overlapping", "starting", "ending"]),
            _ => "",
        };
        let window = self.window(spells, of);
        self.line(&format!("window = {window}"));
        let baseline = self.dice.one_in(4);
        if baseline {
            let baseline = self.window(spells, of);
            self.line(&format!("baseline = {baseline}"));
        }
        if !value && self.dice.one_in(4) {
            self.splits(source);
        }
        if value {
            let amount = match baseline {
                true => "count(*) - baseline.count(*)".to_owned(),
                false => self.amount(source, false),
            };
            self.line(&format!("value = \"{amount}\""));
        } else {
            let expect = self.expect(source, baseline);
            self.line(&format!("expect = \"{expect}\""));
        }
        if self.dice.one_in(3) {
            let missing = self.one_of(if value { &NO_NUMBER } else { &STATED });
            self.line(&format!("missing = \"{missing}\"\nmissing_why = \"To try it\""));
        }
    }

    fn who(&mut self, of: Of, value: bool) {
        let (ways, stated): (&[&str], &[&str]) = match value {
            true => (&["together"], &NO_NUMBER),
            false => (&["any", "every", "together"], &STATED),
        };
        let groups: &[&str] = match of {
            Of::Outcome => {
                &["with_this_need", "with_this_need", "with_this_need_at_school", "adults"]
            }
            _ => &["everyone", "children", "adults", "school_age", "under_fives"],
        };
        let group = self.one_of(groups);
        let combine = self.one_of(ways);
        self.line(&format!("who = \"{group}\"\ncombine = \"{combine}\""));
        if self.dice.one_in(2) {
            let nobody = self.one_of(stated);
            self.line(&format!("nobody = \"{nobody}\""));
        }
    }

    fn window(&mut self, spells: &str, _of: Of) -> String {
        let (anchor, length) = (self.one_of(&ANCHORS), self.one_of(&LENGTHS));
        let form = match self.dice.below(8) {
            0 | 1 => format!("after = \"{anchor}\", for = \"{length}\""),
            2 => format!("before = \"{anchor}\", for = \"{length}\""),
            3 => format!("up_to = \"{anchor}\", for = \"{length}\""),
            4 => {
                let to = self.one_of(&ANCHORS);
                format!("from = \"{anchor}\", to = \"{to}\"")
            }
            5 => format!("on = \"{anchor}\""),
            6 => format!("last = {}, of = \"terms\", by = \"{anchor}\"", self.dice.between(1, 3)),
            _ => {
                format!("next = {}, of = \"terms\", after = \"{anchor}\"", self.dice.between(1, 3))
            }
        };
        match spells {
            "" => format!("{{ {form} }}"),
            spells => format!("{{ {form}, spells = \"{spells}\" }}"),
        }
    }

    fn splits(&mut self, source: &Source) {
        let of_kind =
            |c: &&Column| matches!(c.ty, Type::Id(_) | Type::Code(_) | Type::Text | Type::YesNo);
        let mut columns: Vec<&str> =
            source.columns.iter().filter(of_kind).map(|c| c.name.as_str()).collect();
        let first = self.dice.below(columns.len());
        columns.rotate_left(first);
        columns.truncate(self.dice.between(1, 2));
        let columns: Vec<String> = columns.iter().map(|c| format!("\"{c}\"")).collect();
        self.line(&format!("split_by = [{}]", columns.join(", ")));
        if self.dice.one_in(2) {
            let at_least = self.dice.between(1, 2);
            self.line(&format!("at_least = {at_least}"));
        }
    }

    /// What may be asked of one row.
    fn condition(&mut self, source: &Source, negated: bool) -> Option<String> {
        let fit: Vec<&Column> = source
            .columns
            .iter()
            .filter(|c| {
                let number =
                    matches!(c.ty, Type::Number(_) | Type::Proportion | Type::Money | Type::Score);
                number || matches!(c.ty, Type::Code(_) | Type::YesNo)
            })
            .collect();
        let column = *self.dice.pick(&fit)?;
        let name = &column.name;
        let asked = match &column.ty {
            Type::Code(list) => {
                let word = self.dice.pick(&list.codes)?.clone();
                match self.dice.below(3) {
                    0 => format!("{name} <> '{word}'"),
                    1 if list.ordered => format!("{name} >= '{word}'"),
                    1 => {
                        let other = self.dice.pick(&list.codes)?;
                        format!("{name} in ('{word}', '{other}')")
                    }
                    _ => format!("{name} = '{word}'"),
                }
            }
            Type::YesNo => name.clone(),
            ty => {
                let (op, limit) = (self.one_of(&COMPARISONS), self.limit(ty));
                format!("{name} {op} {limit}")
            }
        };
        Some(if negated { format!("not ({asked})") } else { asked })
    }

    fn limit(&mut self, ty: &Type) -> String {
        match ty {
            Type::Proportion => format!("0.{}", self.dice.between(1, 9)),
            Type::Money => (100 * self.dice.between(1, 9)).to_string(),
            _ => self.dice.between(1, 9).to_string(),
        }
    }

    /// Something that can be compared with a number.
    fn amount(&mut self, source: &Source, baseline: bool) -> String {
        let reads = if baseline && self.dice.one_in(2) { "baseline." } else { "" };
        let numbers: Vec<&Column> = source
            .columns
            .iter()
            .filter(|c| matches!(c.ty, Type::Number(_) | Type::Money | Type::Score))
            .collect();
        if let (Some(column), true) = (self.dice.pick(&numbers), !self.dice.one_in(4)) {
            let function = self.one_of(&["sum", "avg", "median", "min", "max", "first", "last"]);
            return format!("{reads}{function}({})", column.name);
        }
        let spell = matches!(source.shape, Shape::Spell { .. });
        match self.dice.below(if spell { 6 } else { 3 }) {
            0 => format!("{reads}count(*)"),
            1 => format!("{reads}count(distinct {})", source.columns[0].name),
            2 => format!("{reads}spread()"),
            3 => format!("{reads}longest_run()"),
            4 => match self.condition(source, false) {
                Some(p) => format!("{reads}days_covered({p})"),
                None => format!("{reads}days_covered()"),
            },
            _ => format!("{reads}days_in_window() - {reads}days_covered()"),
        }
    }

    /// What the rows must show.
    fn expect(&mut self, source: &Source, baseline: bool) -> String {
        let asked = match self.dice.below(8) {
            0 => {
                let (op, limit) = (self.one_of(&COMPARISONS), self.dice.between(0, 2));
                format!("count(*) {op} {limit}")
            }
            1 | 2 => match self.condition(source, false) {
                Some(p) => format!("{}({p})", self.one_of(&["has", "every", "none"])),
                None => "count(*) >= 1".to_owned(),
            },
            3..=5 => {
                let (op, limit) = (self.one_of(&COMPARISONS), self.dice.between(1, 60));
                format!("{} {op} {limit}", self.amount(source, baseline))
            }
            6 if baseline => "count(*) <= baseline.count(*)".to_owned(),
            _ => {
                let (op, limit) = (self.one_of(&["<", ">="]), self.dice.between(1, 3));
                format!("count(distinct {}) {op} {limit}", source.columns[0].name)
            }
        };
        let asked = match self.dice.below(6) {
            0 => format!("{asked} and count(*) >= 1"),
            1 => format!("{asked} or count(*) > 2"),
            2 => format!("not ({asked})"),
            _ => asked,
        };
        match baseline && !asked.contains("baseline.") {
            true => format!("{asked} and baseline.count(*) >= 0"),
            false => asked,
        }
    }
}
