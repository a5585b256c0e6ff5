//! Sources that do not wait for each other, read two at a time: while the rows of one are compared with each
//! other, or its file is opened, the next is parsed.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

/// How many are read at a time. Each is parsed by as many threads as there are, so two keep all busy.
const AT_A_TIME: usize = 2;

/// What is known of a piece of work.
enum News<T> {
    Begun,
    Done(T),
}

/// Does some pieces of work, two at a time, and gives what came of them in order. `begins` is told of each
/// when it begins.
pub(super) fn side_by_side<W: Copy + Send + Sync, T: Send>(
    pieces: Vec<W>,
    work: impl Fn(W) -> T + Sync,
    mut begins: impl FnMut(W),
) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let (tell, news) = mpsc::channel();
    let mut done: Vec<Option<T>> = pieces.iter().map(|_| None).collect();
    thread::scope(|scope| {
        for _ in 0..AT_A_TIME.min(pieces.len()) {
            let (tell, next, pieces, work) = (tell.clone(), &next, &pieces, &work);
            scope.spawn(move || {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(&piece) = pieces.get(at) else { return };
                    // Whoever listens does so until the last has been told.
                    let _ = tell.send((at, News::Begun));
                    let _ = tell.send((at, News::Done(work(piece))));
                }
            });
        }
        drop(tell);
        for (at, news) in news {
            match (news, pieces.get(at), done.get_mut(at)) {
                (News::Begun, Some(&piece), _) => begins(piece),
                (News::Done(found), _, Some(done)) => *done = Some(found),
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
        let found = side_by_side((0..10).collect(), work, |n| begun.push(n));
        assert_eq!(found, (0..10).map(|n| n * n).collect::<Vec<_>>());
        begun.sort_unstable();
        assert_eq!(begun, (0..10).collect::<Vec<_>>());
        assert!(side_by_side(Vec::new(), work, |_| {}).is_empty());
    }
}
