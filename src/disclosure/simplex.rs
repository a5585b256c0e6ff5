//! The primal simplex method with bounds on all variables, started from a point that is known to be
//! feasible: the truth. A new question changes only what is asked for, so it starts where the last one
//! ended.
//!
//! It works in floating point, and nothing it says is taken on trust: tables that it passes are verified in
//! whole numbers, and its bounds only ever make a secret unsafe.

/// What counts as nought.
const TINY: f64 = 1e-9;
/// What counts as nought of a row that may follow from others.
const ROUGH: f64 = 1e-6;
/// How far the search goes before the visitor is called again: whole tables are a whole person apart.
const NOTABLE: f64 = 0.25;
/// After so many steps without progress the first choice is taken instead of the best, which cannot run
/// in circles.
const PATIENT: usize = 60;

/// Variables with coefficients, by variable.
type Line = Vec<(usize, f64)>;

/// A sum of variables, and the bounds that it keeps.
pub(super) type Row = (Line, (f64, f64));

/// A linear program: variables with bounds, and rows of sums with bounds.
#[derive(Debug)]
pub(super) struct Simplex {
    columns: usize,
    /// For each row, what its basic variable loses when a variable outside the basis grows by one.
    tableau: Vec<Vec<f64>>,
    /// Lower and upper bound of each variable, then of each row's sum.
    bounds: Vec<(f64, f64)>,
    /// The value of each.
    value: Vec<f64>,
    /// Which variable or sum is basic in each row.
    basic: Vec<usize>,
    /// Which variable or sum each column of the tableau stands for.
    outside: Vec<usize>,
    /// How many numbers the last question went through.
    gone_through: usize,
}

/// How a search ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum End {
    /// There is no larger value.
    Optimal,
    /// The visitor had seen enough.
    Stopped,
    /// It took too many steps.
    GaveUp,
}

impl Simplex {
    /// The program at a feasible point. Rows are sums of variables with bounds. Nothing if what is left of it, once
    /// what is known is put in, takes more numbers than this.
    pub(super) fn new(
        point: Vec<f64>,
        bounds: Vec<(f64, f64)>,
        rows: &[Row],
        most: usize,
    ) -> Option<Self> {
        let variables = point.len();
        let (mut value, mut all) = (point, bounds);
        let mut gains: Vec<Line> = Vec::with_capacity(rows.len());
        for (terms, within) in rows {
            value.push(terms.iter().map(|(column, n)| n * value[*column]).sum());
            all.push(*within);
            gains.push(terms.clone());
        }
        let mut basic: Vec<usize> = (variables..variables + rows.len()).collect();
        let solved = put_in_what_is_known(&mut gains, &mut basic, &all, variables);
        // Columns of the tableau: what is still free.
        let outside: Vec<usize> = (0..variables).filter(|column| !solved[*column]).collect();
        let mut place = vec![None; variables];
        outside.iter().enumerate().for_each(|(at, column)| place[*column] = Some(at));
        let columns = outside.len();
        if columns.saturating_mul(gains.len()) > most {
            return None;
        }
        let line = |gains: &Line| {
            let mut line = vec![0.0; columns];
            for (column, n) in gains {
                if let Some(at) = place[*column] {
                    line[at] = -n;
                }
            }
            line
        };
        let tableau = gains.iter().map(line).collect();
        Some(Self { columns, tableau, bounds: all, value, basic, outside, gone_through: 0 })
    }

    /// How many numbers it keeps.
    pub(super) fn size(&self) -> usize {
        self.tableau.len() * self.columns
    }

    /// How many numbers the last question went through.
    pub(super) fn gone_through(&self) -> usize {
        self.gone_through
    }

    /// The value of a variable.
    pub(super) fn value(&self, variable: usize) -> f64 {
        self.value[variable]
    }

    /// Makes a sum of variables as large as it can be. `visit` sees points on the way that are some way apart,
    /// and may end the search by giving true.
    pub(super) fn most(
        &mut self,
        asked: &[(usize, f64)],
        steps: usize,
        mut visit: impl FnMut(&Self) -> bool,
    ) -> End {
        let mut price = self.prices(asked);
        let (mut idle, mut moved) = (0, 0.0);
        self.gone_through = self.tableau.len() * self.columns;
        for _ in 0..steps {
            let Some(column) = self.entering(&price, idle > PATIENT) else {
                return if moved > 0.0 && visit(self) { End::Stopped } else { End::Optimal };
            };
            let upwards = if price[column] > 0.0 { 1.0 } else { -1.0 };
            let (step, row) = self.step(column, upwards, idle > PATIENT);
            if !step.is_finite() {
                return End::GaveUp;
            }
            self.move_along(column, upwards * step);
            if let Some(row) = row {
                self.pivot(row, column, &mut price);
            }
            idle = if step > TINY { 0 } else { idle + 1 };
            moved += step;
            if moved > NOTABLE {
                moved = 0.0;
                if visit(self) {
                    return End::Stopped;
                }
            }
        }
        End::GaveUp
    }

    /// What is gained when a variable outside the basis grows by one.
    fn prices(&self, asked: &[(usize, f64)]) -> Vec<f64> {
        let mut cost = vec![0.0; self.value.len()];
        asked.iter().for_each(|(variable, n)| cost[*variable] += n);
        let mut price: Vec<f64> = self.outside.iter().map(|variable| cost[*variable]).collect();
        for (line, basic) in self.tableau.iter().zip(&self.basic) {
            if cost[*basic] != 0.0 {
                price.iter_mut().zip(line).for_each(|(price, n)| *price -= cost[*basic] * n);
            }
        }
        price
    }

    /// The variable that is worth moving: the one that gains most, or the first.
    fn entering(&self, price: &[f64], first: bool) -> Option<usize> {
        let gains = |column: &usize| {
            let variable = self.outside[*column];
            let ((low, high), value) = (self.bounds[variable], self.value[variable]);
            (price[*column] > TINY && value < high - TINY)
                || (price[*column] < -TINY && value > low + TINY)
        };
        let mut worth = (0..self.columns).filter(gains);
        if first {
            return worth.min_by_key(|column| self.outside[*column]);
        }
        worth.next().map(|one| {
            worth.fold(one, |best, other| {
                if price[other].abs() > price[best].abs() + TINY { other } else { best }
            })
        })
    }

    /// How far a variable can go, and the row that stops it.
    fn step(&self, column: usize, upwards: f64, first: bool) -> (f64, Option<usize>) {
        let variable = self.outside[column];
        let (low, high) = self.bounds[variable];
        let own =
            if upwards > 0.0 { high - self.value[variable] } else { self.value[variable] - low };
        let (mut best, mut stops) = (own.max(0.0), None::<usize>);
        for (row, line) in self.tableau.iter().enumerate() {
            let change = -line[column] * upwards;
            if change.abs() <= TINY {
                continue;
            }
            let basic = self.basic[row];
            let (low, high) = self.bounds[basic];
            let room =
                if change > 0.0 { high - self.value[basic] } else { self.value[basic] - low };
            let far = (room / change.abs()).max(0.0);
            let better = far < best - TINY
                || (far <= best + TINY
                    && stops.is_some_and(|other| {
                        if first {
                            basic < self.basic[other]
                        } else {
                            line[column].abs() > self.tableau[other][column].abs() + TINY
                        }
                    }));
            if better || (stops.is_none() && far <= best) {
                (best, stops) = (far.min(best), Some(row));
            }
        }
        (best, stops)
    }

    fn move_along(&mut self, column: usize, by: f64) {
        self.value[self.outside[column]] += by;
        for (line, basic) in self.tableau.iter().zip(&self.basic) {
            self.value[*basic] -= line[column] * by;
        }
    }

    /// Changes places: the variable of a column becomes basic in a row.
    fn pivot(&mut self, row: usize, column: usize, price: &mut [f64]) {
        let mut line = std::mem::take(&mut self.tableau[row]);
        let by = line[column];
        line[column] = 1.0;
        line.iter_mut().filter(|n| **n != 0.0).for_each(|n| *n /= by);
        let filled: Vec<usize> = (0..self.columns).filter(|at| line[*at] != 0.0).collect();
        // Where most places are filled, it is quicker to go through all than to look for them.
        let is_full = 4 * filled.len() > self.columns;
        let each = if is_full { self.columns } else { filled.len() };
        let mut gone_through = self.tableau.len() + self.columns;
        let mut take_out = |other: &mut [f64]| {
            let n = other.get(column).copied().unwrap_or(0.0);
            if n == 0.0 {
                return;
            }
            gone_through += each;
            other[column] = 0.0;
            if is_full {
                other.iter_mut().zip(&line).for_each(|(other, own)| *other = less(*other, n * own));
            } else {
                filled.iter().for_each(|at| other[*at] = less(other[*at], n * line[*at]));
            }
        };
        self.tableau.iter_mut().filter(|other| !other.is_empty()).for_each(|l| take_out(l));
        take_out(price);
        self.gone_through += gone_through;
        self.tableau[row] = line;
        std::mem::swap(&mut self.basic[row], &mut self.outside[column]);
    }
}

/// A difference; nought where only rounding is left.
fn less(a: f64, b: f64) -> f64 {
    let difference = a - b;
    if difference.abs() < TINY * 1e-3 { 0.0 } else { difference }
}

/// Solves each exact sum for one of its variables, which becomes basic in its place. The sum itself never
/// moves, so it goes; so does a sum that follows from others. Gives the variables that are solved for.
fn put_in_what_is_known(
    gains: &mut Vec<Line>,
    basic: &mut Vec<usize>,
    bounds: &[(f64, f64)],
    variables: usize,
) -> Vec<bool> {
    // For each variable the rows in which it may occur.
    let mut occurs: Vec<Vec<usize>> = vec![Vec::new(); variables];
    for (row, line) in gains.iter().enumerate() {
        line.iter().for_each(|(column, _)| occurs[*column].push(row));
    }
    let mut exact: Vec<usize> =
        (0..gains.len()).filter(|row| bounds[basic[*row]].0 == bounds[basic[*row]].1).collect();
    // Short sums first: they fill up the fewest others.
    exact.sort_by_key(|row| (gains[*row].len(), *row));
    let mut solved = vec![false; variables];
    let mut follows = vec![false; gains.len()];
    for row in exact {
        // A pivot much smaller than others of its row would make the arithmetic rough.
        let largest = gains[row].iter().map(|(_, n)| n.abs()).fold(0.0, f64::max);
        let fit = gains[row].iter().filter(|(_, n)| n.abs() > 0.1 * largest);
        let pivot = fit.min_by_key(|(column, _)| occurs[*column].len()).copied();
        let Some((pivot, by)) = pivot.filter(|_| largest > ROUGH) else {
            follows[row] = true;
            continue;
        };
        let line: Line = (gains[row].iter())
            .filter(|(column, _)| *column != pivot)
            .map(|(column, n)| (*column, -n / by))
            .collect();
        let mut rows = std::mem::take(&mut occurs[pivot]);
        rows.sort_unstable();
        rows.dedup();
        for other in rows.into_iter().filter(|other| *other != row) {
            let at = gains[other].binary_search_by_key(&pivot, |(column, _)| *column);
            let Ok(at) = at else { continue };
            let (_, times) = gains[other].remove(at);
            gains[other] = sum(&gains[other], times, &line);
            line.iter().for_each(|(column, _)| occurs[*column].push(other));
        }
        gains[row] = line;
        basic[row] = pivot;
        solved[pivot] = true;
    }
    let mut keeps = follows.iter().map(|follows| !follows);
    gains.retain(|_| keeps.next().unwrap_or(true));
    let mut keeps = follows.iter().map(|follows| !follows);
    basic.retain(|_| keeps.next().unwrap_or(true));
    solved
}

/// One line and so many times another.
fn sum(one: &Line, times: f64, other: &Line) -> Line {
    let mut sum = Line::with_capacity(one.len() + other.len());
    let (mut a, mut b) = (one.iter().peekable(), other.iter().peekable());
    loop {
        let (column, n) = match (a.peek(), b.peek()) {
            (Some(x), Some(y)) if x.0 == y.0 => {
                let (column, n) = (x.0, x.1 + times * y.1);
                a.next();
                b.next();
                (column, n)
            }
            (Some(x), y) if y.is_none_or(|y| x.0 < y.0) => {
                let x = **x;
                a.next();
                x
            }
            (_, Some(y)) => {
                let y = (y.0, times * y.1);
                b.next();
                y
            }
            (Some(_), None) | (None, None) => return sum,
        };
        if n.abs() > TINY {
            sum.push((column, n));
        }
    }
}
