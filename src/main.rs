//! The `early-help` command.

use libmimalloc_sys::{mi_option_get, mi_option_set, mi_option_t};

/// Large frames come and go all the time; the system's allocator gives their pages back and asks
/// for them again, which took a quarter of a large run.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The allocator's option for how long it waits before it gives memory back to the system.
const PURGE_DELAY: mi_option_t = 15;
/// What it is set to, in milliseconds, unless somebody says otherwise.
const A_SECOND: core::ffi::c_long = 1000;

/// Keeps memory that is free for the next frame until the run ends. Given back after a second, as the
/// allocator has it, most of it is asked for again at once, and the system clears every page anew: that
/// took a tenth of a large run. A person's own `MIMALLOC_PURGE_DELAY` stands.
#[allow(unsafe_code, reason = "the allocator is told by a call to C, which has no safe form")]
fn keep_free_memory() {
    // SAFETY: no other thread runs yet. Both functions read or write one number in a table of the
    // allocator; an option that is not there is answered with nought, and then nothing is set.
    unsafe {
        if mi_option_get(PURGE_DELAY) == A_SECOND {
            mi_option_set(PURGE_DELAY, -1);
        }
    }
}

/// Takes memory in pages of the usual size. A huge page is cleared whole by whoever touches it first, and on a
/// virtual machine, whose host has to find all of it just then, that cost a tenth of a large run; to look
/// addresses up more often costs a fiftieth.
#[cfg(target_os = "linux")]
fn take_usual_pages() {
    // A system that does not know of huge pages needs no telling.
    let _ = rustix::thread::disable_transparent_huge_pages(true);
}

fn main() -> std::process::ExitCode {
    keep_free_memory();
    #[cfg(target_os = "linux")]
    take_usual_pages();
    early_help::cli::main()
}
