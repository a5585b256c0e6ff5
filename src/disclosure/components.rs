//! A system falls into components that have no inner cell in common: what is shown in one says nothing of
//! another. Each is protected by itself, as many at a time as there are hands, and for each the answer is the
//! same whatever else is published.

use rayon::prelude::*;

use super::suppress::{Audited, Protection, Whose, Why};
use super::system::{Cell, Form, System};

/// Part of a system that nothing else has to do with, and what its cells, secrets and differences are called in
/// the whole.
#[derive(Debug, Default)]
struct Component {
    system: System,
    cells: Vec<usize>,
    secrets: Vec<usize>,
    differences: Vec<usize>,
}

/// Protects each component by itself.
pub(super) fn each(system: &System, one: impl Fn(&System) -> Protection + Sync) -> Protection {
    let mut components = components(system);
    // The largest first, so that no hand waits for one that begins late.
    components.sort_by_key(|component| std::cmp::Reverse(component.system.cells.len()));
    let found: Vec<Protection> =
        components.par_iter().with_max_len(1).map(|component| one(&component.system)).collect();
    let mut hidden = vec![None; system.cells.len()];
    let mut audited = Audited::default();
    for (component, protection) in components.iter().zip(found) {
        let in_whole = |whose| match whose {
            Whose::Cell(cell) => Whose::Cell(component.cells[cell]),
            Whose::Secret(secret) => Whose::Secret(component.secrets[secret]),
            Whose::Difference(difference) => Whose::Difference(component.differences[difference]),
        };
        for (why, cell) in protection.hidden.into_iter().zip(&component.cells) {
            hidden[*cell] = why.map(|why| match why {
                Why::With(leader) => Why::With(component.cells[leader]),
                Why::Protects { whose, doubt } => Why::Protects { whose: in_whole(whose), doubt },
                Why::Small | Why::Withheld => why,
            });
        }
        let of_component = protection.audited;
        audited.attacked += of_component.attacked;
        audited.repaired += of_component.repaired;
        audited.spared += of_component.spared;
        audited.narrowest = audited.narrowest.into_iter().chain(of_component.narrowest).min();
        audited.failures += of_component.failures;
        audited.unproved += of_component.unproved;
        let unsafe_secrets = of_component.unsafe_secrets.into_iter();
        audited
            .unsafe_secrets
            .extend(unsafe_secrets.map(|(whose, doubt)| (in_whole(whose), doubt)));
    }
    Protection { hidden, audited }
}

fn components(system: &System) -> Vec<Component> {
    let inner = system.inner.len();
    // Inner cells, cells, secrets and differences: those that have to do with one another are joined.
    let secrets = inner + system.cells.len();
    let differences = secrets + system.secrets.len();
    let mut joined = Joined::new(differences + system.differences.len());
    let mut join = |to: Option<usize>, form: &Form| {
        let mut members = form.terms().iter().map(|(inner, _)| *inner);
        if let Some(to) = to.or_else(|| members.next()) {
            members.for_each(|inner| joined.join(to, inner));
        }
    };
    for (number, cell) in system.cells.iter().enumerate() {
        let forms = cell.shows.iter().chain(&cell.guards);
        forms.for_each(|form| join(Some(inner + number), form));
    }
    system.known.iter().chain(&system.above_nought).for_each(|form| join(None, form));
    for (from, forms) in [(secrets, &system.secrets), (differences, &system.differences)] {
        forms.iter().enumerate().for_each(|(place, form)| join(Some(from + place), form));
    }
    for (number, cell) in system.cells.iter().enumerate() {
        cell.with.into_iter().for_each(|leader| joined.join(inner + number, inner + leader));
    }

    let mut found: Vec<Component> = Vec::new();
    let mut number_of: Vec<Option<usize>> = vec![None; differences + system.differences.len()];
    let mut component = |found: &mut Vec<Component>, member: usize| {
        *number_of[joined.head(member)].get_or_insert_with(|| {
            found.push(Component::default());
            found.len() - 1
        })
    };
    // For each inner cell and each cell what it is called in its component.
    let mut inside = Vec::with_capacity(inner);
    for (at, count) in system.inner.iter().enumerate() {
        let home = component(&mut found, at);
        inside.push(found[home].system.add_inner(*count));
    }
    let renamed = |form: &Form| Form::of(form.terms().iter().map(|(at, n)| (inside[*at], *n)));
    let all = |forms: &[Form]| forms.iter().map(renamed).collect();
    let mut cell_inside = Vec::with_capacity(system.cells.len());
    for (number, cell) in system.cells.iter().enumerate() {
        let home = component(&mut found, inner + number);
        let (shows, guards) = (all(&cell.shows), all(&cell.guards));
        found[home].cells.push(number);
        cell_inside.push(found[home].system.add(Cell { shows, guards, ..cell.clone() }));
    }
    for of_component in &mut found {
        for cell in &mut of_component.system.cells {
            cell.with = cell.with.map(|leader| cell_inside[leader]);
        }
    }
    let home_of = |form: &Form| form.terms().first().map(|(inner, _)| *inner);
    for form in &system.known {
        if let Some(member) = home_of(form) {
            let home = component(&mut found, member);
            found[home].system.known.push(renamed(form));
        }
    }
    for form in &system.above_nought {
        if let Some(member) = home_of(form) {
            let home = component(&mut found, member);
            found[home].system.above_nought.push(renamed(form));
        }
    }
    for (place, form) in system.secrets.iter().enumerate() {
        let home = component(&mut found, secrets + place);
        found[home].system.secrets.push(renamed(form));
        found[home].secrets.push(place);
    }
    for (place, form) in system.differences.iter().enumerate() {
        let home = component(&mut found, differences + place);
        found[home].system.differences.push(renamed(form));
        found[home].differences.push(place);
    }
    found.retain(|component| {
        let System { cells, secrets, differences, .. } = &component.system;
        !(cells.is_empty() && secrets.is_empty() && differences.is_empty())
    });
    found
}

/// What has to do with what.
struct Joined {
    /// For each member another of its component; the head is its own.
    towards: Vec<usize>,
}

impl Joined {
    fn new(members: usize) -> Self {
        Self { towards: (0..members).collect() }
    }

    fn head(&mut self, mut member: usize) -> usize {
        while self.towards[member] != member {
            self.towards[member] = self.towards[self.towards[member]];
            member = self.towards[member];
        }
        member
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.head(one), self.head(other));
        // The lower number is the head, so that components are found in the order of their first members.
        self.towards[one.max(other)] = one.min(other);
    }
}
