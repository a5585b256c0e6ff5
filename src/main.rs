//! The `early-help` command.

/// Large frames come and go all the time; the system's allocator gives their pages back and asks
/// for them again, which took a quarter of a large run.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Takes memory in pages of the usual size. A huge page is cleared whole by whoever touches it first, and on a
/// virtual machine, whose host has to find all of it just then, that cost a tenth of a large run; to look
/// addresses up more often costs a fiftieth.
#[cfg(target_os = "linux")]
fn take_usual_pages() {
    // A system that does not know of huge pages needs no telling.
    let _ = rustix::thread::disable_transparent_huge_pages(true);
}

fn main() -> std::process::ExitCode {
    #[cfg(target_os = "linux")]
    take_usual_pages();
    early_help::cli::main()
}
