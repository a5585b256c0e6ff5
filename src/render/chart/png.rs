//! Pictures for slides and letters: the SVG drawn by resvg with the bundled fonts alone.

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

/// Charts are opaque and flat: without the alpha channel and without filters they take a third of
/// the time of resvg's own encoder, and less room.
fn encoded(picture: &Pixmap) -> Result<Vec<u8>, ::png::EncodingError> {
    let mut file = Vec::new();
    let mut encoder = ::png::Encoder::new(&mut file, picture.width(), picture.height());
    encoder.set_color(::png::ColorType::Rgb);
    encoder.set_filter(::png::Filter::NoFilter);
    let pixels: Vec<u8> = picture
        .pixels()
        .iter()
        .flat_map(|pixel| [pixel.red(), pixel.green(), pixel.blue()])
        .collect();
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&pixels)?;
    writer.finish()?;
    Ok(file)
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
