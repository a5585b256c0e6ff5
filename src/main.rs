//! The `early-help` command.

/// Large frames come and go all the time; the system's allocator gives their pages back and asks
/// for them again, which took a quarter of a large run.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    early_help::cli::main()
}
