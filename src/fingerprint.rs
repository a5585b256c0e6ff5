//! SHA-256 in hexadecimal: how inputs, definitions and outputs are named by their content.

use sha2::{Digest, Sha256};

/// The fingerprint of these bytes.
#[must_use]
pub fn fingerprint(bytes: &[u8]) -> String {
    Fingerprint::default().with(bytes).finish()
}

/// A fingerprint that is still being taken, of bytes that come piece by piece.
#[derive(Default)]
pub struct Fingerprint(Sha256);

impl Fingerprint {
    /// Takes in further bytes.
    pub fn take(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The fingerprint of all bytes taken in.
    #[must_use]
    pub fn finish(self) -> String {
        self.0.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn with(mut self, bytes: &[u8]) -> Self {
        self.take(bytes);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_give_the_fingerprint_of_the_whole() {
        let mut pieces = Fingerprint::default();
        pieces.take(b"a");
        pieces.take(b"bc");
        let whole = fingerprint(b"abc");
        assert_eq!(pieces.finish(), whole);
        // The example of FIPS 180-2, appendix B.1.
        assert!(whole.starts_with("ba7816bf") && whole.ends_with("f20015ad"));
    }
}
