//! Open data as files: for each data file its CSV and the `.meta.csv` that Explore Education Statistics asks
//! for; for all of them CSV on the Web metadata; and a data package of every CSV file beside a page.

use serde_json::{Value, json};

use crate::fingerprint::fingerprint;
use crate::protect::Shown;
use crate::render::RenderError;
use crate::render::csv::{guarded, symbol};
use crate::report::document::Document;
use crate::report::open_data::{DataFile, OpenData};

/// The columns of place and time, which come before all others.
const FIRST: [&str; 10] = [
    "time_period",
    "time_identifier",
    "geographic_level",
    "country_code",
    "country_name",
    "region_code",
    "region_name",
    "old_la_code",
    "new_la_code",
    "la_name",
];

/// The columns of a `.meta.csv`.
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

/// What stands in place of a number, without brackets, as the standard has it.
const MISSING: [&str; 3] = ["c", "x", "z"];

/// All files of the open data, by name.
///
/// # Errors
/// When one cannot be written to memory.
pub fn files(open: &OpenData) -> Result<Vec<(String, Vec<u8>)>, RenderError> {
    let mut files = Vec::new();
    for file in &open.files {
        files.push((format!("{}.csv", file.name), data(open, file)?));
        files.push((format!("{}.meta.csv", file.name), meta(file)?));
    }
    if !files.is_empty() {
        files.push(("csv-metadata.json".to_owned(), pretty(&on_the_web(open))));
    }
    Ok(files)
}

fn data(open: &OpenData, file: &DataFile) -> Result<Vec<u8>, RenderError> {
    let mut to = ::csv::Writer::from_writer(Vec::new());
    let columns = columns(file).map(|(name, ..)| name);
    to.write_record(columns.collect::<Vec<_>>()).map_err(failed)?;
    let authority = &open.authority;
    for row in &file.rows {
        let place = [
            "Local authority",
            "E92000001",
            "England",
            &authority.region_code,
            &authority.region,
            &authority.old_code,
            &authority.code,
            &open.council,
        ];
        let record = [row.time_period.as_str(), row.time_identifier]
            .into_iter()
            .chain(place)
            .chain(row.items.iter().map(String::as_str))
            .map(guarded)
            .chain(row.figures.iter().map(|shown| match shown {
                Shown::Number(number) => number.plain(),
                Shown::Symbol(_) => symbol(*shown).to_owned(),
            }));
        to.write_record(record).map_err(failed)?;
    }
    to.into_inner().map_err(failed)
}

fn meta(file: &DataFile) -> Result<Vec<u8>, RenderError> {
    let mut to = ::csv::Writer::from_writer(Vec::new());
    to.write_record(META).map_err(failed)?;
    let mut group = "";
    for filter in &file.filters {
        if filter.groups_next {
            group = &filter.column;
            continue;
        }
        to.write_record([&filter.column, "Filter", &filter.label, "", "", "", "", group])
            .map_err(failed)?;
    }
    for indicator in &file.indicators {
        let unit = if indicator.percent { "%" } else { "" };
        let places = indicator.places.to_string();
        to.write_record([
            &indicator.column,
            "Indicator",
            &indicator.label,
            "",
            unit,
            &places,
            "",
            "",
        ])
        .map_err(failed)?;
    }
    to.into_inner().map_err(failed)
}

/// The columns of a file: name, label, whether they hold figures.
fn columns(file: &DataFile) -> impl Iterator<Item = (&str, &str, bool)> {
    let first = FIRST.into_iter().map(|name| (name, name, false));
    let filters = file.filters.iter().map(|f| (f.column.as_str(), f.label.as_str(), false));
    let figures = file.indicators.iter().map(|i| (i.column.as_str(), i.label.as_str(), true));
    first.chain(filters).chain(figures)
}

/// CSV on the Web: what the columns are, for programs.
fn on_the_web(open: &OpenData) -> Value {
    let table = |file: &DataFile| {
        let column = |(name, label, figure): (&str, &str, bool)| {
            let titles = label.replace('_', " ");
            if figure {
                json!({ "name": name, "titles": titles, "datatype": "number", "null": MISSING })
            } else {
                json!({ "name": name, "titles": titles, "datatype": "string", "required": true })
            }
        };
        json!({
            "url": format!("{}.csv", file.name),
            "dc:title": file.title,
            "tableSchema": { "columns": columns(file).map(column).collect::<Vec<_>>() },
        })
    };
    json!({
        "@context": ["http://www.w3.org/ns/csvw", { "@language": "en" }],
        "dc:publisher": open.council,
        "tables": open.files.iter().map(table).collect::<Vec<_>>(),
    })
}

/// A data package of these CSV files, each with its hash; `files` are named as they stand beside it.
#[must_use]
pub fn data_package(document: &Document, files: &[(&str, &[u8])]) -> Vec<u8> {
    let known = |path: &str| {
        let open = document.open_data.iter().flat_map(|open| &open.files);
        let name = path.strip_prefix("open/")?.strip_suffix(".csv")?;
        open.into_iter().find(|file| file.name == name)
    };
    let resource = |(path, bytes): &(&str, &[u8])| {
        let name = path.trim_end_matches(".csv").replace(['/', '.'], "-").to_lowercase();
        let mut resource = json!({
            "$schema": "https://datapackage.org/profiles/2.0/dataresource.json",
            "name": name,
            "path": path,
            "type": "table",
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "bytes": bytes.len(),
            "hash": format!("sha256:{}", fingerprint(bytes)),
        });
        if let (Some(file), Some(fields)) = (known(path), resource.as_object_mut()) {
            let field = |(name, label, figure): (&str, &str, bool)| {
                let kind = if figure { "number" } else { "string" };
                json!({ "name": name, "title": label.replace('_', " "), "type": kind })
            };
            fields.insert("title".to_owned(), json!(file.title));
            let columns: Vec<Value> = columns(file).map(field).collect();
            fields.insert(
                "schema".to_owned(),
                json!({ "fields": columns, "missingValues": MISSING }),
            );
        }
        resource
    };
    pretty(&json!({
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": format!("{}-{}", document.structure.audience, document.run).to_lowercase(),
        "title": format!("{}, {}", document.title, document.period),
        "description": document.disclosure,
        "contributors": [{ "title": document.council, "roles": ["publisher"] }],
        "resources": files.iter().map(resource).collect::<Vec<_>>(),
    }))
}

fn pretty(value: &Value) -> Vec<u8> {
    (serde_json::to_string_pretty(value).unwrap_or_default() + "\n").into_bytes()
}

fn failed(error: impl std::fmt::Display) -> RenderError {
    RenderError::Csv(error.to_string())
}
