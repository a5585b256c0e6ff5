//! How a map feeds the columns of a source: for each column, where its text stands in a batch and
//! what is made of it.

use crate::calendar::NamedPeriods;
use crate::definitions::Definitions;
use crate::definitions::expression::Type;
use crate::definitions::mapping::{Map, MapColumn, MapFrom};
use crate::definitions::source::{Column, Source};
use crate::read::crosswalk::{Crosswalk, Crosswalks};
use crate::read::identifiers::{owned_entity, owner};
use crate::read::values::Reading;

/// A source and the map that feeds it.
pub(super) struct Feed<'a> {
    pub(super) definitions: &'a Definitions,
    pub(super) source: &'a Source,
    pub(super) map: &'a Map,
    /// The columns of the export that are wanted.
    pub(super) wanted: Vec<&'a str>,
    /// The fed columns in the order in which they are judged.
    pub(super) columns: Vec<FedColumn<'a>>,
}

/// A column of a source that is fed.
pub(super) struct FedColumn<'a> {
    pub(super) of: &'a Column,
    /// The export's name for it, or the source's where none stands behind it.
    pub(super) called: &'a str,
    /// The wanted column with its text.
    pub(super) at: usize,
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
    /// Identifiers and words that get places as they come.
    Place { via: Option<Via<'a>>, kind: Kind<'a> },
    /// First or last days of the periods that another column, `key`, names.
    Calendar { periods: &'a NamedPeriods, key: &'a str, end: bool },
}

impl How<'_> {
    fn turn(&self) -> usize {
        match self {
            Self::Read(_) => 0,
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

impl<'a> Feed<'a> {
    /// How a map feeds a source, with these crosswalks.
    pub(super) fn new(
        definitions: &'a Definitions,
        source: &'a Source,
        map: &'a Map,
        crosswalks: &'a Crosswalks,
    ) -> Self {
        let mut feed = Self { definitions, source, map, wanted: Vec::new(), columns: Vec::new() };
        let mut calendars = Vec::new();
        for column in &map.columns {
            match &column.from {
                MapFrom::Calendar { .. } => calendars.push(column),
                MapFrom::Column { column: name, codes, via, format } => {
                    let at = feed.wanted.len();
                    feed.wanted.push(name);
                    let Some(of) = source.column(&column.name) else { continue };
                    let via = via.as_ref().map(|name| Via(crosswalks.named(name)));
                    let how = feed.identifiers(of, via).unwrap_or_else(|| {
                        let codes = codes.as_ref().and_then(|c| definitions.codes.get(c));
                        let today = definitions.project.as_at;
                        How::Read(Box::new(Reading::new(
                            map,
                            &of.ty,
                            format.as_deref(),
                            codes,
                            today,
                        )))
                    });
                    feed.columns.push(FedColumn { of, called: name, at, how });
                }
            }
        }
        for column in calendars {
            feed.add_calendar(column);
        }
        feed.columns.sort_by_key(|c| c.how.turn());
        feed
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
                Some(owner) if definitions.map(&owner.id).is_some() => {
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
        let at = self.columns.iter().find(|c| c.of.name == *key).map(|c| c.at);
        if let (Some(of), Some(periods), Some(at)) = (self.source.column(&column.name), periods, at)
        {
            let how = How::Calendar { periods, key, end: *end };
            self.columns.push(FedColumn { of, called: &of.name, at, how });
        }
    }
}
