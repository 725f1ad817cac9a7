//! Text on A4 as an accessible PDF (PDF/UA-1): headings, paragraphs, facts, each tagged for what it is.
//!
//! Invariant: whatever is asked for stands on the paper or is an error; a line that is too long is broken, a page that is full
//! is followed by another. Letters come from the font that is compiled in (Latin, Greek and Cyrillic). Where it lacks
//! one, a question mark stands for it, and the paper says at its end that letters are missing.

use std::num::NonZeroU16;

use krilla::color::rgb;
use krilla::configure::{Accessibility, Configuration, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::Point;
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, Identifier, SpanTag, Tag, TagGroup, TagTree};
use krilla::text::{Font, GlyphId, KrillaGlyph};
use krilla::{Document, SerializeSettings};
use skrifa::MetadataProvider as _;
use skrifa::instance::{LocationRef, Size};

static REGULAR: &[u8] = include_bytes!("../../../fonts/NotoSans-Regular.ttf");
static BOLD: &[u8] = include_bytes!("../../../fonts/NotoSans-Bold.ttf");

/// A4, in points.
const PAGE: (f32, f32) = (595.0, 842.0);
/// White around the text, in points.
const MARGIN: f32 = 56.0;
/// How far the text of a fact stands in, in points.
const INDENT: f32 = 160.0;

/// The PDF could not be written.
#[derive(Debug, thiserror::Error)]
#[error("the PDF could not be written")]
pub(super) struct NotWritten;

/// One part of a text.
#[derive(Clone, PartialEq)]
pub(super) enum Part {
    /// A heading of the first level; the first is the title.
    Title(String),
    /// A heading below it.
    Heading(String),
    /// A paragraph.
    Paragraph(String),
    /// What something is called, and what it says.
    Fact(String, String),
}

impl core::fmt::Debug for Part {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Part")
    }
}

/// A font with its widths.
struct Face {
    font: Font,
    widths: skrifa::FontRef<'static>,
}

impl Face {
    fn new(bytes: &'static [u8]) -> Result<Self, NotWritten> {
        Ok(Self {
            font: Font::new(bytes.to_vec().into(), 0).ok_or(NotWritten)?,
            widths: skrifa::FontRef::new(bytes).map_err(|_| NotWritten)?,
        })
    }

    /// The letters of one line, each as wide as the font says, as parts of an em.
    fn glyphs(&self, line: &str) -> Vec<KrillaGlyph> {
        let letters = self.widths.charmap();
        let widths = self
            .widths
            .glyph_metrics(Size::unscaled(), LocationRef::default());
        let em = self.font.units_per_em();
        line.char_indices()
            .map(|(at, c)| {
                let glyph = letters.map(c).unwrap_or_default();
                let width = widths.advance_width(glyph).unwrap_or_default() / em;
                let id = GlyphId::new(glyph.to_u32());
                KrillaGlyph::new(id, width, 0.0, 0.0, 0.0, at..at + c.len_utf8(), None)
            })
            .collect()
    }

    fn width(&self, text: &str, size: f32) -> f32 {
        self.glyphs(text).iter().map(|glyph| glyph.x_advance * size).sum()
    }

    /// Breaks text into lines that fit. A word that fits no line is broken where it must be.
    fn lines(&self, text: &str, size: f32, width: f32) -> Vec<String> {
        let mut lines = Vec::new();
        for paragraph in text.split('\n') {
            let mut line = String::new();
            for word in paragraph.split_whitespace() {
                let longer = if line.is_empty() {
                    word.to_owned()
                } else {
                    format!("{line} {word}")
                };
                if self.width(&longer, size) <= width {
                    line = longer;
                    continue;
                }
                if !line.is_empty() {
                    lines.push(core::mem::take(&mut line));
                }
                for c in word.chars() {
                    line.push(c);
                    if self.width(&line, size) > width && line.chars().count() > 1 {
                        let last = line.pop();
                        lines.push(core::mem::replace(&mut line, last.into_iter().collect()));
                    }
                }
            }
            lines.push(line);
        }
        lines
    }
}

/// One line with its place on its page.
struct Line {
    text: String,
    bold: bool,
    size: f32,
    x: f32,
    y: f32,
    /// Of which part it is.
    part: usize,
}

/// Puts parts on pages, and lines in their places.
struct Layout<'a> {
    regular: &'a Face,
    bold: &'a Face,
    pages: Vec<Vec<Line>>,
    y: f32,
}

impl Layout<'_> {
    fn room(&mut self, height: f32) {
        if self.pages.is_empty() || self.y + height > PAGE.1 - MARGIN - 24.0 {
            self.pages.push(Vec::new());
            self.y = MARGIN;
        }
    }

    fn line(&mut self, line: Line) {
        if let Some(page) = self.pages.last_mut() {
            page.push(line);
        }
    }

    fn text(&mut self, part: usize, text: &str, bold: bool, size: f32, x: f32, keep: f32) {
        let face = if bold { self.bold } else { self.regular };
        let leading = size * 1.45;
        for (at, text) in face
            .lines(text, size, PAGE.0 - MARGIN - x)
            .into_iter()
            .enumerate()
        {
            self.room(if at == 0 { leading + keep } else { leading });
            self.y += leading;
            let y = self.y;
            self.line(Line {
                text,
                bold,
                size,
                x,
                y,
                part,
            });
        }
    }

    fn place(&mut self, at: usize, part: &Part) {
        match part {
            // A heading stays with what follows it.
            Part::Title(text) => self.text(at, text, true, 20.0, MARGIN, 40.0),
            Part::Heading(text) => {
                self.y += 14.0;
                self.text(at, text, true, 13.0, MARGIN, 36.0);
                self.y += 3.0;
            }
            Part::Paragraph(text) => {
                self.text(at, text, false, 10.5, MARGIN, 0.0);
                self.y += 4.0;
            }
            Part::Fact(label, text) => self.fact(at, label, text),
        }
    }

    /// Label and text beside each other, each as long as it is.
    fn fact(&mut self, at: usize, label: &str, text: &str) {
        const SIZE: f32 = 10.5;
        let leading = SIZE * 1.45;
        let labels = self.bold.lines(label, SIZE, INDENT - 12.0);
        let texts = self.regular.lines(text, SIZE, PAGE.0 - 2.0 * MARGIN - INDENT);
        for row in 0..labels.len().max(texts.len()) {
            self.room(leading);
            self.y += leading;
            let y = self.y;
            let columns = [
                (labels.get(row), true, MARGIN),
                (texts.get(row), false, MARGIN + INDENT),
            ];
            for (text, bold, x) in columns {
                if let Some(text) = text.filter(|text| !text.is_empty()) {
                    self.line(Line {
                        text: text.clone(),
                        bold,
                        size: SIZE,
                        x,
                        y,
                        part: at,
                    });
                }
            }
        }
        self.y += 4.0;
    }
}

/// What the font has of a text; where it lacks a letter a question mark, and `lacks` is set. Signs that only steer how a text
/// is shown (direction, joining, variants) leave nothing behind.
fn printable(text: &str, faces: [&Face; 2], lacks: &mut bool) -> String {
    let has = |c: char| {
        let is_there = |face: &Face| {
            face.widths
                .charmap()
                .map(c)
                .is_some_and(|glyph| glyph.to_u32() != 0)
        };
        faces.into_iter().all(is_there)
    };
    let steers = |c: char| {
        matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
            || (c.is_control() && !c.is_whitespace())
    };
    let printed = text.chars().filter(|c| !steers(*c)).map(|c| {
        if c.is_whitespace() {
            if c == '\n' { c } else { ' ' }
        } else if has(c) {
            c
        } else {
            *lacks = true;
            '?'
        }
    });
    printed.collect()
}

/// The parts in letters that the font has, and, if it lacked any, `note` after them.
fn in_print(parts: &[Part], note: &str, faces: [&Face; 2]) -> Vec<Part> {
    let mut lacks = false;
    let mut said = |text: &String| printable(text, faces, &mut lacks);
    let mut printed: Vec<Part> = parts
        .iter()
        .map(|part| match part {
            Part::Title(text) => Part::Title(said(text)),
            Part::Heading(text) => Part::Heading(said(text)),
            Part::Paragraph(text) => Part::Paragraph(said(text)),
            Part::Fact(label, text) => Part::Fact(said(label), said(text)),
        })
        .collect();
    if lacks {
        printed.push(Part::Paragraph(note.to_owned()));
    }
    printed
}

/// Writes the parts as a PDF. `title` names it for who opens it, `language` is a BCP 47 tag, `footer` stands below each page,
/// `note` at the end where letters are missing.
pub(super) fn write(
    parts: &[Part],
    title: &str,
    language: &str,
    (footer, note): (&str, &str),
) -> Result<Vec<u8>, NotWritten> {
    let (regular, bold) = (Face::new(REGULAR)?, Face::new(BOLD)?);
    let parts = &in_print(parts, note, [&regular, &bold]);
    let footer = printable(footer, [&regular, &bold], &mut false);
    let mut layout = Layout {
        regular: &regular,
        bold: &bold,
        pages: Vec::new(),
        y: 0.0,
    };
    for (at, part) in parts.iter().enumerate() {
        layout.place(at, part);
    }
    let pages = layout.pages;
    let mut document = Document::new_with(SerializeSettings {
        configuration: accessible()?,
        ..SerializeSettings::default()
    });
    document.set_metadata(
        Metadata::new()
            .title(title.to_owned())
            .language(language.to_owned())
            .creator("Handdruk".to_owned()),
    );
    let mut marks: Vec<Vec<Identifier>> = parts.iter().map(|_| Vec::new()).collect();
    let mut outline = Outline::new();
    let of = pages.len();
    for (number, lines) in pages.iter().enumerate() {
        let settings = PageSettings::from_wh(PAGE.0, PAGE.1).ok_or(NotWritten)?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        let mut headed = None;
        for line in lines {
            let face = if line.bold { &bold } else { &regular };
            let mark = surface.start_tagged(ContentTag::Span(SpanTag::empty()));
            draw(&mut surface, face, line);
            surface.end_tagged();
            if let Some(marks) = marks.get_mut(line.part) {
                marks.push(mark);
            }
            if let Some(Part::Title(text) | Part::Heading(text)) = parts.get(line.part)
                && headed.replace(line.part) != Some(line.part)
            {
                let place = XyzDestination::new(number, Point::from_xy(0.0, line.y - line.size * 1.2));
                outline.push_child(OutlineNode::new(text.clone(), place));
            }
        }
        surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Other)));
        let foot = Line {
            text: format!("{footer}   {}/{of}", number + 1),
            bold: false,
            size: 8.5,
            x: MARGIN,
            y: PAGE.1 - MARGIN + 12.0,
            part: 0,
        };
        draw(&mut surface, &regular, &foot);
        surface.end_tagged();
        surface.finish();
        page.finish();
    }
    document.set_outline(outline);
    document.set_tag_tree(tree(parts, marks));
    document.finish().map_err(|error| {
        // It names rules of the format and places in the file, never what stands there.
        tracing::error!(?error, "a PDF could not be written");
        NotWritten
    })
}

fn accessible() -> Result<Configuration, NotWritten> {
    ConfigurationBuilder::new()
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|_| NotWritten)
}

fn tree(parts: &[Part], marks: Vec<Vec<Identifier>>) -> TagTree {
    let level = |level: u16| NonZeroU16::new(level).unwrap_or(NonZeroU16::MIN);
    let mut tree = TagTree::new();
    for (part, marks) in parts.iter().zip(marks) {
        let mut group = match part {
            Part::Title(text) => TagGroup::new(Tag::Hn(level(1), Some(text.clone()))),
            Part::Heading(text) => TagGroup::new(Tag::Hn(level(2), Some(text.clone()))),
            Part::Paragraph(_) | Part::Fact(..) => TagGroup::new(Tag::P),
        };
        for mark in marks {
            group.push(mark);
        }
        tree.push(group);
    }
    tree
}

fn draw(surface: &mut Surface<'_>, face: &Face, line: &Line) {
    surface.set_fill(Some(Fill {
        paint: rgb::Color::new(20, 24, 32).into(),
        opacity: NormalizedF32::ONE,
        rule: krilla::paint::FillRule::default(),
    }));
    let glyphs = face.glyphs(&line.text);
    let start = Point::from_xy(line.x, line.y);
    surface.draw_glyphs(start, &glyphs, face.font.clone(), &line.text, line.size, false);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(parts: &[Part]) -> Vec<u8> {
        super::write(parts, "Overdracht", "nl", ("Handdruk", "Er ontbreken tekens.")).expect("a PDF")
    }

    #[test]
    fn letters_that_the_font_lacks_are_said_to_be_missing_and_stop_no_paper() {
        let parts = [
            Part::Title("Zeynep سلام".into()),
            Part::Paragraph("groep 7 → 8 \u{200b}👍\tgoed".into()),
        ];
        write(&parts);
        let (regular, bold) = (
            Face::new(REGULAR).expect("a font"),
            Face::new(BOLD).expect("a font"),
        );
        let printed = in_print(&parts, "Er ontbreken tekens.", [&regular, &bold]);
        assert!(printed[0] == Part::Title("Zeynep ????".into()));
        assert!(printed[1] == Part::Paragraph("groep 7 ? 8 ? goed".into()));
        assert!(printed[2] == Part::Paragraph("Er ontbreken tekens.".into()));
        assert_eq!(
            in_print(&[Part::Title("Şule".into())], "", [&regular, &bold]).len(),
            1
        );
    }

    #[test]
    fn text_becomes_an_accessible_pdf_with_as_many_pages_as_it_needs() {
        let mut parts = vec![Part::Title("Zeynep Kaya".into())];
        for number in 0..60 {
            parts.push(Part::Heading(format!("Onderdeel {number}")));
            parts.push(Part::Fact("Achternaam".into(), "Şahin-Yıldırım Öğüt, čšž".into()));
            parts.push(Part::Paragraph("Een rustige plek. ".repeat(30)));
        }
        // The validator of the format refuses what is not tagged, titled or readable: see `accessible`.
        let pdf = write(&parts);
        assert!(pdf.starts_with(b"%PDF-"));
        let text = String::from_utf8_lossy(&pdf);
        assert!(text.matches("/Type /Page\n").count() + text.matches("/Type/Page/").count() > 5);
        assert!(write(&parts[..3]).len() < pdf.len());
    }

    #[test]
    fn every_letter_of_turkish_and_of_our_neighbours_names_is_in_the_font() {
        for bytes in [REGULAR, BOLD] {
            let face = Face::new(bytes).expect("a font");
            for c in "ABCabc09 .,:;'’-–()éèêëïöüçñßåøæœłńśźżčďěňřšťůžáíóúýăâîșțğışöüÇĞİŞÖÜάβγЖдю€…•".chars()
            {
                let glyph = face.widths.charmap().map(c).unwrap_or_default();
                assert_ne!(glyph.to_u32(), 0, "{c}");
            }
        }
    }

    #[test]
    fn no_line_is_wider_than_its_room_and_no_letter_is_lost() {
        let face = Face::new(REGULAR).expect("a font");
        let text = format!("kort {} en verder", "x".repeat(400));
        let lines = face.lines(&text, 10.5, 200.0);
        assert!(lines.iter().all(|line| face.width(line, 10.5) <= 200.0));
        assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""));
    }
}
