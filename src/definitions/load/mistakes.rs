//! What the loader says about mistakes: each is found, at its line and column, by its code.
