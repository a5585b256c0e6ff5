//! Where something stands in the definition files: the file, and the bytes in it.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// One definition file as it was read: its path and its whole text.
#[derive(Debug)]
pub struct SourceText {
    /// The path as the user would type it.
    pub path: PathBuf,
    /// The text of the file.
    pub text: String,
}

/// A stretch of bytes in one definition file.
#[derive(Debug, Clone)]
pub struct Place {
    /// The file.
    pub file: Arc<SourceText>,
    /// The bytes in it.
    pub span: Range<usize>,
}

impl Place {
    /// A place in `file` that covers `span`.
    #[must_use]
    pub fn new(file: &Arc<SourceText>, span: Range<usize>) -> Self {
        Self { file: Arc::clone(file), span }
    }

    /// The path of the file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.file.path
    }

    /// The text that it covers; empty when the stretch is not one of whole characters.
    #[must_use]
    pub fn text(&self) -> &str {
        self.file.text.get(self.span.clone()).unwrap_or_default()
    }

    /// Line and column, both counted from 1; the column counts characters, not bytes.
    #[must_use]
    pub fn line_and_column(&self) -> (usize, usize) {
        let mut upto = self.span.start.min(self.file.text.len());
        while !self.file.text.is_char_boundary(upto) {
            upto -= 1;
        }
        let before = &self.file.text[..upto];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |l| l.chars().count()) + 1;
        (line, column)
    }
}
