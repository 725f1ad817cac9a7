//! Reading the XML as a stream into the part of it that may be kept.
//!
//! Invariant: nothing enters the tree that the layout does not name at that place, and nothing that it marks as never
//! kept. No entity is ever expanded, no external thing ever read, and size, depth and number of elements are bounded
//! before anything is allocated for them.

use handdruk_domain::clock::Date;
use quick_xml::NsReader;
use quick_xml::XmlVersion;
use quick_xml::errors::Error as XmlError;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};

use super::element::{Element, Value};
use super::layout::{Occurs, Rule, Shape};
use crate::import::dropped::{DropReason, Tally};
use crate::import::refusal::{At, ImportRefusal};

/// The namespace of OSO 2019.1.
pub(super) const NAMESPACE: &str = "http://www.edustandaard.nl/oso_gegevensset/2019/dossier";
/// Elements may not be nested deeper. OSO's own layout reaches 12.
pub(super) const MAX_DEPTH: usize = 24;
/// A file may not hold more elements. The largest published example has about 1,600.
pub(super) const MAX_ELEMENTS: usize = 100_000;
/// An element may not have more attributes.
const MAX_ATTRIBUTES: usize = 16;

/// An element whose end tag has not come yet.
struct Open {
    rule: &'static Rule,
    at: At,
    text: String,
    children: Vec<Element>,
    skipped: Vec<&'static str>,
}

/// Reads a document whose root is `root`.
pub(super) fn read(source: &str, root: &'static Rule, tally: &mut Tally) -> Result<Element, ImportRefusal> {
    Source::new(source, tally).document(root)
}

struct Source<'a> {
    reader: NsReader<&'a [u8]>,
    text: &'a str,
    tally: &'a mut Tally,
    elements: usize,
    line: u32,
    counted_to: usize,
    stack: Vec<Open>,
}

impl<'a> Source<'a> {
    fn new(text: &'a str, tally: &'a mut Tally) -> Self {
        let mut reader = NsReader::from_str(text);
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.check_comments = true;
        Self {
            reader,
            text,
            tally,
            elements: 0,
            line: 1,
            counted_to: 0,
            stack: Vec::new(),
        }
    }

    fn document(mut self, root: &'static Rule) -> Result<Element, ImportRefusal> {
        if self
            .text
            .bytes()
            .any(|byte| byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r'))
        {
            return Err(self.not_well_formed("a control character"));
        }
        let mut done = None;
        loop {
            let start = self.position();
            let (ours, event) = self.next(start)?;
            match event {
                Event::Start(tag) if done.is_some() => {
                    drop(tag);
                    return Err(self.not_well_formed("a second root element"));
                }
                Event::Start(tag) => self.open(&tag, &ours, root, start)?,
                Event::End(_) => {
                    let Some(open) = self.stack.pop() else {
                        return Err(self.not_well_formed("an end tag without a start"));
                    };
                    let element = self.close(open)?;
                    match self.stack.last_mut() {
                        Some(parent) => parent.children.push(element),
                        None => done = Some(element),
                    }
                }
                Event::Text(text) => self.text(&text.xml_content(XmlVersion::Explicit1_0))?,
                Event::CData(text) => self.text(&text.xml_content(XmlVersion::Explicit1_0))?,
                Event::GeneralRef(reference) => {
                    let character = self.resolve(&reference)?;
                    self.text(character.encode_utf8(&mut [0; 4]))?;
                }
                Event::Eof if !self.stack.is_empty() => {
                    return Err(self.not_well_formed("the file ends too early"));
                }
                Event::Eof => return done.ok_or(ImportRefusal::WrongRoot),
                Event::DocType(_) => return Err(ImportRefusal::Doctype { at: self.here() }),
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) | Event::Empty(_) => {}
            }
        }
    }

    /// The next event, and whether its element is in OSO's namespace.
    fn next(&mut self, start: usize) -> Result<(Belonging, Event<'a>), ImportRefusal> {
        match self.reader.read_resolved_event() {
            Ok((namespace, event)) => Ok((Belonging::of(&namespace), event)),
            Err(error) => {
                self.count_lines(start);
                Err(self.not_well_formed(fault(&error)))
            }
        }
    }

    fn position(&self) -> usize {
        usize::try_from(self.reader.buffer_position())
            .unwrap_or(self.text.len())
            .min(self.text.len())
    }

    /// Counts lines up to a byte position; positions only grow, so that the whole file is counted once.
    fn count_lines(&mut self, to: usize) {
        let passed = self.text.as_bytes().get(self.counted_to..to).unwrap_or_default();
        let newlines = passed.split(|&byte| byte == b'\n').count() - 1;
        self.line = self
            .line
            .saturating_add(u32::try_from(newlines).unwrap_or(u32::MAX));
        self.counted_to = to.max(self.counted_to);
    }

    /// The innermost open element, on the present line.
    fn here(&self) -> At {
        At::line(
            self.stack
                .last()
                .map_or("the start of the file", |open| open.at.path.as_str()),
            self.line,
        )
    }

    fn not_well_formed(&self, fault: &'static str) -> ImportRefusal {
        ImportRefusal::NotWellFormed {
            at: self.here(),
            fault,
        }
    }

    fn count_element(&mut self, depth: usize) -> Result<(), ImportRefusal> {
        self.elements += 1;
        if self.elements > MAX_ELEMENTS {
            return Err(ImportRefusal::TooManyElements {
                at: self.here(),
                limit: MAX_ELEMENTS,
            });
        }
        if depth >= MAX_DEPTH {
            return Err(ImportRefusal::TooDeep {
                at: self.here(),
                limit: MAX_DEPTH,
            });
        }
        Ok(())
    }

    fn open(
        &mut self,
        tag: &BytesStart<'_>,
        belonging: &Belonging,
        root: &'static Rule,
        start: usize,
    ) -> Result<(), ImportRefusal> {
        self.count_lines(start);
        self.count_element(self.stack.len())?;
        let name = tag.local_name();
        let (rule, at) = match self.stack.last() {
            None if name.as_ref() == root.name => (root, At::line(root.name, self.line)),
            None => return Err(belonging.refusal(self.here()).unwrap_or(ImportRefusal::WrongRoot)),
            Some(parent) => {
                let within = At::line(parent.at.path.clone(), self.line);
                if let Some(refusal) = belonging.refusal(within.clone()) {
                    return Err(refusal);
                }
                let Shape::Block(children) = parent.rule.shape else {
                    return Err(ImportRefusal::UnexpectedElement { within });
                };
                let Some(rule) = children.iter().find(|rule| rule.name == name.as_ref()) else {
                    return Err(ImportRefusal::UnexpectedElement { within });
                };
                let at = within.child(rule.name);
                let again = || {
                    parent
                        .children
                        .iter()
                        .any(|child| core::ptr::eq(child.rule, rule))
                };
                if rule.occurs != Occurs::Many && again() {
                    return Err(ImportRefusal::Repeated { at });
                }
                (rule, at)
            }
        };
        if let Some(refusal) = belonging.refusal(at.clone()) {
            return Err(refusal);
        }
        self.check_attributes(tag, &at)?;
        if let Shape::Never(reason) = rule.shape {
            return self.skip(rule.name, at, reason, start);
        }
        self.stack.push(Open {
            rule,
            at,
            text: String::new(),
            children: Vec::new(),
            skipped: Vec::new(),
        });
        Ok(())
    }

    /// Only namespaces and the description beside a code, which is dropped with it.
    fn check_attributes(&self, tag: &BytesStart<'_>, at: &At) -> Result<(), ImportRefusal> {
        for (index, attribute) in tag.attributes().enumerate() {
            // The parser compares each with all before it, so that many of them would take long.
            if index >= MAX_ATTRIBUTES {
                return Err(ImportRefusal::UnexpectedAttribute { at: at.clone() });
            }
            let Ok(attribute) = attribute else {
                return Err(self.not_well_formed("a broken attribute"));
            };
            let key = attribute.key.as_ref();
            if key != "xmlns"
                && key != "omschrijving"
                && !key.starts_with("xmlns:")
                && !key.starts_with("xsi:")
            {
                return Err(ImportRefusal::UnexpectedAttribute { at: at.clone() });
            }
        }
        Ok(())
    }

    /// Passes over an element that is never kept, counting the filled fields in it.
    fn skip(
        &mut self,
        name: &'static str,
        at: At,
        reason: DropReason,
        start: usize,
    ) -> Result<(), ImportRefusal> {
        // Per open element: whether it has children, and whether it has text.
        let mut open = vec![(false, false)];
        let mut fields = 0;
        while let Some(&(has_children, has_text)) = open.last() {
            let position = self.position();
            let (_, event) = self.next(position)?;
            match event {
                Event::Start(_) => {
                    if let Some(top) = open.last_mut() {
                        top.0 = true;
                    }
                    self.count_element(self.stack.len() + open.len())?;
                    open.push((false, false));
                }
                Event::End(_) => {
                    fields += usize::from(has_text && !has_children);
                    open.pop();
                }
                Event::Text(text) => {
                    let filled = !text.trim_ascii().is_empty();
                    if let Some(top) = open.last_mut() {
                        top.1 |= filled;
                    }
                }
                Event::CData(_) => {
                    if let Some(top) = open.last_mut() {
                        top.1 = true;
                    }
                }
                Event::GeneralRef(reference) => {
                    self.resolve(&reference)?;
                    if let Some(top) = open.last_mut() {
                        top.1 = true;
                    }
                }
                Event::DocType(_) => return Err(ImportRefusal::Doctype { at }),
                Event::Eof => return Err(self.not_well_formed("the file ends too early")),
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) | Event::Empty(_) => {}
            }
        }
        if reason == DropReason::Attachment {
            self.tally.attachment_bytes += self.position() - start;
        }
        if fields > 0 {
            self.tally.fields += fields;
            self.tally.drop(at.path, reason, fields);
            if let Some(parent) = self.stack.last_mut() {
                parent.skipped.push(name);
            }
        }
        Ok(())
    }

    /// One of XML's own entities or a character reference, as the character it stands for.
    fn resolve(&self, reference: &BytesRef<'_>) -> Result<char, ImportRefusal> {
        match reference.resolve_char_ref() {
            Ok(Some(c)) if c >= ' ' || matches!(c, '\t' | '\n' | '\r') => return Ok(c),
            Ok(Some(_)) | Err(_) => return Err(self.not_well_formed("a reference to no character")),
            Ok(None) => {}
        }
        match reference.as_ref() {
            "lt" => Ok('<'),
            "gt" => Ok('>'),
            "amp" => Ok('&'),
            "quot" => Ok('"'),
            "apos" => Ok('\''),
            _ => Err(ImportRefusal::Entity { at: self.here() }),
        }
    }

    fn text(&mut self, text: &str) -> Result<(), ImportRefusal> {
        let Some(open) = self.stack.last_mut() else {
            let blank = text.trim_matches('\u{feff}').trim_ascii().is_empty();
            return if blank {
                Ok(())
            } else {
                Err(self.not_well_formed("text outside the dossier"))
            };
        };
        let max = match open.rule.shape {
            Shape::Text(max) => max,
            // Long enough for white space around a date, a flag or a number.
            Shape::Date | Shape::Flag | Shape::Count => 100,
            Shape::Block(_) | Shape::Never(_) if text.trim_ascii().is_empty() => return Ok(()),
            Shape::Block(_) | Shape::Never(_) => return Err(self.not_well_formed("text between elements")),
        };
        if text.is_empty() {
            return Ok(());
        }
        open.text.push_str(text);
        // White space around the text is cut off later; the bound keeps a text of any length out of memory.
        if open.text.len() > 4 * max + 1000 || open.text.trim().chars().count() > max {
            return Err(ImportRefusal::TextTooLong {
                at: open.at.clone(),
                max,
            });
        }
        Ok(())
    }

    fn close(&mut self, open: Open) -> Result<Element, ImportRefusal> {
        let Open {
            rule,
            at,
            text,
            children,
            skipped,
        } = open;
        if let Shape::Block(rules) = rule.shape {
            let absent = rules.iter().find(|wanted| {
                wanted.occurs == Occurs::Once
                    && !children.iter().any(|child| core::ptr::eq(child.rule, *wanted))
            });
            if let Some(wanted) = absent {
                return Err(ImportRefusal::Missing {
                    at: at.child(wanted.name),
                });
            }
        }
        let value = value(rule.shape, text.trim(), &at)?;
        let held = !matches!(value, Value::None);
        self.tally.fields += usize::from(held);
        let filled = held || !skipped.is_empty() || children.iter().any(|child| child.filled);
        Ok(Element {
            rule,
            at,
            value,
            children,
            skipped,
            filled,
        })
    }
}

fn value(shape: Shape, text: &str, at: &At) -> Result<Value, ImportRefusal> {
    let invalid = |form| ImportRefusal::Invalid { at: at.clone(), form };
    match shape {
        Shape::Block(_) | Shape::Never(_) => Ok(Value::None),
        Shape::Text(_) if text.is_empty() => Ok(Value::None),
        Shape::Text(_) => Ok(Value::Text(text.to_owned())),
        Shape::Date => date(text)
            .map(Value::Date)
            .ok_or(invalid("a date that exists, written YYYY-MM-DD")),
        Shape::Flag => match text {
            "true" | "1" => Ok(Value::Flag(true)),
            "false" | "0" => Ok(Value::Flag(false)),
            _ => Err(invalid("true or false")),
        },
        Shape::Count if text.len() <= 6 && text.bytes().all(|byte| byte.is_ascii_digit()) => text
            .parse()
            .map(Value::Count)
            .map_err(|_| invalid("a whole number")),
        Shape::Count => Err(invalid("a whole number")),
    }
}

/// A date of XML Schema: four digits for the year, and a time zone that says nothing about a calendar day.
fn date(text: &str) -> Option<Date> {
    let (day, zone) = text.split_at_checked(10)?;
    let shape = |pattern: &str, text: &str| {
        text.len() == pattern.len()
            && text
                .bytes()
                .zip(pattern.bytes())
                .all(|(byte, wanted)| match wanted {
                    b'0' => byte.is_ascii_digit(),
                    b'+' => matches!(byte, b'+' | b'-'),
                    _ => byte == wanted,
                })
    };
    let formed = shape("0000-00-00", day) && (zone.is_empty() || zone == "Z" || shape("+00:00", zone));
    if !formed {
        return None;
    }
    let date: Date = day.parse().ok()?;
    (1900..=2100).contains(&date.year()).then_some(date)
}

/// Whether an element's namespace is that of OSO 2019.1.
#[derive(Clone)]
enum Belonging {
    Oso,
    /// The same vocabulary of another year.
    OtherYear(String),
    Stranger,
}

impl Belonging {
    fn of(namespace: &ResolveResult<'_>) -> Self {
        let ResolveResult::Bound(Namespace(name)) = namespace else {
            return Self::Stranger;
        };
        if *name == NAMESPACE {
            return Self::Oso;
        }
        let year = name.strip_prefix("http://www.edustandaard.nl/oso_gegevensset/");
        match year.and_then(|rest| rest.strip_suffix("/dossier")) {
            Some(year) if year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit()) => {
                Self::OtherYear(year.to_owned())
            }
            _ => Self::Stranger,
        }
    }

    fn refusal(&self, at: At) -> Option<ImportRefusal> {
        match self {
            Self::Oso => None,
            Self::OtherYear(year) => Some(ImportRefusal::WrongVersion {
                at,
                found: year.clone(),
            }),
            Self::Stranger => Some(ImportRefusal::WrongNamespace {
                at,
                namespace: NAMESPACE,
            }),
        }
    }
}

/// What is wrong, in words of our own: the parser's message can hold text of the file.
fn fault(error: &XmlError) -> &'static str {
    match error {
        XmlError::Syntax(_) => "a tag, comment or declaration that does not end",
        XmlError::IllFormed(_) => "tags that do not match",
        XmlError::InvalidAttr(_) => "a broken attribute",
        XmlError::Escape(_) => "a broken reference",
        XmlError::Namespace(_) => "a broken namespace",
        XmlError::Encoding(_) | XmlError::Io(_) => "unreadable bytes",
    }
}
