//! How a map feeds the columns of a source: for each column, where its text stands in a batch and
//! what is made of it.

use crate::calendar::NamedPeriods;
use crate::definitions::Definitions;
use crate::definitions::expression::{Literal, Type};
use crate::definitions::mapping::{CodeMap, Map, MapColumn, MapFrom};
use crate::definitions::source::{Column, Source};
use crate::read::crosswalk::{Crosswalk, Crosswalks};
use crate::read::identifiers::{owned_entity, owner};
use crate::read::keep::Keep;
use crate::read::matching::Tiers;
use crate::read::texts::TextFrom;
use crate::read::values::{Reading, WordsFor};

/// A source and the map that feeds it.
pub(super) struct Feed<'a> {
    pub(super) definitions: &'a Definitions,
    pub(super) source: &'a Source,
    pub(super) map: &'a Map,
    /// Which rows take part.
    pub(super) keep: Option<Keep<'a>>,
    /// The columns of the export that are wanted.
    pub(super) wanted: Vec<&'a str>,
    /// The fed columns in the order in which they are judged.
    pub(super) columns: Vec<FedColumn<'a>>,
}

/// A column of a source that is fed.
pub(super) struct FedColumn<'a> {
    pub(super) of: &'a Column,
    /// The export's name for it, or the source's where none stands behind it.
    pub(super) called: String,
    /// Where its text comes from.
    pub(super) text: TextFrom<'a>,
    pub(super) how: How<'a>,
}

/// What is made of the text of a column. The order is that in which columns are judged: where two
/// things are wrong with a row, the first is told.
pub(super) enum How<'a> {
    /// Dates, numbers, codes and answers.
    Read(Box<Reading<'a>>),
    /// Identifiers that another source owns, which has been read.
    LookUp {
        entity: &'a str,
        via: Option<Via<'a>>,
        /// The source that owns them.
        owner: &'a str,
    },
    /// Words that a code map gives for others.
    Words(Box<WordsFor<'a>>),
    /// Identifiers and words that get places as they come.
    Place { via: Option<Via<'a>>, kind: Kind<'a> },
    /// The same in every row.
    Constant(&'a Literal),
    /// First or last days of the periods that another column, `key`, names.
    Calendar { periods: &'a NamedPeriods, key: &'a str, end: bool },
}

impl How<'_> {
    fn turn(&self) -> usize {
        match self {
            Self::Read(_) | Self::Words(_) | Self::Constant(_) => 0,
            Self::LookUp { .. } => 1,
            Self::Place { .. } => 2,
            Self::Calendar { .. } => 3,
        }
    }
}

/// The crosswalk that a map names; nothing behind it when there is none of that name.
#[derive(Clone, Copy)]
pub(super) struct Via<'a>(pub(super) Option<&'a Crosswalk>);

/// What gets a place.
#[derive(Clone, Copy)]
pub(super) enum Kind<'a> {
    /// The identifiers of this entity that the source itself owns.
    Own(&'a str),
    /// Identifiers of this entity.
    Of(&'a str),
    /// Words.
    Word,
}

/// The feeds of a source: one for each map.
pub(super) fn of_source<'a>(
    definitions: &'a Definitions,
    source: &'a Source,
    crosswalks: &'a Crosswalks,
) -> Vec<Feed<'a>> {
    let maps = definitions.maps_of(&source.id);
    maps.map(|map| Feed::new(definitions, source, map, crosswalks)).collect()
}

impl<'a> Feed<'a> {
    /// How a map feeds a source, with these crosswalks.
    pub(super) fn new(
        definitions: &'a Definitions,
        source: &'a Source,
        map: &'a Map,
        crosswalks: &'a Crosswalks,
    ) -> Self {
        let mut feed =
            Self { definitions, source, map, keep: None, wanted: Vec::new(), columns: Vec::new() };
        let mut calendars = Vec::new();
        for column in &map.columns {
            let Some(of) = source.column(&column.name) else { continue };
            match &column.from {
                MapFrom::Calendar { .. } => calendars.push(column),
                MapFrom::Value(value) => {
                    let (text, how) = (TextFrom::Nowhere, How::Constant(value));
                    feed.columns.push(FedColumn { of, called: of.name.clone(), text, how });
                }
                MapFrom::Matched { crosswalk, with } => {
                    let tiers = crosswalks.tiers(crosswalk);
                    let compared = tiers.map(Tiers::columns).unwrap_or_default();
                    let theirs = compared.iter().filter_map(|ours| {
                        with.iter().find(|(o, _)| o == ours).map(|(_, theirs)| theirs.as_str())
                    });
                    let theirs: Vec<&str> = theirs.collect();
                    let at = theirs.iter().map(|name| feed.want(name)).collect();
                    let Some(how) = feed.identifiers(of, None) else { continue };
                    let text = TextFrom::Matched { tiers, at };
                    feed.columns.push(FedColumn { of, called: theirs.join(" + "), text, how });
                }
                MapFrom::Column { columns, codes, via, format, ahead, digits, check } => {
                    let at: Vec<usize> = columns.iter().map(|name| feed.want(name)).collect();
                    let text = match (at.as_slice(), digits, check) {
                        (&[one], None, None) => TextFrom::Column(one),
                        _ => TextFrom::Identifier { at, digits: *digits, check: *check },
                    };
                    let via = via.as_ref().map(|name| Via(crosswalks.named(name)));
                    let codes = codes.as_ref().and_then(|c| definitions.codes.get(c));
                    let words = codes.filter(|_| of.ty == Type::Text);
                    let words = words.map(|codes| How::Words(Box::new(WordsFor::new(map, codes))));
                    let how = words.or_else(|| feed.identifiers(of, via)).unwrap_or_else(|| {
                        let today = definitions.project.as_at;
                        let today = ahead.and_then(|ahead| ahead.after(today)).unwrap_or(today);
                        How::Read(Box::new(Reading::new(
                            map,
                            &of.ty,
                            format.as_deref(),
                            codes,
                            today,
                        )))
                    });
                    feed.columns.push(FedColumn { of, called: columns.join(" + "), text, how });
                }
            }
        }
        if let Some(rule) = &map.keep_when {
            let at = rule.columns.iter().map(|name| feed.want(name)).collect();
            feed.keep = Some(Keep { rule, at });
        }
        for column in calendars {
            feed.add_calendar(column);
        }
        feed.columns.sort_by_key(|c| c.how.turn());
        feed
    }

    /// The place of a column of the export among the wanted ones.
    fn want(&mut self, name: &'a str) -> usize {
        self.wanted.iter().position(|w| *w == name).unwrap_or_else(|| {
            self.wanted.push(name);
            self.wanted.len() - 1
        })
    }

    /// The words of a code map that a column uses, and what becomes of other words.
    pub(super) fn code_map_of(&self, called: &str) -> Option<&'a CodeMap> {
        let fed = self.columns.iter().find(|c| c.called == called)?;
        let map = self.map.columns.iter().find(|c| c.name == fed.of.name)?;
        match &map.from {
            MapFrom::Column { codes: Some(codes), .. } => self.definitions.codes.get(codes),
            _ => None,
        }
    }

    /// What is made of the text of a column of identifiers or words.
    fn identifiers(&self, of: &'a Column, via: Option<Via<'a>>) -> Option<How<'a>> {
        let (definitions, source) = (self.definitions, self.source);
        match &of.ty {
            Type::Text => Some(How::Place { via, kind: Kind::Word }),
            Type::Id(entity) if owned_entity(source) == Some(entity) => {
                let is_key = source.key.contains(&of.name);
                let kind = if is_key { Kind::Own(entity) } else { Kind::Of(entity) };
                Some(How::Place { via, kind })
            }
            Type::Id(entity) => Some(match owner(&definitions.sources, entity) {
                // One that the owner does not know is about nobody.
                Some(owner) if definitions.is_fed(&owner.id) => {
                    How::LookUp { entity, via, owner: &owner.id }
                }
                _ => How::Place { via, kind: Kind::Of(entity) },
            }),
            _ => None,
        }
    }

    fn add_calendar(&mut self, column: &'a MapColumn) {
        let MapFrom::Calendar { calendar, key, end } = &column.from else { return };
        let periods = self.definitions.project.named_periods.get(calendar);
        let at = self.columns.iter().find(|c| c.of.name == *key).and_then(|c| c.text.column());
        if let (Some(of), Some(periods), Some(at)) = (self.source.column(&column.name), periods, at)
        {
            let how = How::Calendar { periods, key, end: *end };
            let text = TextFrom::Column(at);
            self.columns.push(FedColumn { of, called: of.name.clone(), text, how });
        }
    }
}
