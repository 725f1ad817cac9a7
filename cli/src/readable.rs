//! JSON content as lines that a person can read.

use serde_json::Value;

/// Prints a value, indented by depth.
pub(crate) fn print(value: &Value) {
    for line in lines(value, 0) {
        println!("{line}");
    }
}

fn lines(value: &Value, depth: usize) -> Vec<String> {
    let indent = "  ".repeat(depth);
    match value {
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(name, field)| match field {
                Value::Object(_) | Value::Array(_) => {
                    let mut all = vec![format!("{indent}{}:", name.replace('_', " "))];
                    all.extend(lines(field, depth + 1));
                    all
                }
                plain => vec![format!("{indent}{}: {}", name.replace('_', " "), text(plain))],
            })
            .collect(),
        Value::Array(items) => items
            .iter()
            .flat_map(|item| match item {
                Value::Object(_) => {
                    let mut all = lines(item, depth + 1);
                    if let Some(first) = all.first_mut() {
                        *first = format!("{indent}- {}", first.trim_start());
                    }
                    all
                }
                plain => vec![format!("{indent}- {}", text(plain))],
            })
            .collect(),
        plain => vec![format!("{indent}{}", text(plain))],
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    #[test]
    fn content_reads_as_lines() {
        let value = serde_json::json!({ "support_needs": { "needs": ["rust"] }, "name": "x" });
        assert_eq!(
            super::lines(&value, 0),
            ["name: x", "support needs:", "  needs:", "    - rust"]
        );
    }
}
