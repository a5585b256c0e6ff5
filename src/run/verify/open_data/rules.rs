//! Each rule of the open data standards: where it is broken. A place is a column or a row, counted from 1 below
//! the header.

use std::collections::{BTreeMap, BTreeSet};

use super::{Pair, Table};
use crate::calendar::MONTHS;

/// Where a rule is broken.
type Places = Vec<String>;

const META: [&str; 8] = [
    "col_name",
    "col_type",
    "label",
    "indicator_grouping",
    "indicator_unit",
    "indicator_dp",
    "filter_hint",
    "filter_grouping_column",
];
const OPTIONAL_META: [&str; 2] = ["filter_default", "parent_filter"];
const TIME: [&str; 2] = ["time_period", "time_identifier"];
const PLACE: [&str; 8] = [
    "geographic_level",
    "country_code",
    "country_name",
    "region_code",
    "region_name",
    "old_la_code",
    "new_la_code",
    "la_name",
];

/// The most characters of names of columns, labels and items.
const NAME_LIMIT: usize = 50;
const LABEL_LIMIT: usize = 80;
const ITEM_LIMIT: usize = 120;
const MOST_ITEMS: usize = 25_000;

fn row(at: usize) -> String {
    format!("row {}", at + 1)
}

fn rows_where(table: &Table, wrong: impl Fn(&BTreeMap<&str, &str>) -> bool) -> Places {
    table.records().enumerate().filter(|(_, record)| wrong(record)).map(|(at, _)| row(at)).collect()
}

fn named<'a>(names: impl Iterator<Item = &'a str>) -> Places {
    names.map(str::to_owned).collect()
}

fn time_or_place(name: &str) -> bool {
    TIME.contains(&name) || PLACE.contains(&name)
}

pub(super) fn file_name(pair: &Pair<'_>) -> Places {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
    let sound = pair.name.chars().all(allowed) && !pair.name.is_empty();
    if sound { Places::new() } else { vec!["the name".to_owned()] }
}

pub(super) fn meta_columns(pair: &Pair<'_>) -> Places {
    let head: Vec<&str> = pair.meta.head.iter().map(String::as_str).collect();
    let missing = META.into_iter().filter(|name| !head.contains(name));
    let strange = head.iter().copied().filter(|n| !META.contains(n) && !OPTIONAL_META.contains(n));
    named(missing.chain(strange))
}

pub(super) fn data_columns(pair: &Pair<'_>) -> Places {
    let head = &pair.data.head;
    let missing = TIME.into_iter().chain(PLACE).filter(|name| !head.iter().any(|h| h == name));
    let mut places = named(missing);
    if head.len() < pair.meta.rows.len() + 5 {
        places.push("fewer columns than the meta file speaks of".to_owned());
    }
    places
}

pub(super) fn cross_file(pair: &Pair<'_>) -> Places {
    let groups = pair.meta.column("filter_grouping_column").filter(|group| !group.is_empty());
    let known: Vec<&str> = pair.meta.column("col_name").chain(groups).collect();
    let absent = known.iter().copied().filter(|name| !pair.data.head.iter().any(|h| h == name));
    let strange = pair.data.head.iter().map(String::as_str);
    let strange = strange.filter(|name| !time_or_place(name) && !known.contains(name));
    named(absent.chain(strange))
}

pub(super) fn column_names(pair: &Pair<'_>) -> Places {
    let sound = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
            && name.len() <= NAME_LIMIT
    };
    let distinct: BTreeSet<&String> = pair.data.head.iter().collect();
    let mut places = named(pair.data.head.iter().map(String::as_str).filter(|name| !sound(name)));
    if distinct.len() < pair.data.head.len() {
        places.push("a name that occurs twice".to_owned());
    }
    places
}

pub(super) fn filters_in_indicators(pair: &Pair<'_>) -> Places {
    let filters = [
        "male",
        "female",
        "boys",
        "girls",
        "asian",
        "black",
        "white",
        "chinese",
        "mixed",
        "fsm",
        "sen",
        "characteristic",
    ];
    let indicators = pair.columns("Indicator").into_iter();
    named(indicators.filter(|name| name.split('_').any(|word| filters.contains(&word))))
}

pub(super) fn meta_types(pair: &Pair<'_>) -> Places {
    rows_where(&pair.meta, |record| {
        !matches!(record.get("col_type"), Some(&("Filter" | "Indicator")))
            || record.get("col_name").is_some_and(|name| time_or_place(name))
    })
}

pub(super) fn meta_names(pair: &Pair<'_>) -> Places {
    let mut places = Places::new();
    for (column, limit) in [("col_name", NAME_LIMIT), ("label", LABEL_LIMIT)] {
        let mut taken = BTreeSet::new();
        for (at, text) in pair.meta.column(column).enumerate() {
            let spaced = column == "col_name" && text.contains(char::is_whitespace);
            let long = text.chars().count() > limit;
            if text.trim().is_empty() || spaced || long || !taken.insert(text.to_lowercase()) {
                places.push(format!("{column}, {}", row(at)));
            }
        }
    }
    places
}

pub(super) fn filter_groups(pair: &Pair<'_>) -> Places {
    let mut taken = BTreeSet::new();
    let rows = pair.meta.records().enumerate().filter(|(_, record)| {
        let group = record.get("filter_grouping_column").copied().unwrap_or_default();
        let is_filter = record.get("col_type") == Some(&"Filter");
        let there = pair.data.head.iter().any(|head| head == group);
        let sound = is_filter && there && taken.insert(group.replace('_', ""));
        !group.is_empty() && !sound
    });
    rows.map(|(at, _)| row(at)).collect()
}

/// A column of the meta file that belongs to one kind of column of the data.
pub(super) fn only_of(pair: &Pair<'_>, column: &str, kind: &str) -> Places {
    rows_where(&pair.meta, |record| {
        record.get(column).is_some_and(|text| !text.is_empty())
            && record.get("col_type") != Some(&kind)
    })
}

pub(super) fn decimals(pair: &Pair<'_>) -> Places {
    rows_where(&pair.meta, |record| {
        let places = record.get("indicator_dp").copied().unwrap_or_default();
        let number = places.parse::<u8>().is_ok();
        number != (record.get("col_type") == Some(&"Indicator")) || (!places.is_empty() && !number)
    })
}

pub(super) fn units(pair: &Pair<'_>) -> Places {
    let mut places = only_of(pair, "indicator_unit", "Indicator");
    let known = ["", "%", "pp", "\u{a3}", "\u{a3}m", "numberstring"];
    places.extend(rows_where(&pair.meta, |record| {
        !record.get("indicator_unit").is_some_and(|unit| known.contains(unit))
    }));
    places
}

/// Which identifiers may stand in one file together, and how many digits their periods have.
fn family(identifier: &str) -> Option<(&'static str, usize)> {
    Some(match identifier {
        "Financial year Q1" | "Financial year Q2" | "Financial year Q3" | "Financial year Q4" => {
            ("quarters", 6)
        }
        "Part 1 (April to September)" | "Part 2 (October to March)" => ("halves", 6),
        "Financial year" => ("financial years", 6),
        "Academic year" => ("academic years", 6),
        "Calendar year" => ("calendar years", 4),
        "Reporting year" => ("reporting years", 4),
        month if MONTHS.contains(&month) => ("months", 4),
        _ => return None,
    })
}

pub(super) fn time(pair: &Pair<'_>) -> Places {
    let mut families = BTreeSet::new();
    let mut places = rows_where(&pair.data, |record| {
        let period = record.get("time_period").copied().unwrap_or_default();
        let of = record.get("time_identifier").and_then(|identifier| family(identifier));
        let digits = period.bytes().all(|b| b.is_ascii_digit());
        let six = || {
            let first = period.get(2..4).and_then(|y| y.parse::<u32>().ok());
            let second = period.get(4..6).and_then(|y| y.parse::<u32>().ok());
            first.zip(second).is_some_and(|(first, second)| (first + 1) % 100 == second)
        };
        !of.is_some_and(|(_, length)| digits && period.len() == length && (length == 4 || six()))
    });
    families.extend(pair.data.column("time_identifier").map(|i| family(i).map(|(name, _)| name)));
    if families.len() > 1 {
        places.push("kinds of period that do not go together".to_owned());
    }
    places
}

pub(super) fn filters(pair: &Pair<'_>) -> Places {
    let wrong = |filter: &&str| {
        let items: BTreeSet<&str> = pair.data.column(filter).collect();
        let sound = |item: &&str| {
            !item.is_empty() && item.trim() == *item && item.chars().count() <= ITEM_LIMIT
        };
        items.len() < 2
            || items.len() > MOST_ITEMS
            || !items.contains("Total")
            || !items.iter().all(sound)
    };
    named(pair.filters_and_groups().into_iter().filter(wrong))
}

pub(super) fn group_levels(pair: &Pair<'_>) -> Places {
    let grouped = pair.meta.column("col_name").zip(pair.meta.column("filter_grouping_column"));
    let levels = |column: &str| pair.data.column(column).collect::<BTreeSet<_>>().len();
    let wrong = grouped.filter(|(name, group)| !group.is_empty() && levels(group) > levels(name));
    named(wrong.map(|(name, _)| name))
}

pub(super) fn geography(pair: &Pair<'_>) -> Places {
    let code = |text: &str, letter: &str, digits: usize| {
        let number = text.strip_prefix(letter);
        number.is_some_and(|n| n.len() == digits && n.bytes().all(|b| b.is_ascii_digit()))
    };
    rows_where(&pair.data, |record| {
        let field = |name: &str| record.get(name).copied().unwrap_or_default();
        let totals = PLACE.iter().any(|name| matches!(field(name), "Total" | "All"));
        field("geographic_level") != "Local authority"
            || field("country_code") != "E92000001"
            || field("country_name") != "England"
            || !code(field("region_code"), "E12", 6)
            || !code(field("old_la_code"), "", 3)
            || !code(field("new_la_code"), "E", 8)
            || field("region_name").is_empty()
            || field("la_name").is_empty()
            || totals
    })
}

pub(super) fn codes_and_names(pair: &Pair<'_>) -> Places {
    let pairs = [
        ("country_code", "country_name"),
        ("region_code", "region_name"),
        ("new_la_code", "la_name"),
        ("old_la_code", "la_name"),
    ];
    let wrong = pairs.into_iter().filter(|(code, name)| {
        let codes: BTreeSet<&str> = pair.data.column(code).collect();
        let names: BTreeSet<&str> = pair.data.column(name).collect();
        let both: BTreeSet<(&str, &str)> =
            pair.data.column(code).zip(pair.data.column(name)).collect();
        both.len() != codes.len() || both.len() != names.len()
    });
    named(wrong.map(|(code, _)| code))
}

/// What a row is about: when, where, and of which items.
fn about<'a>(pair: &'a Pair<'_>) -> impl Iterator<Item = Vec<&'a str>> {
    let figures = pair.columns("Indicator");
    pair.data.rows.iter().map(move |fields| {
        let columns = pair.data.head.iter().zip(fields);
        let about = columns.filter(|(name, _)| !figures.contains(&name.as_str()));
        about.map(|(_, field)| field.as_str()).collect()
    })
}

pub(super) fn repeats(pair: &Pair<'_>) -> Places {
    let mut seen = BTreeSet::new();
    let again = about(pair).enumerate().filter(|(_, of)| !seen.insert(of.clone()));
    again.map(|(at, _)| row(at)).collect()
}

pub(super) fn nulls(pair: &Pair<'_>) -> Places {
    let for_nothing = |field: &String| {
        ["", "null", "na", "n/a", "nan", "none"].contains(&field.trim().to_lowercase().as_str())
    };
    let rows = pair.data.rows.iter().enumerate();
    let mut places: Places =
        rows.filter(|(_, fields)| fields.iter().any(for_nothing)).map(|(at, _)| row(at)).collect();
    if pair.data.rows.is_empty() {
        places.push("no rows".to_owned());
    }
    places
}

pub(super) fn figures(pair: &Pair<'_>) -> Places {
    let sound = |field: &str| {
        let digits = field.strip_prefix('-').unwrap_or(field);
        let plain = digits.starts_with(|c: char| c.is_ascii_digit())
            && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        (plain && digits.parse::<f64>().is_ok()) || ["c", "x", "z", "low"].contains(&field)
    };
    let mut places = Places::new();
    for indicator in pair.columns("Indicator") {
        let wrong = pair.data.column(indicator).enumerate().filter(|(_, field)| !sound(field));
        places.extend(wrong.map(|(at, _)| format!("{indicator}, {}", row(at))));
    }
    places
}

pub(super) fn incomplete(pair: &Pair<'_>) -> Places {
    let filters = pair.filters_and_groups();
    let mut items: BTreeSet<Vec<&str>> = BTreeSet::new();
    let mut in_period: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for record in pair.data.records() {
        let field = |name: &str| record.get(name).copied().unwrap_or_default();
        items.insert(filters.iter().map(|filter| field(filter)).collect());
        *in_period.entry((field("time_period"), field("time_identifier"))).or_default() += 1;
    }
    // Items that belong to one group only are not crossed with the others.
    let grouped = pair.meta.column("filter_grouping_column").any(|group| !group.is_empty());
    let crossed: usize = (0..filters.len())
        .map(|at| items.iter().filter_map(|item| item.get(at)).collect::<BTreeSet<_>>().len())
        .product();
    let wanted = if grouped { items.len() } else { crossed };
    let short = in_period.into_iter().filter(|(_, rows)| *rows != wanted);
    short.map(|((period, identifier), _)| format!("{identifier} {period}")).collect()
}
