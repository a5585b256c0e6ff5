//! The `early-help` command.

fn main() -> std::process::ExitCode {
    early_help::cli::main()
}
