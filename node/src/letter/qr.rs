//! A QR code as one SVG path: prints sharp at any size, and needs nothing from elsewhere.

use core::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode};

/// The white border that readers need, in modules (ISO/IEC 18004).
const QUIET: usize = 4;

/// Draws `text`. `None` where it is too long for a QR code. `title` is what a screen reader says.
pub(super) fn svg(text: &str, title: &str) -> Option<String> {
    // M repairs 15 %: a fold or a stain. More would make the modules smaller, which old telephones see worse.
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let width = code.width();
    let colors = code.to_colors();
    let mut path = String::new();
    for (y, row) in colors.chunks(width).enumerate() {
        let mut x = 0;
        while x < width {
            let run = row
                .iter()
                .skip(x)
                .take_while(|color| **color == Color::Dark)
                .count();
            if run > 0 {
                // Writing into a string does not fail.
                let _ = write!(path, "M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET);
            }
            x += run.max(1);
        }
    }
    let side = width + 2 * QUIET;
    Some(format!(
        "<svg class=\"qr\" viewBox=\"0 0 {side} {side}\" role=\"img\" aria-label=\"{title}\" \
         shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{side}v{side}h-{side}z\"/>\
         <path fill=\"#000\" d=\"{path}\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Paints the SVG's dark modules, as a printer would, and reads the picture with another implementation.
    fn read(svg: &str) -> String {
        const SCALE: usize = 4;
        let side: usize = svg
            .split_once("viewBox=\"0 0 ")
            .and_then(|(_, rest)| rest.split(' ').next())
            .and_then(|side| side.parse().ok())
            .expect("a size");
        let dark = svg.rsplit_once(" d=\"").expect("a path").1;
        let mut modules = vec![false; side * side];
        for run in dark.split('z').filter_map(|run| run.strip_prefix('M')) {
            let (x, rest) = run.split_once(' ').expect("x");
            let (y, rest) = rest.split_once('h').expect("y");
            let (length, _) = rest.split_once('v').expect("a length");
            let number = |text: &str| text.parse::<usize>().expect("a number");
            for at in number(x)..number(x) + number(length) {
                modules[number(y) * side + at] = true;
            }
        }
        let paint = |x: usize, y: usize| {
            if modules[y / SCALE * side + x / SCALE] {
                0
            } else {
                255
            }
        };
        let mut picture = rqrr::PreparedImage::prepare_from_greyscale(side * SCALE, side * SCALE, paint);
        let grids = picture.detect_grids();
        assert_eq!(grids.len(), 1, "one code");
        grids[0].decode().expect("decodes").1
    }

    #[test]
    fn what_is_drawn_is_read_back_by_another_implementation() {
        for text in [
            "https://portal.example/#60RK-4CSM-6MV3-EE1SY",
            &format!("https://{}.example/#60RK-4CSM-6MV3-EE1SY", "a".repeat(64)),
        ] {
            assert_eq!(read(&svg(text, "code").expect("fits")), text);
        }
    }
}
