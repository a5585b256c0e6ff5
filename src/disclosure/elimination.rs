//! Gaussian elimination modulo a prime: what follows, by adding and subtracting, from what is known.
//!
//! After Langsrud, "Secondary cell suppression by Gaussian elimination" (2024): cells are taken in
//! order; one that, added to those already published, would give a secret away is hidden. Sums are
//! eliminated modulo 2⁶¹ − 1, exact but for multiples of that prime among determinants; a secret that
//! slipped through would be found by the audit.

use std::collections::{BTreeMap, BTreeSet, HashMap};

/// 2⁶¹ − 1.
const PRIME: u64 = (1 << 61) - 1;

/// A sum modulo the prime: column and coefficient, by column, none of them 0.
pub(super) type Sum = Vec<(usize, u64)>;

fn times(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    let low = (product & u128::from(PRIME)) as u64;
    let high = (product >> 61) as u64;
    let sum = low + high;
    if sum >= PRIME { sum - PRIME } else { sum }
}

fn minus(a: u64, b: u64) -> u64 {
    if a >= b { a - b } else { a + PRIME - b }
}

fn inverse(a: u64) -> u64 {
    let (mut result, mut base, mut exponent) = (1, a, PRIME - 2);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = times(result, base);
        }
        base = times(base, base);
        exponent >>= 1;
    }
    result
}

/// Whole coefficients modulo the prime.
pub(super) fn modulo(terms: &[(usize, i64)]) -> Sum {
    terms
        .iter()
        .map(|(column, n)| {
            let size = n.unsigned_abs() % PRIME;
            (*column, if *n < 0 { minus(0, size) } else { size })
        })
        .collect()
}

/// `row − factor · other`.
fn subtract(row: &Sum, factor: u64, other: &Sum) -> Sum {
    let mut result = Vec::with_capacity(row.len() + other.len());
    let (mut a, mut b) = (0, 0);
    while a < row.len() || b < other.len() {
        match (row.get(a), other.get(b)) {
            (Some(x), Some(y)) if x.0 == y.0 => {
                let n = minus(x.1, times(factor, y.1));
                if n != 0 {
                    result.push((x.0, n));
                }
                a += 1;
                b += 1;
            }
            (Some(x), y) if y.is_none_or(|y| x.0 < y.0) => {
                result.push(*x);
                a += 1;
            }
            (_, Some(y)) => {
                result.push((y.0, minus(0, times(factor, y.1))));
                b += 1;
            }
            (Some(_), None) | (None, None) => break,
        }
    }
    result
}

/// Divided by its first coefficient, so that multiples of one another look alike.
fn normal(mut row: Sum) -> Sum {
    if let Some((_, first)) = row.first()
        && *first != 1
    {
        let factor = inverse(*first);
        row.iter_mut().for_each(|(_, n)| *n = times(*n, factor));
    }
    row
}

fn coefficient(row: &Sum, column: usize) -> Option<u64> {
    row.binary_search_by_key(&column, |(c, _)| *c).ok().map(|at| row[at].1)
}

/// What is known, in reduced echelon form, and the secrets that may not follow from it.
#[derive(Debug, Default)]
pub(super) struct Elimination {
    /// Known rows and secrets, all free of the pivots of other rows.
    rows: Vec<Sum>,
    /// For each column the row whose pivot it is.
    pivots: Vec<Option<usize>>,
    /// For each column the rows in which it may occur: rows are added when it comes into them, and
    /// stay when it goes.
    occurs: Vec<Vec<usize>>,
    /// For each row that is a secret the number that the caller gave.
    secrets: BTreeMap<usize, usize>,
    /// The secrets by their normal form.
    by_form: HashMap<Sum, usize>,
}

impl Elimination {
    /// Nothing is known yet about so many columns.
    pub(super) fn new(columns: usize) -> Self {
        let (pivots, occurs) = (vec![None; columns], vec![Vec::new(); columns]);
        Self { pivots, occurs, ..Self::default() }
    }

    /// What is left of a sum once everything known is taken from it.
    pub(super) fn rest(&self, sum: &Sum) -> Sum {
        let mut rest: BTreeMap<usize, u64> = BTreeMap::new();
        let mut take = |column: usize, n: u64| {
            let left = rest.entry(column).or_insert(0);
            *left = minus(*left, n);
        };
        for (column, n) in sum {
            match self.pivots[*column] {
                // The pivot itself goes, and the rest of its row comes in for it.
                Some(row) => self.rows[row]
                    .iter()
                    .filter(|(other, _)| other != column)
                    .for_each(|(other, m)| take(*other, times(*n, *m))),
                None => take(*column, minus(0, *n)),
            }
        }
        rest.into_iter().filter(|(_, n)| *n != 0).collect()
    }

    /// Adds a secret. Gives false if it follows from what is known already.
    pub(super) fn keep_secret(&mut self, sum: &Sum, name: usize) -> bool {
        let rest = normal(self.rest(sum));
        if rest.is_empty() {
            return false;
        }
        if !self.by_form.contains_key(&rest) {
            let row = self.rows.len();
            rest.iter().for_each(|(column, _)| self.occurs[*column].push(row));
            self.by_form.insert(rest.clone(), row);
            self.secrets.insert(row, name);
            self.rows.push(rest);
        }
        true
    }

    /// The secret that would follow if these sums were known too.
    pub(super) fn betrays(&self, sums: &[Sum]) -> Option<usize> {
        let mut added: Vec<(usize, Sum)> = Vec::new();
        for sum in sums {
            let rest = normal(reduced(&added, self.rest(sum)));
            if rest.is_empty() {
                continue;
            }
            if added.is_empty() {
                if let Some(row) = self.by_form.get(&rest) {
                    return self.secrets.get(row).copied();
                }
            } else if let Some(found) = self.betrayed_by(&added, &rest) {
                return Some(found);
            }
            let pivot = self.pivot(&rest);
            let factor = inverse(coefficient(&rest, pivot).unwrap_or(1));
            let rest: Sum = rest.iter().map(|(c, n)| (*c, times(*n, factor))).collect();
            added.iter_mut().for_each(|(_, row)| {
                if let Some(n) = coefficient(row, pivot) {
                    *row = subtract(row, n, &rest);
                }
            });
            added.push((pivot, rest));
        }
        None
    }

    /// The first secret that these pivots turn into a multiple of this sum.
    fn betrayed_by(&self, added: &[(usize, Sum)], rest: &Sum) -> Option<usize> {
        let (first, _) = rest.first()?;
        let touched: BTreeSet<usize> = added
            .iter()
            .map(|(pivot, _)| *pivot)
            .chain([*first])
            .flat_map(|column| self.occurs[column].iter().copied())
            .filter(|row| self.secrets.contains_key(row))
            .collect();
        let follows = |row: &&usize| normal(reduced(added, self.rows[**row].clone())) == *rest;
        touched.iter().find(follows).and_then(|row| self.secrets.get(row)).copied()
    }

    /// Makes a sum known.
    pub(super) fn know(&mut self, sum: &Sum) {
        let rest = self.rest(sum);
        if rest.is_empty() {
            return;
        }
        let pivot = self.pivot(&rest);
        let factor = inverse(coefficient(&rest, pivot).unwrap_or(1));
        let rest: Sum = rest.into_iter().map(|(c, n)| (c, times(n, factor))).collect();
        let mut rows = std::mem::take(&mut self.occurs[pivot]);
        rows.sort_unstable();
        rows.dedup();
        for row in rows {
            let Some(n) = coefficient(&self.rows[row], pivot) else { continue };
            let old = std::mem::take(&mut self.rows[row]);
            let mut new = subtract(&old, n, &rest);
            for (column, _) in &rest {
                if coefficient(&old, *column).is_none() {
                    self.occurs[*column].push(row);
                }
            }
            if self.secrets.contains_key(&row) {
                self.by_form.remove(&old);
                new = normal(new);
                // Two secrets may become one: the other goes on standing for both.
                if new.is_empty() || self.by_form.contains_key(&new) {
                    self.secrets.remove(&row);
                    continue;
                }
                self.by_form.insert(new.clone(), row);
            }
            self.rows[row] = new;
        }
        let row = self.rows.len();
        rest.iter().for_each(|(column, _)| self.occurs[*column].push(row));
        self.pivots[pivot] = Some(row);
        self.rows.push(rest);
    }

    /// The column of a sum that occurs in the fewest rows: it is taken out of all of them.
    fn pivot(&self, sum: &Sum) -> usize {
        sum.iter().map(|(column, _)| *column).min_by_key(|c| self.occurs[*c].len()).unwrap_or(0)
    }
}

/// A row without the pivots of rows that were added tentatively.
fn reduced(added: &[(usize, Sum)], mut row: Sum) -> Sum {
    for (pivot, by) in added {
        if let Some(n) = coefficient(&row, *pivot) {
            row = subtract(&row, n, by);
        }
    }
    row
}
