//! What a reader knows, as arithmetic: whole numbers between bounds, and sums of them that are known
//! exactly or within limits.

/// A number that no count reaches: unknown above.
pub(super) const FAR: i64 = 1_000_000_000;

/// Whether a number stands for no end. What sums leave of `FAR` is a little less, and as far.
#[must_use]
pub(super) fn is_endless(number: i64) -> bool {
    number.abs() >= FAR / 2
}

/// A sum of unknowns that lies between two limits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Row {
    /// The unknowns with how often each counts; each unknown once.
    pub(super) terms: Vec<(usize, i64)>,
    /// The least that the sum can be.
    pub(super) least: i64,
    /// The most.
    pub(super) most: i64,
    /// Whether the reader takes it for granted without knowing it: that a figure has not been revised.
    pub(super) assumed: bool,
}

/// Unknown whole numbers and what is known of them.
#[derive(Debug, Clone, Default)]
pub(super) struct System {
    /// The least and the most that each unknown can be.
    pub(super) bounds: Vec<(i64, i64)>,
    /// The sums that are known.
    pub(super) rows: Vec<Row>,
}

impl System {
    /// A new unknown between two bounds.
    pub(super) fn unknown(&mut self, least: i64, most: i64) -> usize {
        self.bounds.push((least, most));
        self.bounds.len() - 1
    }

    /// Learns that an unknown lies between these, too.
    pub(super) fn narrow(&mut self, unknown: usize, least: i64, most: i64) {
        let bounds = &mut self.bounds[unknown];
        *bounds = (bounds.0.max(least), bounds.1.min(most));
    }

    /// Learns that a sum lies between two limits.
    pub(super) fn between(
        &mut self,
        terms: impl IntoIterator<Item = (usize, i64)>,
        least: i64,
        most: i64,
    ) {
        let mut terms: Vec<(usize, i64)> = terms.into_iter().collect();
        terms.sort_unstable();
        terms.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            kept.1 += if same { next.1 } else { 0 };
            same
        });
        terms.retain(|(_, times)| *times != 0);
        self.rows.push(Row { terms, least, most, assumed: false });
    }

    /// Learns that the parts come to the whole.
    pub(super) fn sum(&mut self, parts: impl IntoIterator<Item = usize>, whole: usize) {
        let parts = parts.into_iter().map(|part| (part, 1));
        self.between(parts.chain([(whole, -1)]), 0, 0);
    }

    /// Takes for granted that two unknowns are the same.
    pub(super) fn assume_same(&mut self, one: usize, other: usize) {
        self.between([(one, 1), (other, -1)], 0, 0);
        if let Some(row) = self.rows.last_mut() {
            row.assumed = true;
        }
    }

    /// Whether these numbers agree with everything that is known. Exact.
    #[must_use]
    pub(super) fn allows(&self, numbers: &[i64]) -> bool {
        let inside =
            |(number, (least, most)): (&i64, &(i64, i64))| least <= number && number <= most;
        numbers.len() == self.bounds.len()
            && numbers.iter().zip(&self.bounds).all(inside)
            && self.rows.iter().all(|row| {
                let sum: i128 = row
                    .terms
                    .iter()
                    .map(|&(unknown, times)| i128::from(numbers[unknown]) * i128::from(times))
                    .sum();
                i128::from(row.least) <= sum && sum <= i128::from(row.most)
            })
    }

    /// The system cut into parts that say nothing of each other, smallest first. What is known exactly
    /// is put in, unknowns that are the same are one, and each row is kept once.
    ///
    /// Gives for each unknown where it went.
    #[must_use]
    pub(super) fn parts(&self) -> (Vec<Part>, Vec<Place>) {
        let mut same = Classes::of(self.bounds.len());
        for row in &self.rows {
            if let (&[(one, 1), (other, -1)] | &[(one, -1), (other, 1)], 0, 0, false) =
                (row.terms.as_slice(), row.least, row.most, row.assumed)
            {
                same.unite(one, other);
            }
        }
        let mut bounds = vec![(i64::MIN, i64::MAX); self.bounds.len()];
        for (unknown, &(least, most)) in self.bounds.iter().enumerate() {
            let of = &mut bounds[same.first(unknown)];
            *of = (of.0.max(least), of.1.min(most));
        }
        let known =
            |unknown: usize| (bounds[unknown].0 == bounds[unknown].1).then(|| bounds[unknown].0);
        let mut rows: Vec<Row> = Vec::with_capacity(self.rows.len());
        for row in &self.rows {
            let mut left = System::default();
            let mut constant = 0;
            let terms = row.terms.iter().filter_map(|&(unknown, times)| {
                let first = same.first(unknown);
                match known(first) {
                    Some(number) => {
                        constant += number * times;
                        None
                    }
                    None => Some((first, times)),
                }
            });
            let terms: Vec<_> = terms.collect();
            left.between(terms, row.least - constant, row.most - constant);
            // A row without terms that cannot hold is kept: it is a contradiction, and has to be found.
            rows.extend(left.rows.into_iter().map(|r| Row { assumed: row.assumed, ..r }));
        }
        rows.retain(|row| !row.terms.is_empty() || row.least > 0 || row.most < 0);
        rows.sort();
        rows.dedup();
        let mut together = Classes::of(self.bounds.len());
        for row in &rows {
            for pair in row.terms.windows(2) {
                together.unite(pair[0].0, pair[1].0);
            }
        }
        let mut members: Vec<Vec<usize>> = vec![Vec::new(); self.bounds.len()];
        for unknown in 0..self.bounds.len() {
            if same.first(unknown) == unknown && known(unknown).is_none() {
                members[together.first(unknown)].push(unknown);
            }
        }
        let mut order: Vec<usize> =
            (0..members.len()).filter(|at| !members[*at].is_empty()).collect();
        order.sort_by_key(|at| (members[*at].len(), *at));
        let mut place: Vec<Option<(usize, usize)>> = vec![None; self.bounds.len()];
        let mut parts: Vec<Part> = Vec::with_capacity(order.len());
        for (number, at) in order.iter().enumerate() {
            let mut system = System::default();
            for (inside, unknown) in members[*at].iter().enumerate() {
                place[*unknown] = Some((number, inside));
                system.bounds.push(bounds[*unknown]);
            }
            parts.push(Part { system, contradicted: false });
        }
        for row in rows {
            let home = row.terms.first().and_then(|(unknown, _)| place[*unknown]);
            match home {
                Some((part, _)) => {
                    let inside =
                        |&(unknown, times): &(usize, i64)| Some((place[unknown]?.1, times));
                    let terms = row.terms.iter().filter_map(inside).collect();
                    parts[part].system.rows.push(Row { terms, ..row });
                }
                None => {
                    let system = System { bounds: Vec::new(), rows: vec![row] };
                    parts.push(Part { system, contradicted: true });
                }
            }
        }
        let places = (0..self.bounds.len()).map(|unknown| {
            let first = same.first(unknown);
            match place[first] {
                Some((part, inside)) => Place::In(part, inside),
                None => Place::Known(bounds[first].0),
            }
        });
        (parts, places.collect())
    }

    /// Whether the reader takes something for granted.
    #[must_use]
    pub(super) fn has_assumptions(&self) -> bool {
        self.rows.iter().any(|row| row.assumed)
    }

    /// The same without what the reader only takes for granted.
    #[must_use]
    pub(super) fn without_assumptions(&self) -> Self {
        let rows = self.rows.iter().filter(|row| !row.assumed).cloned().collect();
        Self { bounds: self.bounds.clone(), rows }
    }
}

/// Where an unknown of a system went when that was cut into parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// It is known exactly.
    Known(i64),
    /// It is in this part, at this place.
    In(usize, usize),
}

/// One part of a system.
#[derive(Debug, Clone)]
pub(super) struct Part {
    /// Its unknowns and rows.
    pub(super) system: System,
    /// Whether it is a sum of known numbers that does not hold: its only row.
    pub(super) contradicted: bool,
}

/// Sets that grow together.
struct Classes(Vec<usize>);

impl Classes {
    fn of(count: usize) -> Self {
        Self((0..count).collect())
    }

    fn first(&self, mut at: usize) -> usize {
        while self.0[at] != at {
            at = self.0[at];
        }
        at
    }

    fn unite(&mut self, one: usize, other: usize) {
        let (one, other) = (self.first(one), self.first(other));
        let (least, most) = (one.min(other), one.max(other));
        self.0[most] = least;
        // Shorten the way for those who ask next.
        let mut at = most;
        while self.0[at] != at {
            let next = self.0[at];
            self.0[at] = least;
            at = next;
        }
    }
}
