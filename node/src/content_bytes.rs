//! A handover's content at rest: the salted documents of each category, exactly as they are previewed and sealed.

use std::collections::BTreeMap;

use handdruk_content::commitment::CategoryContent;
use handdruk_domain::category::Category;
use zeroize::Zeroizing;

/// Writes the documents.
pub(crate) fn write(contents: &BTreeMap<Category, CategoryContent>) -> Zeroizing<Vec<u8>> {
    let documents: Vec<Zeroizing<String>> = contents
        .values()
        .map(|content| Zeroizing::new(String::from_utf8(content.to_bytes()).expect("JSON is UTF-8")))
        .collect();
    let texts: Vec<&str> = documents.iter().map(|document| document.as_str()).collect();
    Zeroizing::new(serde_json::to_vec(&texts).expect("texts always serialise"))
}

/// Reads the documents. `None` if they are not what [`write`] wrote.
pub(crate) fn read(bytes: &[u8]) -> Option<BTreeMap<Category, CategoryContent>> {
    let texts: Vec<String> = serde_json::from_slice(bytes).ok()?;
    texts
        .iter()
        .map(|text| {
            CategoryContent::parse(text.as_bytes())
                .ok()
                .map(|content| (content.category(), content))
        })
        .collect()
}
