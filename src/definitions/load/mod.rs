//! Reads the definition files of a project into checked definitions.
