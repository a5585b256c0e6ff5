//! Pictures for slides and letters: the SVG drawn by resvg with the bundled fonts alone.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};

use crate::render::RenderError;

/// A good scale: sharp on a slide, quick to draw.
pub const SCALE: f32 = 1.5;

/// Draws an SVG as PNG, `scale` times its own size. The same SVG gives the same bytes on every
/// machine: no font of the system is used.
///
/// # Errors
/// When the SVG cannot be read or the picture would be empty or too large.
pub fn png(svg: &str, scale: f32) -> Result<Vec<u8>, RenderError> {
    let options = Options { fontdb: fonts(), ..Options::default() };
    let tree = Tree::from_str(svg, &options).map_err(failed)?;
    let size = tree
        .size()
        .to_int_size()
        .scale_by(scale)
        .ok_or_else(|| RenderError::Picture(format!("a scale of {scale} leaves no picture")))?;
    let mut picture = Pixmap::new(size.width(), size.height())
        .ok_or_else(|| RenderError::Picture("there is not memory enough for it".to_owned()))?;
    picture.fill(Color::WHITE);
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut picture.as_mut());
    encoded(&picture).map_err(failed)
}

/// Charts are opaque, flat and of few colours: with a palette a picture has a third of the bytes to
/// compress.
fn encoded(picture: &Pixmap) -> Result<Vec<u8>, ::png::EncodingError> {
    let mut file = Vec::new();
    let mut encoder = ::png::Encoder::new(&mut file, picture.width(), picture.height());
    // Four times as quick as the usual level, for files that are 40% larger: 50 kB.
    encoder.set_deflate_compression(::png::DeflateCompression::Level(1));
    encoder.set_filter(::png::Filter::NoFilter);
    // With a few more colours than a palette holds, shades that no eye tells apart become one.
    let bytes = match [0, 2].into_iter().find_map(|bits| Indexed::of(picture, bits)) {
        Some(Indexed { palette, pixels }) => {
            encoder.set_color(::png::ColorType::Indexed);
            encoder.set_palette(palette);
            pixels
        }
        None => {
            encoder.set_color(::png::ColorType::Rgb);
            picture.pixels().iter().flat_map(|p| [p.red(), p.green(), p.blue()]).collect()
        }
    };
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&bytes)?;
    writer.finish()?;
    Ok(file)
}

/// A picture as places in a palette.
struct Indexed {
    palette: Vec<u8>,
    pixels: Vec<u8>,
}

impl Indexed {
    /// The picture without the last bits of its shades. Nothing when there are more colours than a
    /// palette holds.
    fn of(picture: &Pixmap, bits: u32) -> Option<Self> {
        let brightest = u8::MAX >> bits;
        // Black stays black and white stays white.
        let shades: Vec<u8> = (0..=u8::MAX)
            .map(|s| u16::from(s >> bits) * u16::from(u8::MAX) / u16::from(brightest))
            .map(|s| u8::try_from(s).unwrap_or(u8::MAX))
            .collect();
        let shade = |s: u8| shades.get(usize::from(s)).copied().unwrap_or(s);
        let mut known: BTreeMap<[u8; 3], u8> = BTreeMap::new();
        let mut palette = Vec::new();
        let mut pixels = Vec::with_capacity(picture.pixels().len());
        // Most pixels have the colour of the one before: a run of them is told at once.
        for run in picture.pixels().chunk_by(|a, b| a == b) {
            let Some(pixel) = run.first() else { continue };
            let colour = [pixel.red(), pixel.green(), pixel.blue()].map(shade);
            let place = match known.get(&colour) {
                Some(place) => *place,
                None => {
                    let next = u8::try_from(known.len()).ok()?;
                    palette.extend(colour);
                    known.insert(colour, next);
                    next
                }
            };
            pixels.resize(pixels.len() + run.len(), place);
        }
        Some(Self { palette, pixels })
    }
}

/// The condensed cut is about as wide as Arial, so pictures look like the page.
fn fonts() -> Arc<fontdb::Database> {
    static FONTS: OnceLock<Arc<fontdb::Database>> = OnceLock::new();
    let loaded = FONTS.get_or_init(|| {
        let mut fonts = fontdb::Database::new();
        for face in [dejavu::sans_condensed::regular(), dejavu::sans_condensed::bold()] {
            fonts.load_font_source(fontdb::Source::Binary(Arc::new(face)));
        }
        Arc::new(fonts)
    });
    Arc::clone(loaded)
}

fn failed(error: impl std::fmt::Display) -> RenderError {
    RenderError::Picture(error.to_string())
}
