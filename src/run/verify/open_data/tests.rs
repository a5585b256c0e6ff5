//! A sound pair of files keeps to every rule, and each rule notices a pair that breaks it.

use super::*;

const DATA: &str = "\
time_period,time_identifier,geographic_level,country_code,country_name,region_code,region_name,old_la_code,new_la_code,la_name,breakdown_topic,breakdown,cases_percent,cases_count
202526,Financial year Q4,Local authority,E92000001,England,E12000099,Mid England,999,E10000099,Marlshire Council,Total,Total,61.5,88
202526,Financial year Q4,Local authority,E92000001,England,E12000099,Mid England,999,E10000099,Marlshire Council,Locality,Northmoor,c,c
202627,Financial year Q1,Local authority,E92000001,England,E12000099,Mid England,999,E10000099,Marlshire Council,Total,Total,-0.4,90
202627,Financial year Q1,Local authority,E92000001,England,E12000099,Mid England,999,E10000099,Marlshire Council,Locality,Northmoor,x,z
";

const META: &str = "\
col_name,col_type,label,indicator_grouping,indicator_unit,indicator_dp,filter_hint,filter_grouping_column
breakdown,Filter,Level,,,,,breakdown_topic
cases_percent,Indicator,Cases: per cent,,%,1,,
cases_count,Indicator,Cases: number,,,0,,
";

const NAME: &str = "outcomes_met_quarterly";

fn broken(name: &str, data: &str, meta: &str) -> Vec<Rule> {
    let looked = look(name, data.as_bytes(), meta.as_bytes()).expect("two tables");
    looked.into_iter().filter(|(_, places)| !places.is_empty()).map(|(rule, _)| rule).collect()
}

/// What each rule has to notice in the data: what stands there, and what is put in its place, once.
const IN_DATA: &[(Rule, &str, &str)] = &[
    (Rule::DataColumns, "la_name", "authority"),
    (Rule::CrossFile, "cases_count", "cases_number"),
    (Rule::ColumnNames, "cases_count", "Cases count"),
    (Rule::Time, "Financial year Q1", "Summer quarter"),
    (Rule::Time, "202627,Financial year Q1", "2026,June"),
    (Rule::Time, "202627", "202628"),
    (Rule::Time, "202627", "2026-27"),
    (Rule::Filters, "Northmoor,c", " Northmoor,c"),
    (Rule::Filters, "Total,Total,61.5", "Total,,61.5"),
    (Rule::GroupLevels, "Locality,Northmoor,c", "Place,Northmoor,c"),
    (Rule::Geography, "E10000099", "E1"),
    (Rule::Geography, "Local authority", "District"),
    (Rule::Geography, "Mid England,999", ",999"),
    (Rule::CodesAndNames, "Marlshire Council", "Marlshire"),
    (Rule::NoRepeats, "202526,Financial year Q4", "202627,Financial year Q1"),
    (Rule::NoNulls, "61.5,88", "61.5,NULL"),
    (Rule::NoNulls, "61.5,88", "61.5,"),
    (Rule::Figures, "61.5", "61.5%"),
    (Rule::Figures, ",c,c", ",[c],c"),
    (Rule::Figures, ",88", ",1e5"),
    (Rule::CompleteMatrix, "Northmoor,c", "Eastvale,c"),
];

/// The same of the meta file.
const IN_META: &[(Rule, &str, &str)] = &[
    (Rule::MetaColumns, "filter_hint", "hint"),
    (Rule::MetaTypes, "breakdown,Filter", "breakdown,filter"),
    (Rule::MetaTypes, "breakdown,Filter", "time_period,Filter"),
    (Rule::MetaNames, "Cases: number", "Cases: per cent"),
    (Rule::MetaNames, "cases_count", "cases count"),
    (Rule::NoFilterInIndicators, "cases_count", "cases_female_count"),
    (Rule::FilterGroups, "breakdown_topic", "topic"),
    (Rule::FilterGroups, "0,,", "0,,breakdown"),
    (Rule::FilterHints, "0,,", "0,choose one,"),
    (Rule::Decimals, "%,1", "%,"),
    (Rule::Decimals, "Level,,,", "Level,,,1"),
    (Rule::Units, "%,1", "per cent,1"),
    (Rule::Units, "Level,,", "Level,,%"),
    (Rule::IndicatorGroupings, "Level,", "Level,Outcomes"),
];

#[test]
fn a_pair_keeps_to_every_rule_and_no_mistake_goes_unnoticed() {
    assert_eq!(broken(NAME, DATA, META), []);
    let once = |text: &str, from: &str, to: &str| {
        assert!(text.contains(from), "there is no {from}");
        text.replacen(from, to, 1)
    };
    for (rule, from, to) in IN_DATA {
        let found = broken(NAME, &once(DATA, from, to), META);
        assert!(found.contains(rule), "{rule:?} does not notice {to}: {found:?}");
    }
    for (rule, from, to) in IN_META {
        let found = broken(NAME, DATA, &once(META, from, to));
        assert!(found.contains(rule), "{rule:?} does not notice {to}: {found:?}");
    }
    for name in ["Outcomes met", "outcomes.met"] {
        assert!(broken(name, DATA, META).contains(&Rule::FileName), "{name}");
    }
    let tried = IN_DATA.iter().chain(IN_META).map(|(rule, ..)| *rule);
    let tried: Vec<Rule> = tried.chain([Rule::FileName]).collect();
    let untried: Vec<Rule> = Rule::ALL.into_iter().filter(|rule| !tried.contains(rule)).collect();
    assert_eq!(untried, [], "no mistake is made against these");
}
