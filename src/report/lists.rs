//! Which lists of single families go with a section, and where they are. The lists themselves stand in the
//! restricted folder of the run: a page is passed on sooner than a folder.

use crate::definitions::Definitions;
use crate::definitions::audience::Section;
use crate::report::document::{Block, Group};
use crate::report::plan::Plan;

/// Where the lists of a section are, for those who are given them.
pub(super) fn block(
    definitions: &Definitions,
    plan: &Plan<'_>,
    section: &Section,
) -> Option<Block> {
    let given = section.lists.iter().filter_map(|id| definitions.extract(id));
    let given = given.filter(|list| list.audiences.contains(&plan.audience.id));
    let findings: Vec<String> =
        given.map(|list| format!("{}: {}", list.title, list.file())).collect();
    (!findings.is_empty()).then(|| {
        let title = "Lists of single families, in the restricted folder of this run".to_owned();
        Block::Group(Group { title, findings })
    })
}
