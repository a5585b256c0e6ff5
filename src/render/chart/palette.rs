//! The colours of charts: the Analysis Function's palette, in its order, and greys for the rest.

/// A colour as red, green and blue.
pub(super) type Colour = (u8, u8, u8);

/// Text.
pub(super) const INK: Colour = (0x0B, 0x0C, 0x0C);
/// Text of the second rank.
pub(super) const GREY: Colour = (0x50, 0x5A, 0x5F);
/// Gridlines, which nobody needs in order to read the chart.
pub(super) const GRID: Colour = (0xD9, 0xD9, 0xD9);
/// Paper.
pub(super) const WHITE: Colour = (0xFF, 0xFF, 0xFF);
/// One series alone.
pub(super) const MAIN: Colour = CATEGORIES[0];
/// Categories in the order in which neighbours can be told apart.
pub(super) const CATEGORIES: [Colour; 6] = [
    (0x12, 0x43, 0x6D),
    (0x28, 0xA1, 0x97),
    (0x80, 0x16, 0x50),
    (0xF4, 0x6A, 0x25),
    (0x3D, 0x3D, 0x3D),
    (0xA2, 0x85, 0xD1),
];

/// What stands behind a series for comparison. Lighter would be lost on paper.
pub(super) const BEHIND: Colour = (0x8C, 0x90, 0x93);
/// Shades from little to much, of one blue. The palest are told from paper by an outline, and none is told
/// without its number.
pub(super) const RAMP: [Colour; 5] = [
    (0xF0, 0xF5, 0xFA),
    (0xC3, 0xD9, 0xEC),
    (0x8A, 0xB6, 0xDA),
    (0x2F, 0x6F, 0xA8),
    (0x12, 0x43, 0x6D),
];

/// The colour of the n-th category.
pub(super) fn category(n: usize) -> Colour {
    CATEGORIES.get(n % CATEGORIES.len()).copied().unwrap_or(MAIN)
}

/// The colour of the n-th part of a whole. It begins with those that nowhere mean better or worse.
pub(super) fn part(n: usize) -> Colour {
    const ORDER: [usize; CATEGORIES.len()] = [0, 5, 4, 3, 2, 1];
    category(ORDER.get(n % ORDER.len()).copied().unwrap_or(0))
}

/// Black or white, whichever can be read on a fill.
pub(super) fn text_on(fill: Colour) -> Colour {
    if contrast(fill, WHITE) >= 4.5 { WHITE } else { INK }
}

/// Contrast of two colours, 1 to 21, as WCAG 2.2 defines it.
fn contrast(a: Colour, b: Colour) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// Relative luminance, as WCAG 2.2 defines it.
fn luminance((red, green, blue): Colour) -> f64 {
    let linear = |channel: u8| {
        let c = f64::from(channel) / 255.0;
        if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_colour_stands_out_from_paper_and_from_its_neighbour() {
        let parts: Vec<Colour> = (0..CATEGORIES.len()).map(part).collect();
        for pair in CATEGORIES.windows(2).chain(parts.windows(2)) {
            let [a, b] = pair else { unreachable!("windows of two") };
            assert!(contrast(*a, WHITE) >= 3.0 && contrast(*b, WHITE) >= 3.0);
            assert!(contrast(*a, *b) >= 3.0);
        }
    }

    #[test]
    fn text_can_be_read_on_paper_and_on_every_fill() {
        assert!(contrast(GREY, WHITE) >= 4.5 && contrast(BEHIND, WHITE) >= 3.0);
        for fill in CATEGORIES.into_iter().chain(RAMP) {
            assert!(contrast(text_on(fill), fill) >= 4.5, "{fill:?}");
        }
    }
}
