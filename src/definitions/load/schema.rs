//! A JSON Schema of definition files, made from the tables of keys that the loader reads with, so
//! that editors complete and check what the loader takes and nothing else.

use serde_json::{Map, Value, json};

use crate::definitions::load::keys::{Holds, KINDS, Key, OPEN};

/// The schema of a definition file, for editors that follow a `#:schema` comment.
#[must_use]
pub fn schema() -> Value {
    let mut schema = table(KINDS);
    schema["$schema"] = json!("http://json-schema.org/draft-07/schema#");
    schema["title"] = json!("Early Help outcome definitions");
    for kind in OPEN {
        schema["properties"][kind]["additionalProperties"]["additionalProperties"] = json!(true);
    }
    schema
}

/// The schema as it is written to a file.
#[must_use]
pub fn schema_text() -> String {
    serde_json::to_string_pretty(&schema()).map(|text| text + "\n").unwrap_or_default()
}

fn table(keys: &[Key]) -> Value {
    let properties: Map<String, Value> = keys
        .iter()
        .map(|key| {
            let mut value = holds(&key.holds);
            value["description"] = json!(key.doc);
            (key.name.to_owned(), value)
        })
        .collect();
    let required: Vec<&str> = keys.iter().filter(|k| k.required).map(|k| k.name).collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn holds(holds: &Holds) -> Value {
    match holds {
        Holds::Text | Holds::Expression => json!({ "type": "string" }),
        Holds::YesNo => json!({ "type": "boolean" }),
        Holds::Number => json!({ "type": "number" }),
        Holds::Whole => json!({ "type": "integer" }),
        Holds::Date => json!({ "type": "string", "format": "date" }),
        Holds::Length => {
            json!({ "type": "string", "pattern": "^([0-9]+ [a-z ]+|param\\.[A-Za-z0-9_]+)$" })
        }
        Holds::OneOf(words) => json!({ "type": "string", "enum": words }),
        Holds::ListOf(item) => json!({ "type": "array", "items": self::holds(item) }),
        Holds::Either(those) => {
            json!({ "anyOf": those.iter().map(self::holds).collect::<Vec<_>>() })
        }
        Holds::Table(keys) => table(keys),
        Holds::List(keys) => json!({ "type": "array", "items": table(keys) }),
        Holds::Named(keys) => json!({ "type": "object", "additionalProperties": table(keys) }),
        Holds::NamedAs(item) => {
            json!({ "type": "object", "additionalProperties": self::holds(item) })
        }
        Holds::Any => json!({}),
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::*;
    use crate::definitions::load::keys;
    use crate::definitions::load::mistakes::town;
    use crate::definitions::load::tests_of_rows::TEST_KEYS;

    fn shipped() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("outcome-definitions")
    }

    /// The first place at which a file does not fit the schema.
    fn misfit(text: &str) -> Option<String> {
        let file: toml::Value = toml::from_str(text).expect("TOML");
        let file = serde_json::to_value(plain(file)).expect("JSON");
        differs(&file, &schema(), "")
    }

    /// Dates as text: JSON has none.
    fn plain(value: toml::Value) -> toml::Value {
        match value {
            toml::Value::Datetime(d) => toml::Value::String(d.to_string()),
            toml::Value::Array(items) => toml::Value::Array(items.into_iter().map(plain).collect()),
            toml::Value::Table(table) => {
                toml::Value::Table(table.into_iter().map(|(k, v)| (k, plain(v))).collect())
            }
            other => other,
        }
    }

    /// As much of JSON Schema as ours uses.
    fn differs(value: &Value, schema: &Value, way: &str) -> Option<String> {
        if let Some(those) = schema["anyOf"].as_array() {
            let none = those.iter().all(|s| differs(value, s, way).is_some());
            return none.then(|| format!("{way}: none of several"));
        }
        let fits = match schema["type"].as_str() {
            Some("string") => value.is_string(),
            Some("boolean") => value.is_boolean(),
            Some("number") => value.is_number(),
            Some("integer") => value.is_i64(),
            Some("array") => value.is_array(),
            Some("object") => value.is_object(),
            _ => true,
        };
        if !fits {
            return Some(format!("{way}: not a {}", schema["type"]));
        }
        if schema["enum"].as_array().is_some_and(|words| !words.contains(value)) {
            return Some(format!("{way}: {value} is none of {}", schema["enum"]));
        }
        if schema["format"] == "date" && value.as_str().is_some_and(|t| t.len() != 10) {
            return Some(format!("{way}: not a date"));
        }
        let mut items = value.as_array().into_iter().flatten().enumerate();
        let of_items =
            items.find_map(|(at, v)| differs(v, &schema["items"], &format!("{way}[{at}]")));
        let missing = schema["required"].as_array().into_iter().flatten();
        let mut missing = missing.filter(|k| value.get(k.as_str().unwrap_or_default()).is_none());
        let missing = missing.next().map(|k| format!("{way}: no {k}"));
        let of_keys = value.as_object().into_iter().flatten().find_map(|(key, inner)| {
            let way = format!("{way}.{key}");
            match (&schema["properties"][key], &schema["additionalProperties"]) {
                (Value::Null, Value::Bool(false)) => Some(format!("{way}: no such key")),
                (Value::Null, Value::Bool(true) | Value::Null) => None,
                (Value::Null, additional) => differs(inner, additional, &way),
                (own, _) => differs(inner, own, &way),
            }
        });
        of_items.or(missing).or(of_keys)
    }

    #[test]
    fn the_schema_in_the_folder_is_the_one_of_this_engine() {
        let path = shipped().join("definitions.schema.json");
        let kept = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            kept == schema_text(),
            "write it again: early-help schema --out outcome-definitions/definitions.schema.json"
        );
    }

    #[test]
    fn every_shipped_file_fits_the_schema_and_names_it() {
        let mut files = 0;
        let mappings = shipped().join("mappings");
        let both = [shipped(), mappings.clone()];
        let entries = both.iter().flat_map(|f| std::fs::read_dir(f).expect("the folder"));
        for entry in entries {
            let path = entry.expect("an entry").path();
            if path.extension().is_none_or(|e| e != "toml") {
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("the file");
            assert_eq!(misfit(&text), None, "{}", path.display());
            let up = if path.starts_with(&mappings) { ".." } else { "." };
            let named = format!("#:schema {up}/definitions.schema.json\n");
            assert!(text.starts_with(&named), "{}", path.display());
            files += 1;
        }
        assert!(files >= 8, "{files}");
    }

    #[test]
    fn the_sound_town_fits_and_slips_in_it_do_not() {
        for (name, text) in town::FILES {
            assert_eq!(misfit(text), None, "{name}");
        }
        for (sound, slip, says) in [
            ("expect = \"count(*) = 0\"", "expcet = \"count(*) = 0\"", ".expcet: no such key"),
            ("combine = \"any\"", "combine = \"some\"", "is none of"),
            ("valid = { from = 2022-04-01,", "valid = {", "no \"from\""),
            ("[headline.safety]", "[headlines.safety]", ".headlines: no such key"),
        ] {
            let found = misfit(&town::RULES.replace(sound, slip)).unwrap_or_default();
            assert!(found.contains(says), "{slip}: {found}");
        }
    }

    #[test]
    fn the_reader_of_tests_takes_the_keys_of_the_table() {
        let names = |keys: &[Key]| keys.iter().map(|k| k.name).collect::<Vec<_>>();
        assert_eq!(names(keys::TEST), TEST_KEYS);
    }

    #[test]
    fn every_key_says_what_it_is_for_in_one_line() {
        fn walk(schema: &Value, way: &str) {
            for (key, value) in schema["properties"].as_object().into_iter().flatten() {
                let way = format!("{way}.{key}");
                let doc = value["description"].as_str().unwrap_or_default();
                assert!(doc.ends_with(['.', '"']), "{way}: {doc}");
                assert!(doc.len() < 120 && !doc.contains('\n'), "{way}: {doc}");
                walk(value, &way);
            }
            for inner in ["items", "additionalProperties"] {
                if schema[inner].is_object() {
                    walk(&schema[inner], way);
                }
            }
        }
        walk(&schema(), "");
    }
}
