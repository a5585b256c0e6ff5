//! Sources that do not wait for each other, two at a time: while the rows of one are compared with each
//! other, or its file is opened, the next is parsed.

use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;

/// How many are in hand at a time. Each is parsed by as many threads as there are, so two keep all busy.
const AT_A_TIME: usize = 2;

/// What is known of a piece of work.
enum News<T> {
    Begins,
    Done(T),
}

/// Does some pieces of work, two at a time, and gives what came of them in order. `begins` is told the place
/// of each when it begins.
pub(super) fn side_by_side<W: Send, T: Send>(
    pieces: Vec<W>,
    work: impl Fn(W) -> T + Sync,
    mut begins: impl FnMut(usize),
) -> Vec<T> {
    let mut done: Vec<Option<T>> = pieces.iter().map(|_| None).collect();
    let waiting = Mutex::new(pieces.into_iter().enumerate());
    let (tell, news) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..AT_A_TIME.min(done.len()) {
            let (tell, waiting, work) = (tell.clone(), &waiting, &work);
            scope.spawn(move || {
                let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
                while let Some((at, piece)) = next() {
                    // Whoever listens does so until the last has been told.
                    let _ = tell.send((at, News::Begins));
                    let _ = tell.send((at, News::Done(work(piece))));
                }
            });
        }
        drop(tell);
        for (at, news) in news {
            match (news, done.get_mut(at)) {
                (News::Begins, _) => begins(at),
                (News::Done(found), Some(done)) => *done = Some(found),
                _ => {}
            }
        }
    });
    done.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_of_pieces_stands_in_their_order_and_each_is_told_of_once() {
        let mut begun = Vec::new();
        let work = |n: u64| {
            // The later, the quicker.
            thread::sleep(std::time::Duration::from_millis(10 - n));
            n * n
        };
        let found = side_by_side((0..10).collect(), work, |at| begun.push(at));
        assert_eq!(found, (0..10).map(|n| n * n).collect::<Vec<_>>());
        begun.sort_unstable();
        assert_eq!(begun, (0..10).collect::<Vec<_>>());
        assert!(side_by_side(Vec::new(), work, |_| {}).is_empty());
    }
}
