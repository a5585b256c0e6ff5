//! What the loader says about mistakes in measures, their targets, and the units that they count.

use super::finds;
use crate::definitions::audience::Pack;
use crate::definitions::expression::{Expr, Name};
use crate::definitions::measure::MeasureKind;

mistakes! {
    a_target_for_a_count_without_a_period: "title = \"Cases closed\"" => "title = \"Cases closed\"\ntarget = [⟨{ from = 2025-04-01, better = \"high\", green = 12, amber = 8 }⟩]", "value", "add per = \"month\"";
    a_target_for_a_period_that_nobody_computes: "title = \"Cases closed\"" => "title = \"Cases closed\"\ntarget = [{ from = 2025-04-01, better = \"high\", green = 12, amber = 8, per = ⟨\"financial_year\"⟩ }]", "value", "add it to `periods`";
    a_target_near_nothing: "title = \"Needs met\"" => "title = \"Needs met\"\ntarget = [⟨{ from = 2025-04-01, better = \"near\", green = 0.1, amber = 0.2 }⟩]", "required", "add `at";
    a_value_for_information_that_is_judged: "title = \"Needs met\"" => "title = \"Needs met\"\ntarget = [{ from = 2025-04-01, better = \"information\", at = 0.5, ⟨green⟩ = 0.6 }]", "key", "take the key away";
    information_of_nothing: "title = \"Needs met\"" => "title = \"Needs met\"\ntarget = [⟨{ from = 2025-04-01, better = \"information\" }⟩]", "required", "add `at";
    a_target_without_a_limit: "title = \"Needs met\"" => "title = \"Needs met\"\ntarget = [⟨{ from = 2025-04-01, better = \"high\", green = 0.9 }⟩]", "required", "add `amber";
    a_point_that_is_only_for_near: "title = \"Needs met\"" => "title = \"Needs met\"\ntarget = [{ from = 2025-04-01, better = \"high\", ⟨at⟩ = 0.5, green = 0.9, amber = 0.8 }]", "key", "write better = \"near\"";
    near_with_its_distances_exchanged: "title = \"Needs met\"" => "title = \"Needs met\"\ntarget = [⟨{ from = 2025-04-01, better = \"near\", at = 0.5, green = 0.2, amber = 0.1 }⟩]", "value", "the smaller distance";
    a_count_that_cannot_be_not_met: "title = \"Cases closed\"" => "title = \"Cases closed\"\nimmature = ⟨\"count_as_not_met\"⟩", "kind", "change the kind";
    a_plain_no_where_tests_speak_for_themselves: "title = \"Needs met\"" => "title = \"Needs met\"\nmissing = ⟨\"not_met\"⟩", "missing", "say `missing` in the test";
    an_exception_to_a_count: "title = \"Cases closed\"" => "title = \"Cases closed\"\n⟨except⟩ = [{ name = \"moved\", when = \"reason = 'moved'\", why = \"Gone\" }]", "kind", "has no `except`";
    a_category_without_a_place: "kind = \"count\"\ncounted_on" => "kind = \"distribution\"\nvalue = \"reason\"\ncategories = ⟨[\"moved\"]⟩\ncounted_on", "code", "list every code";
    a_category_that_is_no_code: "kind = \"count\"\ncounted_on" => "kind = \"distribution\"\nvalue = \"reason\"\ncategories = [\"met\", ⟨\"movd\"⟩, \"moved\"]\ncounted_on", "code", "did you mean `moved`?";
    an_interval_for_another_kind: "title = \"Needs met\"" => "title = \"Needs met\"\ninterval = ⟨{ method = \"order_statistic\" }⟩", "kind", "order_statistic for medians";
    months_beside_days: "population = \"need.missing\"" => "population = \"⟨months(identified_on, closed_on) > youngest⟩\"", "unit", "bring both to one unit";
    a_claim_that_nobody_makes: "unit = \"case\"\nkind = \"count\"\ncounted_on = \"closed_on\"" => "unit = \"case\"\nkind = \"count\"\ncounted_on = ⟨\"claim.sucess.met_on\"⟩", "when", "did you mean `claim.success.met_on`?";
    a_band_on_no_scale: "population = \"need.missing\"" => "population = \"band(⟨'famly'⟩, youngest) = 'low'\"", "reference", "there is no scale `famly`";
    a_change_without_its_scores: "population = \"need.missing\"" => "population = \"⟨improved_reliably('family')⟩\"", "form", "improved_reliably('scale', first_score, last_score)";
    a_value_of_own_columns_with_a_window: "[fact.attending]\n" => "[fact.slow]\ntitle = \"Slow\"\nunit = \"case\"\nvalue = \"days(identified_on, closed_on)\"\n⟨window⟩ = { on = \"closed_on\" }\n[fact.attending]\n", "key", "name the `source`";
    a_value_in_another_unit: "[fact.attending]\n" => "[fact.slow]\ntitle = \"Slow\"\nunit = \"case\"\nvalue = \"days(identified_on, closed_on)\"\nresult_unit = ⟨\"working_days\"⟩\n[fact.attending]\n", "unit", "result_unit = \"days\"";
}

// What asks about the reporting period.
mistakes! {
    a_need_in_the_reporting_period: "window = { before = \"identified_on\"" => "window = { before = ⟨\"period.end\"⟩", "anchor", "only a fact can ask about the reporting period";
    a_flow_that_asks_about_its_period: "counted_on = \"closed_on\"\npopulation = \"need.missing\"" => "⟨counted_on⟩ = \"closed_on\"\npopulation = \"closed_on = period.end\"", "when", "stock = \"period_end\"";
    a_period_by_another_name: "{ last = 2, of = \"terms\", by = \"closed_on\" }" => "{ in = ⟨\"perod\"⟩ }", "value", "did you mean `period`?";
    a_period_in_a_plain_fact: "[fact.attending]\n" => "[fact.lately]\ntitle = \"Lately\"\nunit = \"case\"\nsource = \"police\"\nwho = \"children\"\ncombine = \"any\"\nwindow = { in = \"period\" }\nexpect = \"count(*) = 0\"\n[fact.late]\ntitle = \"Late\"\nunit = \"case\"\nwhen = \"not ⟨lately⟩\"\n[fact.attending]\n", "reference", "knows no `lately`";
}

// Units that are made of members.
mistakes! {
    members_of_nothing: "[group.children]\n" => "[unit.child]\ntitle = \"A child\"\nplural = \"children\"\neach = ⟨\"children\"⟩\n[group.children]\n", "required", "of = \"case\"";
    members_with_dates_of_their_own: "[group.children]\n" => "[unit.child]\ntitle = \"A child\"\nplural = \"children\"\nof = \"case\"\neach = \"children\"\n[unit.child.⟨anchor⟩]\nclosed_on = \"closed_on\"\n[group.children]\n", "key", "the dates of the unit that they belong to";
    members_by_a_need: "[group.children]\n" => "[unit.⟨child⟩]\ntitle = \"A child\"\nplural = \"children\"\nof = \"case\"\neach = \"with_this_need\"\n[group.children]\n", "anchor", "depends on the test that asks";
    members_by_a_date_that_is_not_there: "[group.children]\n" => "[unit.⟨child⟩]\ntitle = \"A child\"\nplural = \"children\"\nof = \"case\"\neach = \"late\"\n[unit.plan]\ntitle = \"A plan\"\nplural = \"plans\"\nsource = \"cases\"\n[unit.plan.anchor]\nagreed_on = \"decided_on\"\n[group.late]\ntitle = \"late\"\nwhere = \"age_on(unit.agreed_on) < 18\"\n[group.children]\n", "anchor", "needs the date `agreed_on`";
    a_unit_from_two_places: "[group.children]\n" => "[unit.⟨child⟩]\ntitle = \"A child\"\nplural = \"children\"\nof = \"case\"\nsource = \"cases\"\neach = \"children\"\n[group.children]\n", "required", "needs one of";
}

/// What the sound folder is warned of with one replacement: codes, and the words underlined.
fn warnings_with(sound: &str, other: &str) -> Vec<(&'static str, String)> {
    let found = super::with(sound, other).diagnostics;
    found
        .iter()
        .map(|d| (d.code, d.place.as_ref().map_or_else(String::new, |p| p.text().to_owned())))
        .collect()
}

#[test]
fn a_headline_stands_for_its_needs_joined_by_or() {
    let another = "[need.away]\nheadline = \"safety\"\ntitle = \"Away\"\n[need.away.test.once]\nsource = \"police\"\nwho = \"children\"\ncombine = \"any\"\nwindow = { before = \"identified_on\", for = \"3 months\" }\nexpect = \"count(*) >= 1\"\n[outcome.found]\n";
    let loaded = super::folder(|_, text| {
        let text = text.replace("\"outcome.found and attending\"", "\"not headline.safety\"");
        text.replace("[outcome.found]\n", another)
    });
    let definitions = loaded.definitions.expect("a sound folder");
    let MeasureKind::Proportion { numerator } = &definitions.measure("met").expect("met").kind
    else {
        panic!("a proportion")
    };
    let need = |id: &str| Box::new(Expr::Name(Name::Need(format!("rules.{id}"))));
    let any = Expr::Or(need("missing"), need("away"));
    assert_eq!(numerator.expr, Expr::Not(Box::new(any)));
}

#[test]
fn a_measure_that_no_pack_shows_is_told_of() {
    let lone = |name: &str| vec![("not_shown", name.to_owned())];
    assert_eq!(warnings_with("headlines = [\"closed\"]\n", ""), lone("closed"));
    // The parts of a ratio are shown with it.
    let own = |id: &str, keys: &str| {
        format!(
            "[measure.{id}]\ntitle = \"A\"\ndescription = \"A\"\nwhy = \"To know\"\n{keys}\nby = []\n"
        )
    };
    let found = own("found", "unit = \"case\"\nkind = \"count\"\ncounted_on = \"identified_on\"");
    let each = own("each", "kind = \"ratio\"\nover = \"closed\"\nunder = \"found\"");
    let pack = "[pack.monthly]\ntitle = \"Monthly\"\naudience = \"inside\"\nperiod = \"month\"\n";
    let shown = |headlines: &str| format!("{found}{each}{pack}headlines = [{headlines}]");
    let sound = format!("{pack}headlines = [\"closed\"]");
    assert_eq!(warnings_with(&sound, &shown("\"each\"")), []);
    let names =
        |found: Vec<(_, String)>| found.into_iter().map(|(_, name)| name).collect::<Vec<_>>();
    assert_eq!(names(warnings_with(&sound, &shown("\"closed\""))), ["found", "each"]);
}

// How a series is watched.
mistakes! {
    a_chart_of_a_proportion_for_a_count: "title = \"Cases closed\"" => "title = \"Cases closed\"\nsignal = { method = ⟨\"spc_p\"⟩ }", "kind", "spc_p is for proportions";
    a_stock_that_is_watched: "title = \"Cases closed\"\ndescription = \"Cases closed\"\nwhy = \"To know\"\nunit = \"case\"\nkind = \"count\"\ncounted_on = \"closed_on\"" => "title = \"Cases closed\"\ndescription = \"Cases closed\"\nwhy = \"To know\"\nunit = \"case\"\nkind = \"count\"\nstock = \"period_end\"\nsignal = { method = ⟨\"xmr\"⟩ }", "kind", "watch what flows";
    children_of_one_family_taken_one_by_one: "unit = \"case\"\nkind = \"count\"\ncounted_on = \"closed_on\"" => "unit = \"child\"\nkind = \"count\"\ncounted_on = \"case.closed_on\"\nsignal = { method = ⟨\"spc_u\"⟩ }\n[unit.child]\ntitle = \"A child\"\nplural = \"children\"\nof = \"case\"\neach = \"children\"", "kind", "variation = \"between\"";
    limits_from_too_few: "title = \"Needs met\"" => "title = \"Needs met\"\nsignal = { method = \"spc_p\", baseline_periods = ⟨6⟩ }", "value", "7";
    a_baseline_longer_than_the_series: "title = \"Needs met\"" => "title = \"Needs met\"\nsignal = { method = \"spc_p\", periods = 12, baseline_periods = ⟨13⟩ }", "value", "12";
    limits_for_a_run_chart: "title = \"Needs met\"" => "title = \"Needs met\"\nsignal = { method = \"run\", baseline_periods = ⟨12⟩ }", "kind", "take `baseline_periods` away";
    a_control_chart_of_what_nobody_watches: "{ measure = \"met\", chart = \"bars\", by = [\"area\"] }" => "⟨{ measure = \"met\", chart = \"spc\" }⟩", "chart", "add `signal";
}

// Which form suits which measure.
mistakes! {
    a_funnel_of_a_count: "{ measure = \"met\", chart = \"bars\", by = [\"area\"] }" => "⟨{ measure = \"closed\", chart = \"funnel\", by = [\"area\"] }⟩, { measure = \"met\", chart = \"table\" }", "chart", "use chart = \"bars\"";
    a_funnel_of_no_places: "{ measure = \"met\", chart = \"bars\", by = [\"area\"] }" => "⟨{ measure = \"met\", chart = \"funnel\" }⟩", "chart", "name one breakdown";
    a_heat_table_of_one_breakdown: "{ measure = \"met\", chart = \"bars\", by = [\"area\"] }" => "⟨{ measure = \"met\", chart = \"heat\", by = [\"area\"] }⟩", "chart", "name two breakdowns";
    an_index_of_shares: "{ measure = \"met\", chart = \"bars\", by = [\"area\"] }" => "⟨{ measure = \"met\", chart = \"rate_index\", by = [\"area\"] }⟩", "chart", "is not a count";
    an_index_without_people: "{ measure = \"met\", chart = \"bars\", by = [\"area\"] }" => "{ measure = \"met\", chart = \"bars\", by = [\"area\"] }, ⟨{ measure = \"closed\", chart = \"rate_index\", by = [\"area\"] }⟩", "chart", "with = [";
    points_of_two_versions: "[measure.met]\ntitle = \"Needs met\"\ndescription = \"Of cases closed, those with success\"\nwhy = \"To know\"\nunit = \"case\"\nkind = \"proportion\"\ncounted_on = \"closed_on\"\npopulation = \"need.missing\"\nexclude = [{ name = \"moved\", when = \"reason = 'moved'\", why = \"Nobody can know\" }]\nnumerator = \"outcome.found and attending\"" => "[parameter.heavy]\ntype = \"number\"\nvalue = 2\ntitle = \"Heavy\"\nversion = \"1\"\n[parameter.light]\ntype = \"number\"\nvalue = 1\ntitle = \"Light\"\nversion = \"2\"\n[measure.⟨met⟩]\ntitle = \"Needs met\"\ndescription = \"Of cases closed, those with success\"\nwhy = \"To know\"\nunit = \"case\"\nkind = \"proportion\"\ncounted_on = \"closed_on\"\nnumerator = \"youngest >= param.heavy or youngest >= param.light\"", "version", "of several versions";
    a_headline_that_no_framework_has: "numerator = \"outcome.found and attending\"" => "numerator = \"⟨headline.safty⟩\"", "reference", "did you mean `safety`?";
    a_scatter_of_shares: "{ measure = \"met\", chart = \"bars\", by = [\"area\"] }" => "⟨{ measure = \"met\", with = [\"closed\"], chart = \"scatter\", by = [\"area\"] }⟩", "chart", "is neither a count nor a sum";
    a_scatter_of_one_measure: "{ measure = \"met\", chart = \"bars\", by = [\"area\"] }" => "{ measure = \"met\", chart = \"bars\", by = [\"area\"] }, ⟨{ measure = \"closed\", chart = \"scatter\", by = [\"area\"] }⟩", "chart", "with = [";
    a_dumbbell_of_shares: "{ measure = \"met\", chart = \"bars\", by = [\"area\"] }" => "⟨{ measure = \"met\", chart = \"dumbbell\", by = [\"area\"] }⟩", "chart", "is not a mean";
    a_stack_of_one_share: "{ measure = \"met\", chart = \"bars\", by = [\"area\"] }" => "⟨{ measure = \"met\", chart = \"stacked\" }⟩", "chart", "is not a distribution";
    a_pyramid_of_shares: "{ measure = \"met\", chart = \"bars\", by = [\"area\"] }" => "⟨{ measure = \"met\", chart = \"pyramid\", by = [\"area\"] }⟩", "chart", "is not a count";
    a_survival_line_without_its_times: "{ measure = \"met\", chart = \"bars\", by = [\"area\"] }" => "⟨{ measure = \"met\", chart = \"survival\" }⟩", "chart", "write times";
    cohorts_that_nobody_can_tell_apart: "{ measure = \"met\", chart = \"bars\", by = [\"area\"] }" => "⟨{ measure = \"met\", with = [\"met\"], times = [3, 6], chart = \"survival\", period = \"quarter\", history = 9 }⟩", "chart", "write history = 4";
    cohorts_that_overlap: "{ measure = \"met\", chart = \"bars\", by = [\"area\"] }]" => "{ measure = \"met\", chart = \"bars\", by = [\"area\"] }, ⟨{ measure = \"year\", with = [\"year\"], times = [3, 6], chart = \"survival\", period = \"rolling_12_months\", history = 3 }⟩]\n[measure.year]\ntitle = \"Met\"\ndescription = \"Met\"\nwhy = \"To know\"\nunit = \"case\"\nkind = \"proportion\"\ncounted_on = \"closed_on\"\nnumerator = \"closed_on is not null\"\nperiods = [\"rolling_12_months\"]", "chart", "take `history` away";
    small_multiples_of_nothing: "{ measure = \"met\", chart = \"bars\", by = [\"area\"] }" => "⟨{ measure = \"met\", chart = \"small_multiples\" }⟩", "chart", "name one breakdown";
    bars_over_time: "{ measure = \"met\", chart = \"bars\", by = [\"area\"] }" => "⟨{ measure = \"met\", chart = \"bars\", by = [\"area\"], history = 8 }⟩", "chart", "take `history`";
    the_most_of_shares: "{ measure = \"met\", chart = \"bars\", by = [\"area\"] }" => "⟨{ measure = \"met\", chart = \"small_multiples\", by = [\"area\"], most = 5 }⟩", "chart", "is not a count";
    columns_of_bars: "{ measure = \"met\", chart = \"bars\", by = [\"area\"] }" => "⟨{ measure = \"met\", chart = \"bars\", by = [\"area\"], columns = [\"interval\"] }⟩", "chart", "take `columns` away";
    columns_of_periods: "{ measure = \"met\", chart = \"bars\", by = [\"area\"] }" => "⟨{ title = \"Both\", measure = \"met\", with = [\"closed\"], chart = \"table\", columns = [\"interval\"] }⟩", "chart", "take `columns` away";
    an_effect_size_of_no_means: "{ measure = \"met\", chart = \"bars\", by = [\"area\"] }" => "⟨{ title = \"Both\", measure = \"met\", with = [\"closed\"], chart = \"table\", by = [\"area\"], columns = [\"effect_size\"] }⟩", "chart", "name the mean change first";
    a_column_that_is_none: "{ measure = \"met\", chart = \"bars\", by = [\"area\"] }" => "{ title = \"Both\", measure = \"met\", with = [\"closed\"], chart = \"table\", by = [\"area\"], columns = [⟨\"intervall\"⟩] }", "value", "did you mean `interval`?";
    a_table_of_several_without_a_name: "{ measure = \"met\", chart = \"bars\", by = [\"area\"] }" => "⟨{ measure = \"met\", with = [\"closed\"], chart = \"table\" }⟩", "chart", "add title";
    a_chart_with_a_name: "{ measure = \"met\", chart = \"bars\", by = [\"area\"] }" => "⟨{ title = \"Met\", measure = \"met\", chart = \"bars\", by = [\"area\"] }⟩", "chart", "take `title` away";
    several_measures_with_times: "{ measure = \"met\", chart = \"bars\", by = [\"area\"] }" => "⟨{ title = \"Both\", measure = \"met\", with = [\"closed\"], chart = \"table\", times = [3] }⟩", "chart", "no `times`";
    bars_of_several_without_a_name: "{ measure = \"met\", chart = \"bars\", by = [\"area\"] }" => "⟨{ measure = \"met\", with = [\"met\"], chart = \"bars\" }⟩", "chart", "add title";
    bars_of_several_kinds: "{ measure = \"met\", chart = \"bars\", by = [\"area\"] }" => "⟨{ title = \"Both\", measure = \"met\", with = [\"closed\"], chart = \"bars\" }⟩", "chart", "name measures of one kind";
    company_that_is_not_drawn: "{ measure = \"met\", chart = \"bars\", by = [\"area\"] }" => "⟨{ measure = \"met\", with = [\"closed\"], chart = \"bars\", by = [\"area\"] }⟩", "chart", "take `with`";
}

// Packs that have the sections of another.
mistakes! {
    sections_of_a_pack_that_is_none: "[pack.monthly]\n" => "[pack.quarterly]\ntitle = \"Quarterly\"\naudience = \"inside\"\nperiod = \"quarter\"\nsections_of = ⟨\"montly\"⟩\n[pack.monthly]\n", "reference", "did you mean `monthly`?";
    a_section_of_two_packs: "[pack.monthly]\n" => "[pack.quarterly]\ntitle = \"Quarterly\"\naudience = \"inside\"\nperiod = \"month\"\nsections_of = \"monthly\"\n[pack.quarterly.section.⟨all⟩]\ntitle = \"All\"\nfigures = []\n[pack.monthly]\n", "twice", "give it another name";
    an_embargo_without_a_fixed_length: "title = \"Monthly\"\n" => "title = \"Monthly\"\nembargo = ⟨\"1 term\"⟩\n", "length", "write days, weeks or months";
    a_first_issue_of_another_kind_of_period: "title = \"Monthly\"\n" => "title = \"Monthly\"\nfirst_issue = ⟨\"2025-26-Q1\"⟩\n", "value", "write it like 2026-";
    more_questions_than_anybody_answers: "title = \"Monthly\"\n" => "title = \"Monthly\"\nquestions = ⟨10⟩\n", "value", "whole number from 1 to 9";
    a_feed_that_is_none: "title = \"Monthly\"\n" => "title = \"Monthly\"\nfeeds = [⟨\"polic\"⟩]\n", "reference", "did you mean `police`?";
}

#[test]
fn a_pack_has_the_sections_of_another_for_its_own_audiences() {
    let pack = "[pack.monthly]\n";
    let other = "[pack.again]\ntitle = \"Again\"\naudience = \"inside\"\nkind = \"report\"\nperiod = \"month\"\nsections_of = \"monthly\"\n[pack.monthly]\n";
    let loaded = super::with(pack, other);
    let definitions = loaded.definitions.expect("a sound folder");
    let [again, monthly] = ["again", "monthly"].map(|id| definitions.pack(id).expect("a pack"));
    assert_eq!((again.is_report, monthly.is_report), (true, false));
    assert_eq!(again.headlines, monthly.headlines);
    let figures = |pack: &Pack| pack.sections.iter().map(|s| s.figures.len()).collect::<Vec<_>>();
    assert_eq!((figures(again), figures(monthly)), (vec![1], vec![1]));
}

#[test]
fn a_pack_adds_sections_and_headlines_of_its_own_to_those_it_shares() {
    let pack = "[pack.monthly]\n";
    let other = "[pack.again]\ntitle = \"Again\"\naudience = \"inside\"\nperiod = \"month\"\nsections_of = \"monthly\"\nheadlines = [\"met\"]\n[pack.again.section.own]\norder = 0\ntitle = \"Own\"\nfigures = []\n[pack.monthly]\n";
    let loaded = super::with(pack, other);
    let definitions = loaded.definitions.expect("a sound folder");
    let again = definitions.pack("again").expect("a pack");
    assert_eq!(again.headlines, ["met", "closed"], "its own come first");
    let sections: Vec<&str> = again.sections.iter().map(|s| s.id.as_str()).collect();
    assert_eq!(sections, ["all", "own"], "what is shared comes first where the order is the same");
}
