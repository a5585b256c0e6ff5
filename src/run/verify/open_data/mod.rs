//! The rules of the Department for Education's screener for open data, as far as they can apply to what a run
//! writes: looked at again on the finished files, by code that shares nothing with what wrote them.

mod rules;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

/// What a pair of data file and `.meta.csv` must keep to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Small letters, digits, `_` and `-` in the name.
    FileName,
    /// The `.meta.csv` has its eight columns and no others.
    MetaColumns,
    /// The data have all columns of time and place.
    DataColumns,
    /// Data and meta speak of the same columns.
    CrossFile,
    /// Columns are named in small letters, begin with one, and are short.
    ColumnNames,
    /// Indicators are not filters in disguise: no sex or ethnicity in their names.
    NoFilterInIndicators,
    /// A row of the meta file is a filter or an indicator, never time or place.
    MetaTypes,
    /// Names and labels are complete, short and different.
    MetaNames,
    /// Groups belong to filters, stand in the data, and each belongs to one.
    FilterGroups,
    /// Hints are given to filters alone.
    FilterHints,
    /// Indicators have their number of decimals; filters have none.
    Decimals,
    /// Units are known ones, of indicators alone.
    Units,
    /// Groupings of indicators are given to indicators alone.
    IndicatorGroupings,
    /// Periods have known identifiers that go together, with as many digits as these ask for.
    Time,
    /// Filters have two items at least, none blank, padded or too long, and a total.
    Filters,
    /// A group has no more levels than what it groups.
    GroupLevels,
    /// The level of place is a known one, its columns are filled, and its codes have their form.
    Geography,
    /// A code has one name, and a name one code.
    CodesAndNames,
    /// No two rows are about the same.
    NoRepeats,
    /// No `NULL`, `NA` or the like, and no blank rows or columns.
    NoNulls,
    /// Figures are digits or one of the symbols.
    Figures,
    /// Every combination has its row in every period.
    CompleteMatrix,
}

impl Rule {
    /// All rules.
    pub const ALL: [Self; 22] = [
        Self::FileName,
        Self::MetaColumns,
        Self::DataColumns,
        Self::CrossFile,
        Self::ColumnNames,
        Self::NoFilterInIndicators,
        Self::MetaTypes,
        Self::MetaNames,
        Self::FilterGroups,
        Self::FilterHints,
        Self::Decimals,
        Self::Units,
        Self::IndicatorGroupings,
        Self::Time,
        Self::Filters,
        Self::GroupLevels,
        Self::Geography,
        Self::CodesAndNames,
        Self::NoRepeats,
        Self::NoNulls,
        Self::Figures,
        Self::CompleteMatrix,
    ];

    /// The rule in a few words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::FileName => "names of files in small letters",
            Self::MetaColumns => "the eight columns of the meta file",
            Self::DataColumns => "the columns of time and place",
            Self::CrossFile => "the same columns in data and meta file",
            Self::ColumnNames => "short names of columns in small letters",
            Self::NoFilterInIndicators => "no filters within the names of indicators",
            Self::MetaTypes => "filters and indicators alone in the meta file",
            Self::MetaNames => "short names and labels, all different",
            Self::FilterGroups => "groups of filters that stand in the data",
            Self::FilterHints => "hints for filters alone",
            Self::Decimals => "decimals of indicators alone",
            Self::Units => "known units, of indicators alone",
            Self::IndicatorGroupings => "groupings of indicators alone",
            Self::Time => "periods that go together, with their digits",
            Self::Filters => "filters of two items at least, with a total",
            Self::GroupLevels => "no more groups than items",
            Self::Geography => "a known level of place with all its columns",
            Self::CodesAndNames => "one name to a code",
            Self::NoRepeats => "no two rows about the same",
            Self::NoNulls => "no blanks and no words for nothing",
            Self::Figures => "digits or symbols as figures",
            Self::CompleteMatrix => "a row for every combination in every period",
        }
    }

    fn broken(self, pair: &Pair<'_>) -> Vec<String> {
        match self {
            Self::FileName => rules::file_name(pair),
            Self::MetaColumns => rules::meta_columns(pair),
            Self::DataColumns => rules::data_columns(pair),
            Self::CrossFile => rules::cross_file(pair),
            Self::ColumnNames => rules::column_names(pair),
            Self::NoFilterInIndicators => rules::filters_in_indicators(pair),
            Self::MetaTypes => rules::meta_types(pair),
            Self::MetaNames => rules::meta_names(pair),
            Self::FilterGroups => rules::filter_groups(pair),
            Self::FilterHints => rules::only_of(pair, "filter_hint", "Filter"),
            Self::Decimals => rules::decimals(pair),
            Self::Units => rules::units(pair),
            Self::IndicatorGroupings => rules::only_of(pair, "indicator_grouping", "Indicator"),
            Self::Time => rules::time(pair),
            Self::Filters => rules::filters(pair),
            Self::GroupLevels => rules::group_levels(pair),
            Self::Geography => rules::geography(pair),
            Self::CodesAndNames => rules::codes_and_names(pair),
            Self::NoRepeats => rules::repeats(pair),
            Self::NoNulls => rules::nulls(pair),
            Self::Figures => rules::figures(pair),
            Self::CompleteMatrix => rules::incomplete(pair),
        }
    }
}

/// A data file with its meta file.
struct Pair<'a> {
    name: &'a str,
    data: Table,
    meta: Table,
}

/// A CSV file as text.
struct Table {
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    fn read(bytes: &[u8]) -> Result<Self, String> {
        let mut reader = csv::Reader::from_reader(bytes);
        let texts = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect();
        let head = texts(reader.headers().map_err(|e| e.to_string())?);
        let rows = reader.records().map(|record| record.map(|r| texts(&r)));
        let rows: Result<_, _> = rows.collect();
        Ok(Self { head, rows: rows.map_err(|e| e.to_string())? })
    }

    /// The fields of a column, row by row; none if it is not there.
    fn column(&self, name: &str) -> impl Iterator<Item = &str> {
        let at = self.head.iter().position(|head| head == name);
        let rows = at.map(|_| &self.rows).into_iter().flatten();
        rows.map(move |row| at.and_then(|at| row.get(at)).map_or("", String::as_str))
    }

    /// The rows by the names of their columns.
    fn records(&self) -> impl Iterator<Item = BTreeMap<&str, &str>> {
        self.rows.iter().map(|row| {
            self.head.iter().map(String::as_str).zip(row.iter().map(String::as_str)).collect()
        })
    }
}

impl Pair<'_> {
    /// The columns of the data that the meta file calls so.
    fn columns(&self, kind: &str) -> Vec<&str> {
        let typed = self.meta.column("col_name").zip(self.meta.column("col_type"));
        typed.filter(|(_, of)| *of == kind).map(|(name, _)| name).collect()
    }

    /// The filters with what groups them.
    fn filters_and_groups(&self) -> Vec<&str> {
        let groups = self.meta.column("filter_grouping_column").filter(|group| !group.is_empty());
        groups.chain(self.columns("Filter")).collect()
    }
}

/// Looks at a data file with its meta file; gives for each rule where it is broken, if it is.
///
/// # Errors
/// When one of them is no CSV, in words.
pub fn look(name: &str, data: &[u8], meta: &[u8]) -> Result<Vec<(Rule, Vec<String>)>, String> {
    let pair = Pair { name, data: Table::read(data)?, meta: Table::read(meta)? };
    Ok(Rule::ALL.into_iter().map(|rule| (rule, rule.broken(&pair))).collect())
}
