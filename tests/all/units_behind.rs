//! The units behind a cell, counted one by one, are those of its flow: for every measure and for every
//! level of each of its breakdowns.

use std::path::Path;

use early_help::calendar::{Period, PeriodKind};
use early_help::definitions::load::load;
use early_help::definitions::measure::MeasureKind;
use early_help::judge;
use early_help::measure::{Amount, CATEGORY, Measurer, TableRequest, Whereabouts};

#[test]
fn every_unit_of_a_cell_is_behind_it_once() {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("outcome-definitions");
    let definitions = load(&shipped).definitions.expect("the shipped definitions");
    let folder = tempfile::tempdir().expect("a folder");
    early_help::sample::write(200, 11, folder.path()).expect("a council");
    let evaluated = judge(&definitions, folder.path(), false, &mut |_| {}).expect("verdicts");
    let mut measurer = Measurer::new(&definitions, &evaluated);
    let year = Period::last_complete(PeriodKind::Rolling12Months, definitions.project.as_at);
    let mut cells = 0;
    for measure in &definitions.measures {
        if matches!(measure.kind, MeasureKind::Ratio { .. }) {
            continue;
        }
        let splits = [Vec::new()].into_iter().chain(measure.by.iter().map(|b| vec![b.clone()]));
        for by in splits {
            let request =
                TableRequest { measure: measure.id.clone(), by: by.clone(), periods: vec![year] };
            let table = measurer.tables(&[request]).expect("cells").pop().expect("a table");
            for cell in &table.cells {
                let level: Vec<String> =
                    cell.level.iter().take(by.len()).map(|l| l.code.clone()).collect();
                let units = measurer.units_behind(&measure.id, &by, &level, year).expect("units");
                let place = format!("{} by {by:?} at {level:?}", measure.id);
                let count = |these: &dyn Fn(Whereabouts) -> bool| {
                    units.iter().filter(|(_, w)| these(*w)).count() as u64
                };
                assert_eq!(units.len() as u64, cell.flow.considered, "{place}");
                assert_eq!(count(&|w| w == Whereabouts::Pending), cell.flow.pending, "{place}");
                for (number, left_out) in cell.flow.left_out.iter().enumerate() {
                    assert_eq!(count(&|w| w == Whereabouts::LeftOut(number)), *left_out, "{place}");
                }
                let counted = count(&|w| {
                    use Whereabouts::{Counted, Numerator, UnknownAsNotMet};
                    matches!(w, Numerator | Counted | UnknownAsNotMet)
                });
                assert_eq!(counted, cell.flow.counted, "{place}");
                let split_by_itself = table.by.last().is_some_and(|b| b == CATEGORY);
                if let (Amount::Proportion { numerator, .. }, false) =
                    (cell.amount, split_by_itself)
                {
                    assert_eq!(count(&|w| w == Whereabouts::Numerator), numerator, "{place}");
                }
                cells += 1;
            }
        }
    }
    assert!(cells > 100, "{cells} cells are too few to prove anything");
}
