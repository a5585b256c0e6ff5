//! Pieces of work on as many threads as there are processors. What comes of them stands in the order of
//! the pieces, however many threads there are.

use std::sync::atomic::{AtomicUsize, Ordering};

use polars::prelude::*;

/// The stack of a thread that works on pieces; plans of many expressions are walked recursively.
const STACK: usize = 16 << 20;

/// Does every piece of work `0..count`, as many at once as there are processors, and gives what
/// came of them in order. A thread takes a piece when it has finished its last. These are threads of
/// our own: those of the data frame library's pool would take up another piece while they wait for
/// part of the first, piece upon piece until the stack is full.
pub(crate) fn in_parallel<T: Send>(
    count: usize,
    work: impl Fn(usize) -> PolarsResult<T> + Sync,
) -> PolarsResult<Vec<T>> {
    let next = AtomicUsize::new(0);
    let take = || {
        let mut done = Vec::new();
        loop {
            let piece = next.fetch_add(1, Ordering::Relaxed);
            if piece >= count {
                return done;
            }
            done.push((piece, work(piece)));
        }
    };
    let helpers = rayon::current_num_threads().min(count).saturating_sub(1);
    let mut done = std::thread::scope(|scope| {
        // Where the system has no thread to give, the others do the work.
        let spawn = |_| std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, take);
        let helpers: Vec<_> = (0..helpers).filter_map(|n| spawn(n).ok()).collect();
        let mut done = take();
        for helper in helpers {
            match helper.join() {
                Ok(theirs) => done.extend(theirs),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        done
    });
    done.sort_unstable_by_key(|(piece, _)| *piece);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_comes_back_in_order_and_the_first_refusal_is_told() {
        assert_eq!(
            in_parallel(50, |n| Ok(n * 2)).unwrap(),
            (0..100).step_by(2).collect::<Vec<_>>()
        );
        let refused = in_parallel(50, |n| {
            if n % 20 == 7 { Err(PolarsError::NoData(n.to_string().into())) } else { Ok(n) }
        });
        assert_eq!(refused.unwrap_err().to_string(), "no data: 7");
    }
}
