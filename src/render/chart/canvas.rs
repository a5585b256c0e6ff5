//! A small canvas over plotters' SVG backend: lengths in pixels, fractions kept.
//!
//! The backend knows whole pixels only and writes no title. So everything is drawn ten times as
//! large, and the opening tag is written anew with a view box, a role, a title and a description.

use std::sync::OnceLock;

use plotters::prelude::{DrawingBackend, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{
    Color as _, FontDesc, FontFamily, FontStyle, RGBColor, ShapeStyle, TextStyle, register_font,
};

use super::palette::{Colour, GREY, INK, WHITE};
use crate::render::RenderError;

/// How much larger than life the backend draws.
const FINE: f64 = 10.0;

/// The fonts of the text. Measured with `DejaVu Sans`, the widest of them, so that no label outgrows
/// its place wherever the chart is opened.
const FONTS: &str = "Arial, 'DejaVu Sans', sans-serif";

/// plotters takes a font's size as the height of its box, this many times what SVG calls the size.
const BOX: f64 = 1.24;

/// Height of a line of text, in sizes.
const LEADING: f64 = 1.3;

/// A place on the canvas: right and down from the upper left corner, in pixels.
pub(super) type Place = (f64, f64);

/// Which part of a text stands at its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    /// Its start.
    Left,
    /// Its middle.
    Middle,
    /// Its end.
    Right,
}

/// How a text looks. Its place is the middle of its height.
#[derive(Debug, Clone, Copy)]
pub(super) struct Type {
    /// Size in pixels.
    pub(super) size: f64,
    /// Whether it is bold.
    pub(super) bold: bool,
    /// Its colour.
    pub(super) colour: Colour,
}

impl Type {
    /// Labels.
    pub(super) const PLAIN: Self = Self { size: 14.0, bold: false, colour: INK };
    /// Values.
    pub(super) const BOLD: Self = Self { size: 14.0, bold: true, colour: INK };
    /// Axes, keys and remarks.
    pub(super) const SMALL: Self = Self { size: 13.0, bold: false, colour: GREY };

    pub(super) fn line_height(self) -> f64 {
        self.size * LEADING
    }

    fn font(self) -> FontDesc<'static> {
        let style = if self.bold { FontStyle::Bold } else { FontStyle::Normal };
        FontDesc::new(FontFamily::Name(FONTS), self.size * FINE * BOX, style)
    }

    /// How wide a text is at most, in pixels.
    pub(super) fn width(self, text: &str) -> Result<f64, RenderError> {
        fonts_known()?;
        let (width, _) = self.font().box_size(text).map_err(failed)?;
        Ok(f64::from(width) / FINE)
    }

    /// The width of the widest.
    pub(super) fn widest<'a>(
        self,
        texts: impl IntoIterator<Item = &'a str>,
    ) -> Result<f64, RenderError> {
        texts.into_iter().try_fold(0.0, |widest: f64, text| Ok(widest.max(self.width(text)?)))
    }

    /// Breaks a text between words, so that no line is wider than `width` unless one word is.
    pub(super) fn wrap(self, text: &str, width: f64) -> Result<Vec<String>, RenderError> {
        let mut lines: Vec<String> = Vec::new();
        for word in text.split_whitespace() {
            if let Some(line) = lines.last_mut() {
                let longer = format!("{line} {word}");
                if self.width(&longer)? <= width {
                    *line = longer;
                    continue;
                }
            }
            lines.push(word.to_owned());
        }
        Ok(lines)
    }
}

/// What stands in the opening tag.
pub(super) struct Title<'a> {
    /// Makes the names of title and description unique on a page.
    pub(super) id: &'a str,
    /// What the chart shows.
    pub(super) title: &'a str,
    /// What a reader would see.
    pub(super) description: &'a str,
}

/// Something to draw on.
pub(super) struct Canvas<'a> {
    backend: SVGBackend<'a>,
}

impl Canvas<'_> {
    /// Draws a chart: `paint` gives the height it came to, in pixels.
    pub(super) fn draw(
        title: &Title<'_>,
        width: f64,
        paint: impl FnOnce(&mut Canvas<'_>) -> Result<f64, RenderError>,
    ) -> Result<String, RenderError> {
        fonts_known()?;
        let mut drawn = String::new();
        let mut canvas = Canvas { backend: SVGBackend::with_string(&mut drawn, (0, 0)) };
        let height = paint(&mut canvas)?.ceil();
        canvas.backend.present().map_err(failed)?;
        drop(canvas);
        let (_, marks) = drawn
            .split_once('\n')
            .ok_or_else(|| RenderError::Drawing("plotters wrote no opening tag".to_owned()))?;
        Ok(opening(title, width, height) + &marks.replace(" opacity=\"1\"", ""))
    }

    /// A straight line.
    pub(super) fn line(
        &mut self,
        from: Place,
        to: Place,
        colour: Colour,
        width: f64,
    ) -> Result<(), RenderError> {
        self.backend.draw_line(fine(from), fine(to), &stroke(colour, width)).map_err(failed)
    }

    /// A straight line of dashes.
    pub(super) fn dashes(
        &mut self,
        from: Place,
        to: Place,
        colour: Colour,
        width: f64,
    ) -> Result<(), RenderError> {
        const DASH: f64 = 6.0;
        const PERIOD: f64 = 10.0;
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = dx.hypot(dy);
        let along = |distance: f64| {
            let share = (distance / length).min(1.0);
            (from.0 + dx * share, from.1 + dy * share)
        };
        let mut start = 0.0;
        while start < length {
            self.line(along(start), along(start + DASH), colour, width)?;
            start += PERIOD;
        }
        Ok(())
    }

    /// A line through several places.
    pub(super) fn path(
        &mut self,
        places: &[Place],
        colour: Colour,
        width: f64,
    ) -> Result<(), RenderError> {
        let places = places.iter().copied().map(fine);
        self.backend.draw_path(places, &stroke(colour, width)).map_err(failed)
    }

    /// A filled shape; `strength` from 0, nothing, to 1, solid.
    pub(super) fn area(
        &mut self,
        places: &[Place],
        colour: Colour,
        strength: f64,
    ) -> Result<(), RenderError> {
        let places = places.iter().copied().map(fine);
        self.backend.fill_polygon(places, &rgb(colour).mix(strength)).map_err(failed)
    }

    /// A filled rectangle between two corners.
    pub(super) fn rectangle(
        &mut self,
        upper_left: Place,
        lower_right: Place,
        colour: Colour,
    ) -> Result<(), RenderError> {
        self.backend
            .draw_rect(fine(upper_left), fine(lower_right), &rgb(colour), true)
            .map_err(failed)
    }

    /// A disc.
    pub(super) fn disc(
        &mut self,
        centre: Place,
        radius: f64,
        colour: Colour,
    ) -> Result<(), RenderError> {
        self.backend
            .draw_circle(fine(centre), tenths(radius).unsigned_abs(), &rgb(colour), true)
            .map_err(failed)
    }

    /// One line of text.
    pub(super) fn text(
        &mut self,
        text: &str,
        (x, y): Place,
        align: Align,
        kind: Type,
    ) -> Result<(), RenderError> {
        let side = match align {
            Align::Left => HPos::Left,
            Align::Middle => HPos::Center,
            Align::Right => HPos::Right,
        };
        let colour = rgb(kind.colour);
        let style = TextStyle::from(kind.font()).color(&colour).pos(Pos::new(side, VPos::Center));
        self.backend.draw_text(text, &style, fine((x, y))).map_err(failed)
    }

    /// Several lines of text, the middle of the first at its place; gives the place after the last.
    pub(super) fn lines(
        &mut self,
        lines: &[String],
        (x, mut y): Place,
        align: Align,
        kind: Type,
    ) -> Result<f64, RenderError> {
        for line in lines {
            self.text(line, (x, y), align, kind)?;
            y += kind.line_height();
        }
        Ok(y)
    }

    /// The symbol of a point: each series has its own shape. Hollow when `provisional`.
    pub(super) fn marker(
        &mut self,
        (x, y): Place,
        series: usize,
        size: f64,
        provisional: bool,
        colour: Colour,
    ) -> Result<(), RenderError> {
        for (radius, fill) in [(size, colour), (size * 0.6, WHITE)] {
            if fill == WHITE && !provisional {
                continue;
            }
            let outline = match series % 5 {
                0 => {
                    self.disc((x, y), radius, fill)?;
                    continue;
                }
                1 => [(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)].as_slice(),
                2 => &[(0.0, -1.35), (1.35, 0.0), (0.0, 1.35), (-1.35, 0.0)],
                3 => &[(0.0, -1.25), (1.2, 0.9), (-1.2, 0.9)],
                _ => &[(0.0, 1.25), (1.2, -0.9), (-1.2, -0.9)],
            };
            let corners: Vec<Place> =
                outline.iter().map(|(dx, dy)| (x + dx * radius, y + dy * radius)).collect();
            self.area(&corners, fill, 1.0)?;
        }
        Ok(())
    }
}

fn opening(title: &Title<'_>, width: f64, height: f64) -> String {
    let Title { id, title, description } = title;
    let (title, description) = (escaped(title), escaped(description));
    let (w, h) = fine((width, height));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {w} {h}\" width=\"{width}\" \
         height=\"{height}\" role=\"img\" aria-labelledby=\"{id}-title {id}-desc\" \
         stroke-linejoin=\"round\">\n<title id=\"{id}-title\">{title}</title>\n\
         <desc id=\"{id}-desc\">{description}</desc>\n\
         <rect width=\"{w}\" height=\"{h}\" fill=\"#FFFFFF\"/>\n"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Makes the bundled fonts known to plotters, once.
fn fonts_known() -> Result<(), RenderError> {
    static KNOWN: OnceLock<bool> = OnceLock::new();
    let known = *KNOWN.get_or_init(|| {
        register_font(FONTS, FontStyle::Normal, dejavu::sans::regular()).is_ok()
            && register_font(FONTS, FontStyle::Bold, dejavu::sans::bold()).is_ok()
    });
    if known { Ok(()) } else { Err(RenderError::Drawing("the bundled font is damaged".to_owned())) }
}

fn rgb((red, green, blue): Colour) -> RGBColor {
    RGBColor(red, green, blue)
}

fn stroke(colour: Colour, width: f64) -> ShapeStyle {
    rgb(colour).stroke_width(tenths(width).unsigned_abs())
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "`as` keeps to the range; no chart is so large"
)]
fn tenths(length: f64) -> i32 {
    (length * FINE).round() as i32
}

fn fine((x, y): Place) -> (i32, i32) {
    (tenths(x), tenths(y))
}

fn failed(error: impl std::fmt::Display) -> RenderError {
    RenderError::Drawing(error.to_string())
}
