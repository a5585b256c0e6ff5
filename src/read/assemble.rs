//! One source: its mapped columns read, its rows judged, and what is sound put into a frame.

use std::collections::BTreeMap;
use std::path::Path;

use polars::prelude::*;
use rayon::prelude::*;

use crate::calendar::Day;
use crate::columns::{Lowering, ROW, Ring, Rings, lower, physical};
use crate::definitions::Definitions;
use crate::definitions::expression::{Name, Type};
use crate::definitions::mapping::{CompleteTo, Map, MapColumn, MapFrom};
use crate::definitions::source::{Column as SourceColumn, Shape, Source};
use crate::read::crosswalk::Crosswalks;
use crate::read::export::{self, Export, ExportFile};
use crate::read::identifiers::{Repeat, owned_entity, owner, repeats};
use crate::read::ledger::{LeftOut, Reason, SetAside, SourceLedger};
use crate::read::values::{Parsed, Reading, Values, clean};
use crate::read::{Inputs, ReadError, SourceRows};

/// A source that no mapping feeds: no rows, and complete to no day.
pub(super) fn no_feed(source: &Source) -> Result<SourceRows, ReadError> {
    let mut fields: Vec<Field> = source
        .columns
        .iter()
        .map(|c| Field::new(c.name.as_str().into(), physical(&c.ty)))
        .collect();
    fields.push(Field::new(ROW.into(), DataType::UInt32));
    let frame = DataFrame::empty_with_schema(&fields.into_iter().collect());
    Ok(SourceRows { frame, complete_to: None, newest: None })
}

/// The rows of a source while they are being judged.
struct Rows<'a> {
    definitions: &'a Definitions,
    source: &'a Source,
    map: &'a Map,
    export: Export,
    /// The read columns in the order of the mapping.
    columns: Vec<(&'a SourceColumn, &'a MapColumn, Values)>,
    /// The rows that are not used, each with the first reason found. There are few of them.
    aside: BTreeMap<usize, NotUsed>,
    ledger: SourceLedger,
}

#[derive(Clone)]
enum NotUsed {
    Quarantined(String, Reason),
    LeftOut(String, LeftOut),
}

/// Reads one source.
pub(super) fn source(
    definitions: &Definitions,
    source: &Source,
    map: &Map,
    folder: &Path,
    crosswalks: &Crosswalks,
    inputs: &mut Inputs,
) -> Result<SourceRows, ReadError> {
    let from = ExportFile {
        folder,
        name: &map.from,
        encoding: map.encoding,
        delimiter: map.delimiter,
        header_row: map.header_row,
        feeds: &source.id,
    };
    let wanted: Vec<&str> = map.columns.iter().filter_map(export_column).collect();
    let export = export::read(&from, &wanted)?;
    if !inputs.files.iter().any(|f| f.name == export.file.name) {
        inputs.files.push(export.file.clone());
    }
    let height = export.height();
    let mut rows = Rows {
        definitions,
        source,
        map,
        columns: Vec::new(),
        aside: BTreeMap::new(),
        ledger: SourceLedger {
            source: source.id.clone(),
            title: source.title.clone(),
            file: map.from.clone(),
            first_line: map.header_row + 1,
            read: height as u64,
            ..SourceLedger::default()
        },
        export,
    };
    rows.reject_overflow();
    rows.parse_values();
    rows.parse_identifiers(crosswalks, &mut inputs.rings);
    rows.parse_calendar();
    rows.require_values();
    rows.judge_order();
    rows.judge_scores();
    rows.judge_references(&inputs.rings);
    rows.judge_keys();
    if let Some(entity) = owned_entity(source) {
        rows.settle_owned(entity, inputs.rings.entity(entity));
    }
    let frame = rows.frame().and_then(|f| rows.add_formulas(f, inputs));
    let frame = frame.map_err(|e| compute(source, &e))?;
    let (newest, complete_to) = rows.completeness(&frame).map_err(|e| compute(source, &e))?;
    inputs.ledger.sources.push(rows.close(frame.height()));
    Ok(SourceRows { frame, complete_to: Some(complete_to), newest })
}

fn compute(source: &Source, error: &PolarsError) -> ReadError {
    ReadError::Compute { source_id: source.id.clone(), cause: error.to_string() }
}

fn export_column(column: &MapColumn) -> Option<&str> {
    match &column.from {
        MapFrom::Column { column, .. } => Some(column),
        MapFrom::Calendar { .. } => None,
    }
}

fn is_identifier(ty: &Type) -> bool {
    matches!(ty, Type::Id(_) | Type::Text)
}

impl<'a> Rows<'a> {
    /// Notes that a row is not used, unless an earlier reason stands.
    fn set_aside(&mut self, row: usize, why: NotUsed) {
        self.aside.entry(row).or_insert(why);
    }

    fn quarantine(&mut self, row: usize, column: &str, reason: Reason) {
        self.set_aside(row, NotUsed::Quarantined(column.to_owned(), reason));
    }

    fn reject_overflow(&mut self) {
        for row in self.export.overflowing() {
            self.quarantine(row, "(the line)", Reason::TooManyFields);
        }
    }

    /// The mapped columns with the column of the source each feeds and its place in the export.
    fn mapped(&self) -> Vec<(&'a SourceColumn, &'a MapColumn, Option<usize>)> {
        let mut place = 0;
        let mut mapped = Vec::with_capacity(self.map.columns.len());
        for column in &self.map.columns {
            let at = export_column(column).map(|_| {
                place += 1;
                place - 1
            });
            if let Some(of) = self.source.column(&column.name) {
                mapped.push((of, column, at));
            }
        }
        mapped
    }

    /// Dates, numbers, codes and answers, column by column in parallel.
    fn parse_values(&mut self) {
        let todo: Vec<_> = self
            .mapped()
            .into_iter()
            .filter(|(of, _, at)| at.is_some() && !is_identifier(&of.ty))
            .collect();
        let parsed: Vec<Option<Parsed>> = todo
            .par_iter()
            .map(|(of, column, at)| {
                let MapFrom::Column { codes, format, .. } = &column.from else { return None };
                let reading = Reading {
                    map: self.map,
                    ty: &of.ty,
                    format: format.as_deref(),
                    codes: codes.as_ref().and_then(|c| self.definitions.codes.get(c)),
                    today: self.definitions.project.as_at,
                };
                Some(reading.column(self.export.column((*at)?)?))
            })
            .collect();
        for ((of, column, _), parsed) in todo.into_iter().zip(parsed) {
            let Some(parsed) = parsed else { continue };
            for (row, reason) in parsed.faults {
                self.quarantine(row, export_column(column).unwrap_or(&column.name), reason);
            }
            self.ledger.null_dates += parsed.null_dates;
            self.ledger.unmapped_words += parsed.unmapped;
            self.columns.push((of, column, parsed.values));
        }
    }

    /// Identifiers and free words. Those whose owner has been read are only looked up, in parallel;
    /// the others get places as they come, one column after the other, so that places do not
    /// depend on luck. The identifiers that this source owns wait until its rows have been judged.
    fn parse_identifiers(&mut self, crosswalks: &Crosswalks, rings: &mut Rings) {
        let mut looked_up = Vec::new();
        let mut placed = Vec::new();
        for (of, column, at) in self.mapped() {
            let (Some(at), true) = (at, is_identifier(&of.ty)) else { continue };
            let MapFrom::Column { via, column: name, .. } = &column.from else { continue };
            let Some(texts) = self.export.column(at) else { continue };
            let translation = Translation {
                texts,
                nulls: &self.map.null_values,
                via: via.as_deref(),
                crosswalks,
            };
            match &of.ty {
                Type::Id(entity) if self.has_owner(entity) => {
                    looked_up.push((of, column, name, entity, translation));
                }
                _ => placed.push((of, column, name, translation)),
            }
        }
        let known = &*rings;
        let mut found: Vec<_> = looked_up
            .par_iter()
            .map(|(of, column, name, entity, translation)| {
                let ring = known.entities.get(*entity);
                // One that the owner does not know gets a place past all known ones.
                let places =
                    translation.places(|id| ring.and_then(|r| r.find(id)).unwrap_or(u32::MAX));
                (*of, *column, *name, places)
            })
            .collect();
        let mut own = Ring::default();
        let owned = owned_entity(self.source);
        for (of, column, name, translation) in placed {
            let ring = match &of.ty {
                Type::Id(entity) if owned == Some(entity) => &mut own,
                Type::Id(entity) => rings.entity(entity),
                _ => &mut rings.text,
            };
            found.push((of, column, name, translation.places(|id| ring.place(id))));
        }
        for (of, column, name, (places, strangers)) in found {
            for row in strangers {
                self.quarantine(row, name, Reason::NotInCrosswalk);
            }
            self.columns.push((of, column, Values::Places(places)));
        }
    }

    /// Whether another source that is fed owns the identifiers of an entity.
    fn has_owner(&self, entity: &str) -> bool {
        owner(&self.definitions.sources, entity)
            .is_some_and(|o| o.id != self.source.id && self.definitions.map(&o.id).is_some())
    }

    /// First and last days of the periods that another column names.
    fn parse_calendar(&mut self) {
        for (of, column, _) in self.mapped() {
            let MapFrom::Calendar { calendar, key, end } = &column.from else { continue };
            let Some(periods) = self.definitions.project.named_periods.get(calendar) else {
                continue;
            };
            let texts = self
                .mapped()
                .into_iter()
                .find(|(c, _, _)| c.name == *key)
                .and_then(|(_, _, at)| self.export.column(at?));
            let Some(texts) = texts else { continue };
            let mut strangers = Vec::new();
            let days = texts.iter().enumerate().map(|(row, text)| {
                let period = periods.named(clean(text, &self.map.null_values)?);
                if period.is_none() {
                    strangers.push(row);
                }
                period.map(|p| if *end { p.end.0 } else { p.start.0 })
            });
            let days = Values::Days(days.collect());
            for row in strangers {
                self.quarantine(row, key, Reason::NotInCalendar);
            }
            self.columns.push((of, column, days));
        }
    }

    fn require_values(&mut self) {
        let height = self.export.height();
        let required = self.columns.par_iter().filter(|(of, _, _)| !of.optional);
        let missing: Vec<(&str, Vec<usize>)> = required
            .map(|(of, column, values)| {
                let rows = (0..height).filter(|&row| !values.is_there(row)).collect();
                (export_column(column).unwrap_or(&of.name), rows)
            })
            .collect();
        for (name, rows) in missing {
            for row in rows {
                let why = NotUsed::Quarantined(name.to_owned(), Reason::Missing);
                self.aside.entry(row).or_insert(why);
            }
        }
    }

    fn values(&self, name: &str) -> Option<&Values> {
        self.columns.iter().find(|(of, _, _)| of.name == name).map(|(_, _, v)| v)
    }

    fn sound(&self) -> Vec<bool> {
        let mut sound = vec![true; self.export.height()];
        for &row in self.aside.keys() {
            if let Some(flag) = sound.get_mut(row) {
                *flag = false;
            }
        }
        sound
    }

    /// A spell may not end before it starts.
    fn judge_order(&mut self) {
        let (Shape::Spell { start, end } | Shape::Period { start, end, .. }) = &self.source.shape
        else {
            return;
        };
        let (Some(Values::Days(starts)), Some(Values::Days(ends))) =
            (self.values(start), self.values(end))
        else {
            return;
        };
        let both = starts.iter().zip(ends).enumerate();
        let wrong: Vec<usize> = both
            .filter(|(_, (start, end))| matches!((start, end), (Some(s), Some(e)) if e < s))
            .map(|(row, _)| row)
            .collect();
        for row in wrong {
            self.quarantine(row, end, Reason::EndsBeforeStart);
        }
    }

    /// A score must lie on its scale.
    fn judge_scores(&mut self) {
        let mut wrong = Vec::new();
        for (of, column, values) in &self.columns {
            let (Type::Score, Some(scale_column), Values::Numbers(scores)) =
                (&of.ty, &of.scale_column, values)
            else {
                continue;
            };
            let Some(Values::Places(scales)) = self.values(scale_column) else { continue };
            let Some(Type::Code(list)) = self.source.column(scale_column).map(|c| &c.ty) else {
                continue;
            };
            let scale_of: Vec<_> =
                list.codes.iter().map(|code| self.definitions.scale(code)).collect();
            let name = export_column(column).unwrap_or(&of.name);
            for (row, (score, scale)) in scores.iter().zip(scales).enumerate() {
                let (Some(score), Some(scale)) = (score, scale) else { continue };
                let scale = scale_of.get(*scale as usize).copied().flatten();
                if scale.is_some_and(|s| !s.allows(*score)) {
                    wrong.push((row, name));
                }
            }
        }
        for (row, name) in wrong {
            self.quarantine(row, name, Reason::NotOnTheScale);
        }
    }

    /// A row about somebody whom the owning source does not have is left out.
    fn judge_references(&mut self, rings: &Rings) {
        let mut nobody = Vec::new();
        for (of, column, values) in &self.columns {
            let (Type::Id(entity), Values::Places(places)) = (&of.ty, values) else { continue };
            if !self.has_owner(entity) || owned_entity(self.source) == Some(entity) {
                continue;
            }
            let known = rings.entities.get(entity).map_or(0, Ring::len);
            let name = export_column(column).unwrap_or(&of.name);
            let owner = owner(&self.definitions.sources, entity).map_or(entity, |o| &o.id);
            for (row, place) in places.iter().enumerate() {
                if place.is_some_and(|p| p as usize >= known) {
                    nobody.push((row, name, owner));
                }
            }
        }
        for (row, name, owner) in nobody {
            let rule = LeftOut::NotIn { owner: owner.to_owned() };
            self.set_aside(row, NotUsed::LeftOut(name.to_owned(), rule));
        }
    }

    fn judge_keys(&mut self) {
        let key: Vec<&Values> = self.source.key.iter().filter_map(|k| self.values(k)).collect();
        let all: Vec<&Values> = self.columns.iter().map(|(_, _, v)| v).collect();
        let found = repeats(&key, &all, &self.sound());
        let name = self.source.key.join(" + ");
        for (row, repeat) in found {
            match repeat {
                Repeat::Exact => {
                    self.set_aside(row, NotUsed::LeftOut(name.clone(), LeftOut::ExactDuplicate));
                }
                Repeat::OtherValues => self.quarantine(row, &name, Reason::KeyRepeated),
            }
        }
    }

    /// Gives the identifiers that this source owns their places: sound rows only, in file order.
    fn settle_owned(&mut self, entity: &str, ring: &mut Ring) {
        let nulls = &self.map.null_values;
        let place = self.mapped().into_iter().find_map(|(of, _, at)| {
            matches!(&of.ty, Type::Id(e) if e == entity).then_some(at).flatten()
        });
        let Some(texts) = place.and_then(|at| self.export.column(at)) else { return };
        let places: Vec<Option<u32>> = texts
            .iter()
            .enumerate()
            .map(|(row, text)| {
                if self.aside.contains_key(&row) {
                    None
                } else {
                    clean(text, nulls).map(|id| ring.place(id))
                }
            })
            .collect();
        let own =
            self.columns.iter_mut().find(|(of, _, _)| matches!(&of.ty, Type::Id(e) if e == entity));
        if let Some((_, _, values)) = own {
            *values = Values::Places(places);
        }
    }

    /// The sound rows as a frame, unmapped columns empty.
    fn frame(&self) -> PolarsResult<DataFrame> {
        let sound: Vec<usize> = self
            .sound()
            .iter()
            .enumerate()
            .filter(|(_, sound)| **sound)
            .map(|(row, _)| row)
            .collect();
        typed_frame(self.source, &|name| self.values(name), &sound)
    }

    /// Computes the formula columns. Shares that cannot be put their rows into quarantine.
    fn add_formulas(&mut self, frame: DataFrame, inputs: &Inputs) -> PolarsResult<DataFrame> {
        let mut frame = with_formulas(self.source, frame, inputs)?;
        for column in self.source.columns.iter().filter(|c| c.ty == Type::Proportion) {
            let share = col(column.name.as_str());
            let wrong = share.clone().lt(lit(0.0)).or(share.gt(lit(1.0))).fill_null(lit(false));
            let rows = frame.clone().lazy().filter(wrong.clone()).select([col(ROW)]).collect()?;
            for row in rows.column(ROW)?.as_materialized_series().u32()?.iter().flatten() {
                self.quarantine(row as usize - 1, &column.name, Reason::ImpossibleShare);
            }
            if rows.height() > 0 {
                frame = frame.lazy().filter(wrong.not()).collect()?;
            }
        }
        Ok(frame)
    }

    /// The newest date in the feed, and the day to which it is complete.
    fn completeness(&self, frame: &DataFrame) -> PolarsResult<(Option<Day>, Day)> {
        let today = self.definitions.project.as_at;
        let newest_in = |column: &str| -> PolarsResult<Option<Day>> {
            Ok(frame.column(column)?.as_materialized_series().i32()?.max().map(Day))
        };
        let mut newest = None;
        for column in
            self.source.columns.iter().filter(|c| c.ty == Type::Date && c.formula.is_none())
        {
            newest = newest.max(newest_in(&column.name)?.map(|d| d.min(today)));
        }
        let complete_to = match &self.map.complete_to {
            CompleteTo::Day(day) => *day,
            CompleteTo::Newest { column, less } => {
                let day = newest_in(column)?.unwrap_or(Day(i32::MIN / 2)).min(today);
                less.map_or(day, |less| less.before(day))
            }
        };
        Ok((newest, complete_to))
    }

    /// The ledger, with every row in its place.
    fn close(mut self, used: usize) -> SourceLedger {
        self.ledger.used = used as u64;
        for (row, why) in self.aside {
            let row = u32::try_from(row + 1).unwrap_or(u32::MAX);
            match why {
                NotUsed::Quarantined(column, why) => {
                    self.ledger.quarantined.push(SetAside { row, column, why });
                }
                NotUsed::LeftOut(column, why) => {
                    self.ledger.left_out.push(SetAside { row, column, why });
                }
            }
        }
        self.ledger
    }
}

/// A column of identifiers or words on its way to places.
struct Translation<'a> {
    texts: &'a StringChunked,
    nulls: &'a [String],
    via: Option<&'a str>,
    crosswalks: &'a Crosswalks,
}

impl Translation<'_> {
    /// The place of each row, and the rows whose identifier the crosswalk does not know.
    fn places(&self, mut place: impl FnMut(&str) -> u32) -> (Vec<Option<u32>>, Vec<usize>) {
        let mut strangers = Vec::new();
        let mut places = Vec::with_capacity(self.texts.len());
        // Rows about one person or case mostly follow each other: the last answer is kept.
        let mut last: Option<(&str, Option<u32>)> = None;
        for (row, text) in self.texts.iter().enumerate() {
            let Some(text) = clean(text, self.nulls) else {
                places.push(None);
                continue;
            };
            let found = match last {
                Some((known, found)) if known == text => found,
                _ => match self.via {
                    Some(via) => self.crosswalks.ours(via, text).map(&mut place),
                    None => Some(place(text)),
                },
            };
            last = Some((text, found));
            if found.is_none() {
                strangers.push(row);
            }
            places.push(found);
        }
        (places, strangers)
    }
}

/// The read columns of a source as a frame: these rows of these values, and the rows' numbers.
pub(super) fn typed_frame<'v>(
    source: &Source,
    values: &(dyn Fn(&str) -> Option<&'v Values> + Sync),
    rows: &[usize],
) -> PolarsResult<DataFrame> {
    let numbers = rows.iter().map(|&row| u32::try_from(row + 1).unwrap_or(u32::MAX));
    let mut columns = vec![Column::new(ROW.into(), numbers.collect::<Vec<u32>>())];
    let read: Vec<Column> = source
        .columns
        .par_iter()
        .filter(|c| c.formula.is_none())
        .map(|c| match values(&c.name) {
            Some(values) => pick(&c.name, values, rows),
            None => Column::full_null(c.name.as_str().into(), rows.len(), &physical(&c.ty)),
        })
        .collect();
    columns.extend(read);
    DataFrame::new(rows.len(), columns)
}

/// A frame with the formula columns of its source.
pub(super) fn with_formulas(
    source: &Source,
    frame: DataFrame,
    inputs: &Inputs,
) -> PolarsResult<DataFrame> {
    let over = RowScope { inputs };
    let mut plan = frame.lazy();
    for column in &source.columns {
        if let Some(formula) = &column.formula {
            let value = lower(&formula.expr, &over).cast(physical(&column.ty));
            plan = plan.with_column(value.alias(column.name.as_str()));
        }
    }
    plan.collect()
}

/// The values of the sound rows as a polars column.
fn pick(name: &str, values: &Values, rows: &[usize]) -> Column {
    fn each<T: Copy>(values: &[Option<T>], rows: &[usize]) -> impl Iterator<Item = Option<T>> {
        rows.iter().map(|&row| values.get(row).copied().flatten())
    }
    let name: PlSmallStr = name.into();
    match values {
        Values::Days(v) => Int32Chunked::from_iter_options(name, each(v, rows)).into_column(),
        Values::Numbers(v) => Float64Chunked::from_iter_options(name, each(v, rows)).into_column(),
        Values::YesNo(v) => BooleanChunked::from_iter_options(name, each(v, rows)).into_column(),
        Values::Places(v) => UInt32Chunked::from_iter_options(name, each(v, rows)).into_column(),
    }
}

/// Formulas see the columns of their own row.
struct RowScope<'a> {
    inputs: &'a Inputs,
}

impl Lowering for RowScope<'_> {
    fn name(&self, name: &Name) -> Expr {
        match name {
            Name::Column(column) => col(column.as_str()),
            _ => lit(NULL),
        }
    }

    fn rings(&self) -> &Rings {
        &self.inputs.rings
    }

    fn working_days(&self) -> &std::sync::Arc<crate::calendar::WorkingDays> {
        &self.inputs.working_days
    }
}
