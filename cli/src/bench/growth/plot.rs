//! Lines over logarithmic axes, as SVG that needs nothing else.

use std::fmt::Write as _;

/// One line.
#[derive(Debug)]
pub(super) struct Series {
    /// What it is.
    pub(super) name: &'static str,
    /// Where it goes through; both coordinates above zero.
    pub(super) points: Vec<(f64, f64)>,
}

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 360.0;
const LEFT: f64 = 70.0;
/// Room for the names of the lines.
const RIGHT: f64 = 180.0;
const TOP: f64 = 20.0;
const BOTTOM: f64 = 50.0;
/// Dark enough on white, and told apart by who sees no red and green (Okabe and Ito). Each line has marks of its own too.
const COLOURS: [&str; 5] = ["#0072b2", "#d55e00", "#007a5e", "#a3477f", "#5c5c5c"];
const DASHES: [&str; 5] = ["none", "7 3", "2 3", "10 3 2 3", "4 4"];

/// A range of decades that holds all of these.
#[derive(Debug, Clone, Copy)]
struct Axis {
    from: i32,
    to: i32,
}

impl Axis {
    #[expect(clippy::cast_possible_truncation, reason = "a number's decade is small")]
    fn around(numbers: impl Iterator<Item = f64> + Clone) -> Self {
        let from = numbers.clone().fold(f64::INFINITY, f64::min).log10().floor() as i32;
        let to = numbers.fold(f64::MIN_POSITIVE, f64::max).log10().ceil() as i32;
        Self {
            from,
            to: to.max(from + 1),
        }
    }

    /// Where a number stands, from 0 to 1.
    fn part(self, number: f64) -> f64 {
        (number.log10() - f64::from(self.from)) / f64::from(self.to - self.from)
    }

    /// The powers of ten.
    fn marks(self) -> impl Iterator<Item = f64> {
        (self.from..=self.to).map(|power| 10f64.powi(power))
    }
}

/// Draws them, with what the axes are.
pub(super) fn draw(across: &str, up: &str, series: &[Series]) -> String {
    let points = || series.iter().flat_map(|line| line.points.iter().copied());
    let (x_axis, y_axis) = (
        Axis::around(points().map(|(x, _)| x)),
        Axis::around(points().map(|(_, y)| y)),
    );
    let (plot_width, plot_height) = (WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM);
    let at = |(x, y): (f64, f64)| {
        (
            LEFT + x_axis.part(x) * plot_width,
            TOP + (1.0 - y_axis.part(y)) * plot_height,
        )
    };
    let mut svg = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{up} over {across}" font-family="sans-serif" font-size="12">
<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>
"##
    );
    let (right, bottom) = (WIDTH - RIGHT, HEIGHT - BOTTOM);
    let mut put = |text: std::fmt::Arguments<'_>| {
        // A string takes everything.
        _ = writeln!(svg, "{text}");
    };
    for mark in x_axis.marks() {
        let (x, _) = at((mark, 1.0));
        put(format_args!(
            r##"<path d="M{x:.1} {TOP}V{bottom}" stroke="#dddddd"/><text x="{x:.1}" y="{:.1}" text-anchor="middle">{mark}</text>"##,
            bottom + 18.0
        ));
    }
    for mark in y_axis.marks() {
        let (_, y) = at((1.0, mark));
        put(format_args!(
            r##"<path d="M{LEFT} {y:.1}H{right}" stroke="#dddddd"/><text x="{:.1}" y="{:.1}" text-anchor="end">{mark}</text>"##,
            LEFT - 8.0,
            y + 4.0
        ));
    }
    put(format_args!(
        r#"<text x="{:.1}" y="{:.1}" text-anchor="middle">{across}</text><text x="{LEFT}" y="{:.1}" text-anchor="end">{up}</text>"#,
        LEFT + plot_width / 2.0,
        HEIGHT - 12.0,
        TOP - 6.0
    ));
    for (number, line) in series.iter().enumerate() {
        let (colour, dash) = (COLOURS[number % COLOURS.len()], DASHES[number % DASHES.len()]);
        let path: Vec<String> = line
            .points
            .iter()
            .map(|point| {
                let (x, y) = at(*point);
                format!("{x:.1},{y:.1}")
            })
            .collect();
        put(format_args!(
            r#"<polyline points="{}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"/>"#,
            path.join(" ")
        ));
        let y = TOP + 10.0 + 20.0 * f64::from(u16::try_from(number).unwrap_or(u16::MAX));
        put(format_args!(
            r#"<path d="M{:.1} {y:.1}h26" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"/><text x="{:.1}" y="{:.1}">{}</text>"#,
            right + 12.0,
            right + 44.0,
            y + 4.0,
            line.name
        ));
    }
    svg.push_str("</svg>\n");
    svg
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axes_hold_every_point_and_the_lines_keep_their_order() {
        let axis = Axis::around([3000.0, 100_000.0].into_iter());
        assert_eq!((axis.from, axis.to), (3, 5));
        assert!((axis.part(1000.0)).abs() < 1e-9 && (axis.part(100_000.0) - 1.0).abs() < 1e-9);
        let alone = Axis::around([10.0].into_iter());
        assert_eq!((alone.from, alone.to), (1, 2), "an axis is never empty");
        let line = |name, y| Series {
            name,
            points: vec![(1000.0, y), (10_000.0, y)],
        };
        let svg = draw("size", "ms", &[line("slow", 9.0), line("fast", 2.0)]);
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
        let height_of = |after: &str| -> f64 {
            let points = svg.split(after).nth(1).expect("is there");
            let y = points.split([',', ' ']).nth(1).expect("a coordinate");
            y.parse().expect("a number")
        };
        let slow = height_of("<polyline points=\"");
        let fast: f64 = svg
            .rsplit("<polyline points=\"")
            .next()
            .and_then(|points| points.split([',', ' ']).nth(1)?.parse().ok())
            .expect("is there");
        assert!(slow < fast, "up is down in SVG");
    }
}
