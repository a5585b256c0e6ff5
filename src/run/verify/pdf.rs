//! The structure of a PDF, looked at again on the finished file by a reader that shares nothing with what wrote it.
//!
//! It is a check of our own: whether the tags, texts and fonts that PDF/UA-1 asks for are there. It is no
//! certificate; whether a text alternative says enough, only a person can tell.

use lopdf::{Dictionary, Document, Object};

/// What a PDF must keep to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// It is tagged.
    Tagged,
    /// It says that it keeps to PDF/UA-1.
    Declared,
    /// It has a title, and shows it in the place of the file's name.
    Title,
    /// It says in which language it is.
    Language,
    /// It has an outline.
    Outline,
    /// Headings begin with the first level and leave none out.
    Headings,
    /// Each figure has a text alternative.
    Alternatives,
    /// Each table has heads of columns, and each of its rows a head.
    TableHeads,
    /// Each font is embedded.
    Fonts,
    /// Pages are A4 and are read in the order of the tags.
    Pages,
    /// It has the date of the figures, not that of the day on which it was made.
    Date,
}

impl Rule {
    /// All rules.
    pub const ALL: [Self; 11] = [
        Self::Tagged,
        Self::Declared,
        Self::Title,
        Self::Language,
        Self::Outline,
        Self::Headings,
        Self::Alternatives,
        Self::TableHeads,
        Self::Fonts,
        Self::Pages,
        Self::Date,
    ];

    /// The rule in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Tagged => "it is tagged",
            Self::Declared => "it says that it keeps to PDF/UA-1",
            Self::Title => "it has a title and shows it",
            Self::Language => "it says in which language it is",
            Self::Outline => "it has an outline",
            Self::Headings => "headings leave no level out",
            Self::Alternatives => "each figure has a text alternative",
            Self::TableHeads => "each table has heads of columns and of rows",
            Self::Fonts => "each font is embedded",
            Self::Pages => "pages are A4, read in the order of their tags",
            Self::Date => "its date is that of the figures",
        }
    }
}

/// Where each rule is broken. `as_at` is the day of the figures: `2026-09-30`.
///
/// # Errors
/// When it cannot be opened as a PDF, in words.
pub fn look(bytes: &[u8], as_at: &str) -> Result<Vec<(Rule, Vec<String>)>, String> {
    let pdf = Document::load_mem(bytes).map_err(|e| e.to_string())?;
    let catalog = pdf.catalog().map_err(|e| e.to_string())?;
    let looked = Looked { pdf: &pdf, catalog };
    Ok(Rule::ALL.into_iter().map(|rule| (rule, looked.broken(rule, as_at))).collect())
}

struct Looked<'p> {
    pdf: &'p Document,
    catalog: &'p Dictionary,
}

/// An element of the tag tree.
struct Element<'p> {
    tag: String,
    of: &'p Dictionary,
    /// The tags of the elements directly below.
    below: Vec<Element<'p>>,
}

impl<'p> Looked<'p> {
    fn get(&self, of: &'p Dictionary, key: &str) -> Option<&'p Object> {
        of.get_deref(key.as_bytes(), self.pdf).ok()
    }

    fn dictionary(&self, of: &'p Dictionary, key: &str) -> Option<&'p Dictionary> {
        self.get(of, key)?.as_dict().ok()
    }

    fn broken(&self, rule: Rule, as_at: &str) -> Vec<String> {
        let unless = |holds: bool, what: &str| {
            if holds { Vec::new() } else { vec![what.to_owned()] }
        };
        match rule {
            Rule::Tagged => {
                let marked = self.dictionary(self.catalog, "MarkInfo");
                let marked = marked.and_then(|m| self.get(m, "Marked")?.as_bool().ok());
                unless(marked == Some(true) && !self.elements().is_empty(), "there are no tags")
            }
            Rule::Declared => {
                unless(self.metadata().contains("<pdfuaid:part>1<"), "its metadata do not say so")
            }
            Rule::Title => {
                let shows = self.dictionary(self.catalog, "ViewerPreferences");
                let shows = shows.and_then(|v| self.get(v, "DisplayDocTitle")?.as_bool().ok());
                let metadata = self.metadata();
                let title =
                    metadata.split("<dc:title>").nth(1).and_then(|t| t.split("</dc:title>").next());
                // What stands between the tags.
                let words = title.map(|t| {
                    t.split('<').filter_map(|part| part.split('>').nth(1)).collect::<String>()
                });
                let is_there = words.is_some_and(|words| !words.trim().is_empty());
                unless(shows == Some(true) && is_there, "it has none")
            }
            Rule::Language => {
                let language = self.get(self.catalog, "Lang").and_then(|l| l.as_str().ok());
                unless(language.is_some_and(|l| l == b"en-GB"), "it does not say English")
            }
            Rule::Outline => {
                let outline = self.dictionary(self.catalog, "Outlines");
                unless(outline.is_some_and(|o| self.get(o, "First").is_some()), "it has none")
            }
            Rule::Headings => self.headings(),
            Rule::Alternatives => self.each("Figure", &|figure| {
                let alt = self.get(figure.of, "Alt").and_then(|a| a.as_str().ok());
                alt.is_some_and(|words| !words.is_empty())
            }),
            Rule::TableHeads => self.each("Table", &|table| {
                let mut rows = Vec::new();
                table.walk(&mut |element| {
                    if element.tag == "TR" {
                        let heads = element.below.iter().filter(|cell| cell.tag == "TH").count();
                        rows.push((heads, element.below.len()));
                    }
                });
                let columns = rows.first().is_some_and(|(heads, cells)| heads == cells);
                columns && rows.len() > 1 && rows.iter().all(|(heads, _)| *heads > 0)
            }),
            Rule::Fonts => self.fonts_that_are_not_embedded(),
            Rule::Pages => self.pages(),
            Rule::Date => {
                let day = as_at.replace('-', "");
                let info = self.pdf.trailer.get_deref(b"Info", self.pdf).and_then(Object::as_dict);
                let made = info.ok().and_then(|i| self.get(i, "CreationDate")?.as_str().ok());
                let held = made.is_some_and(|d| d.starts_with(format!("D:{day}").as_bytes()));
                unless(held && self.metadata().contains(as_at), "it has another date")
            }
        }
    }

    /// The metadata, as text.
    fn metadata(&self) -> String {
        let stream = self.get(self.catalog, "Metadata").and_then(|m| m.as_stream().ok());
        let bytes = stream.map(|s| s.decompressed_content().unwrap_or_else(|_| s.content.clone()));
        String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned()
    }

    /// The elements at the top of the tag tree.
    fn elements(&self) -> Vec<Element<'p>> {
        let root = self.dictionary(self.catalog, "StructTreeRoot");
        root.map(|root| self.below(root)).unwrap_or_default()
    }

    fn below(&self, of: &'p Dictionary) -> Vec<Element<'p>> {
        let kids = self.get(of, "K");
        let list: Vec<&Object> = match kids {
            Some(Object::Array(items)) => items.iter().collect(),
            Some(one) => vec![one],
            None => Vec::new(),
        };
        let elements = list.into_iter().filter_map(|kid| {
            let (_, kid) = self.pdf.dereference(kid).ok()?;
            let of = kid.as_dict().ok()?;
            // What is no element is a piece of a page.
            let tag = self.get(of, "S")?.as_name().ok()?;
            let tag = String::from_utf8_lossy(tag).into_owned();
            Some(Element { tag, of, below: self.below(of) })
        });
        elements.collect()
    }

    /// The numbers of the elements with a tag that are not as they should be.
    fn each(&self, tag: &str, holds: &dyn Fn(&Element<'p>) -> bool) -> Vec<String> {
        let (mut number, mut wrong) = (0, Vec::new());
        for element in self.elements() {
            element.walk(&mut |element| {
                if element.tag == tag {
                    number += 1;
                    if !holds(element) {
                        wrong.push(format!("{tag} {number}"));
                    }
                }
            });
        }
        wrong
    }

    fn headings(&self) -> Vec<String> {
        let (mut level, mut wrong) = (0, Vec::new());
        for element in self.elements() {
            element.walk(&mut |element| {
                let next = element.tag.strip_prefix('H').and_then(|n| n.parse::<usize>().ok());
                if let Some(next) = next {
                    if next > level + 1 {
                        wrong.push(format!("H{next} after H{level}"));
                    }
                    level = next;
                }
            });
        }
        if level == 0 { vec!["there are none".to_owned()] } else { wrong }
    }

    fn fonts_that_are_not_embedded(&self) -> Vec<String> {
        let is = |of: &Dictionary, key: &str, name: &str| {
            of.get(key.as_bytes()).and_then(Object::as_name).is_ok_and(|n| n == name.as_bytes())
        };
        let fonts = self.pdf.objects.values().filter_map(|object| object.as_dict().ok());
        let fonts: Vec<&Dictionary> = fonts.filter(|of| is(of, "Type", "Font")).collect();
        if fonts.is_empty() {
            return vec!["there are none".to_owned()];
        }
        // A composite font stands on another, and one of drawings holds them itself.
        let own =
            fonts.iter().filter(|of| !is(of, "Subtype", "Type0") && !is(of, "Subtype", "Type3"));
        let bare = own.filter(|of| {
            let descriptor = self.dictionary(of, "FontDescriptor");
            let files = ["FontFile", "FontFile2", "FontFile3"];
            !descriptor.is_some_and(|d| files.iter().any(|file| d.has(file.as_bytes())))
        });
        bare.map(|of| {
            let name = of.get(b"BaseFont").and_then(Object::as_name).unwrap_or_default();
            String::from_utf8_lossy(name).into_owned()
        })
        .collect()
    }

    fn pages(&self) -> Vec<String> {
        let wrong = self.pdf.get_pages().into_iter().filter(|(_, id)| {
            let page = self.pdf.get_dictionary(*id);
            let is_a4 = page.is_ok_and(|page| {
                let order = self.get(page, "Tabs").and_then(|t| t.as_name().ok());
                let size = self.get(page, "MediaBox").and_then(|b| b.as_array().ok());
                let ends: Vec<f32> =
                    size.into_iter().flatten().filter_map(|n| n.as_float().ok()).collect();
                order == Some(b"S")
                    && matches!(ends.as_slice(), [_, _, x, y] if (x - 595.3).abs() < 1.0 && (y - 841.9).abs() < 1.0)
            });
            !is_a4
        });
        wrong.map(|(number, _)| format!("page {number}")).collect()
    }
}

impl Element<'_> {
    fn walk(&self, tell: &mut dyn FnMut(&Self)) {
        tell(self);
        self.below.iter().for_each(|element| element.walk(tell));
    }
}
