//! Where delimited text may be cut: only where a record ends, and a quoted field may hold line ends.

/// Places behind record ends, about `size` bytes apart; the last one is behind the last record that
/// is whole. The text begins with a record.
pub(super) fn cuts(text: &[u8], delimiter: u8, size: usize) -> Vec<usize> {
    if text.contains(&b'"') {
        cuts_beside_quotes(text, delimiter, size)
    } else {
        cuts_at_lines(text, size)
    }
}

fn cuts_at_lines(text: &[u8], size: usize) -> Vec<usize> {
    let Some(last) = text.iter().rposition(|&byte| byte == b'\n') else { return Vec::new() };
    let mut cuts = Vec::new();
    let mut at = size;
    while let Some(end) = text.get(at..last).and_then(|t| t.iter().position(|&b| b == b'\n')) {
        cuts.push(at + end + 1);
        at += end + 1 + size;
    }
    cuts.push(last + 1);
    cuts
}

/// What the next byte belongs to.
#[derive(Clone, Copy)]
enum Next {
    /// The first byte of a field.
    Field,
    /// A field that does not begin with a quote: quotes in it mean nothing.
    Plain,
    /// The inside of quotes.
    Quoted,
    /// What comes after a quote that may be the closing one, or the first of two that stand for one.
    AfterQuote,
}

fn cuts_beside_quotes(text: &[u8], delimiter: u8, size: usize) -> Vec<usize> {
    let mut cuts = Vec::new();
    let mut last = 0;
    let mut next = Next::Field;
    for (at, &byte) in text.iter().enumerate() {
        next = match (next, byte) {
            (Next::Quoted, b'"') => Next::AfterQuote,
            (Next::Quoted, _) | (Next::Field | Next::AfterQuote, b'"') => Next::Quoted,
            (_, b'\n') => {
                last = at + 1;
                if last - cuts.last().copied().unwrap_or(0) >= size {
                    cuts.push(last);
                }
                Next::Field
            }
            (_, byte) if byte == delimiter => Next::Field,
            (Next::AfterQuote, _) => Next::AfterQuote,
            _ => Next::Plain,
        };
    }
    if last > cuts.last().copied().unwrap_or(0) {
        cuts.push(last);
    }
    cuts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(text: &str) -> Vec<&str> {
        let ends = cuts(text.as_bytes(), b',', 1);
        let starts = std::iter::once(0).chain(ends.iter().copied());
        starts.zip(&ends).map(|(start, &end)| &text[start..end]).collect()
    }

    #[test]
    fn a_line_end_in_quotes_ends_no_record() {
        assert_eq!(records("a,\"b\nc\"\nd,e\n"), ["a,\"b\nc\"\n", "d,e\n"]);
        assert_eq!(records("\"say \"\"\n\"\"\",b\nc,d\n"), ["\"say \"\"\n\"\"\",b\n", "c,d\n"]);
    }

    #[test]
    fn a_quote_inside_a_field_quotes_nothing() {
        assert_eq!(records("5\" pipe,a\nb,c\n\"d\",e\n"), ["5\" pipe,a\n", "b,c\n", "\"d\",e\n"]);
    }

    #[test]
    fn a_record_that_is_not_whole_is_left_for_later() {
        assert_eq!(records("a,b\nc,d"), ["a,b\n"]);
        assert_eq!(records("a,b\nc,\"d\n"), ["a,b\n"]);
        assert_eq!(records("a,b"), [""; 0]);
    }
}
