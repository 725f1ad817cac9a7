//! Gathers a page's script modules into a few files, so that a browser on a slow line asks for two and not for fifty.
//!
//! For build scripts. Invariant: what runs is what stands in the sources. Every module keeps a scope of its own, runs once, in the
//! order in which a browser would run it; nothing is renamed, and only comments and indentation are left out. It takes the
//! plain part of the module syntax that we write, and stops the build at anything else, at a module that is not there, and at
//! modules that import each other in a circle.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::lexicon::Flaw;

/// Modules by path (`pages/main.js`), with their text. All of them lie one folder deep, and so does what they import.
pub type Modules = BTreeMap<String, String>;

/// One file to make: the entries' modules and all that they import, without what an earlier file has already.
#[derive(Debug, Clone, Copy)]
pub struct Bundle<'a> {
    /// Its name, such as `first.js`.
    pub name: &'a str,
    /// What must be in it. The last one runs last.
    pub entries: &'a [&'a str],
}

/// A file that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundled {
    /// Where it stands among the script: `bundle/first.js`.
    pub path: String,
    /// Its text: a module that exports `modules`, by path.
    pub text: String,
    /// The paths of the modules in it, in the order in which they run.
    pub modules: Vec<String>,
}

/// Makes files out of modules, the first one first. What no file needs is in none.
pub fn bundle(modules: &Modules, wanted: &[Bundle<'_>]) -> Result<Vec<Bundled>, Flaw> {
    let parsed = modules
        .iter()
        .map(|(path, text)| Ok((path.as_str(), Module::parse(path, text)?)))
        .collect::<Result<BTreeMap<_, _>, Flaw>>()?;
    let mut home: BTreeMap<&str, usize> = BTreeMap::new();
    let mut orders = Vec::new();
    for (number, file) in wanted.iter().enumerate() {
        let mut order = Vec::new();
        for entry in file.entries {
            arrange(entry, &parsed, &home, &mut order, &mut Vec::new())?;
        }
        for path in &order {
            home.insert(path, number);
        }
        orders.push(order);
    }
    wanted
        .iter()
        .zip(&orders)
        .enumerate()
        .map(|(number, (file, order))| {
            Ok(Bundled {
                path: format!("bundle/{}", file.name),
                text: write(number, order, &parsed, &home, wanted)?,
                modules: order.iter().map(|path| (*path).to_owned()).collect(),
            })
        })
        .collect()
}

/// A static import: where from, and how its names are taken (`{ a, b: c }`, or a name for all of them).
#[derive(Debug)]
struct Import {
    from: String,
    taken: Option<String>,
}

#[derive(Debug)]
struct Module {
    imports: Vec<Import>,
    exports: Vec<String>,
    body: String,
}

impl Module {
    fn parse(path: &str, text: &str) -> Result<Self, Flaw> {
        let mut module = Self {
            imports: Vec::new(),
            exports: Vec::new(),
            body: String::new(),
        };
        let (mut in_comment, mut in_template) = (false, false);
        let mut importing = String::new();
        for line in text.lines() {
            let mut code = if in_template { line } else { line.trim() };
            if in_comment || (!in_template && code.starts_with("/*")) {
                let Some(end) = code.find("*/") else {
                    in_comment = true;
                    continue;
                };
                in_comment = false;
                code = code[end + 2..].trim();
            }
            if !in_template && (code.is_empty() || code.starts_with("//")) {
                continue;
            }
            if code.matches('`').count() % 2 == 1 {
                in_template = !in_template;
            }
            if !importing.is_empty() || line.starts_with("import ") {
                importing.push_str(code);
                importing.push(' ');
                if code.ends_with(';') {
                    module.imports.push(imported(path, importing.trim())?);
                    importing.clear();
                }
                continue;
            }
            if let Some(declared) = line.strip_prefix("export ") {
                module.exports.push(exported(path, declared)?);
                code = declared.trim_end();
            }
            module.body.push_str(code);
            module.body.push('\n');
        }
        Ok(module)
    }
}

/// Reads `import { a, b as c } from "./x.js";`, `import * as all from "./x.js";` or `import "./x.js";`.
fn imported(path: &str, statement: &str) -> Result<Import, Flaw> {
    let wrong = || Flaw::new(format!("{path}: cannot be gathered: {statement}"));
    let rest = statement
        .strip_prefix("import ")
        .and_then(|rest| rest.strip_suffix(';'))
        .ok_or_else(wrong)?;
    let (names, from) = match rest.rsplit_once(" from ") {
        Some((names, from)) => (Some(names.trim()), from),
        None => (None, rest),
    };
    let from = from
        .strip_prefix('"')
        .and_then(|from| from.strip_suffix('"'))
        .and_then(|from| resolve(path, from))
        .ok_or_else(wrong)?;
    let taken = match names {
        None => None,
        Some(names) => Some(match names.strip_prefix("* as ") {
            Some(all) => all.to_owned(),
            None if names.starts_with('{') && names.ends_with('}') => names.replace(" as ", ": "),
            None => return Err(wrong()),
        }),
    };
    Ok(Import { from, taken })
}

/// The name that a declaration exports: a function, class or constant.
fn exported(path: &str, declared: &str) -> Result<String, Flaw> {
    let rest = declared.strip_prefix("async ").unwrap_or(declared);
    ["function ", "class ", "const "]
        .iter()
        .find_map(|kind| rest.strip_prefix(kind))
        .map(|rest| {
            rest.chars()
                .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                .collect::<String>()
        })
        .filter(|name| !name.is_empty())
        .ok_or_else(|| Flaw::new(format!("{path}: cannot be gathered: export {declared}")))
}

/// Where `./x.js` or `../lib/x.js` in the module at `path` leads.
fn resolve(path: &str, from: &str) -> Option<String> {
    let (folder, _) = path.split_once('/')?;
    let resolved = match from.strip_prefix("../") {
        Some(rest) => rest.to_owned(),
        None => format!("{folder}/{}", from.strip_prefix("./")?),
    };
    (resolved.matches('/').count() == 1 && !resolved.contains("..")).then_some(resolved)
}

/// Puts a module behind everything that it imports.
fn arrange<'a>(
    path: &str,
    parsed: &BTreeMap<&'a str, Module>,
    home: &BTreeMap<&'a str, usize>,
    order: &mut Vec<&'a str>,
    above: &mut Vec<String>,
) -> Result<(), Flaw> {
    let (&path, module) = parsed
        .get_key_value(path)
        .ok_or_else(|| Flaw::new(format!("{path} is imported and is not there")))?;
    if order.contains(&path) || home.contains_key(path) {
        return Ok(());
    }
    if above.iter().any(|one| one == path) {
        return Err(Flaw::new(format!("{path} imports itself by a detour")));
    }
    above.push(path.to_owned());
    for import in &module.imports {
        arrange(&import.from, parsed, home, order, above)?;
    }
    above.pop();
    order.push(path);
    Ok(())
}

fn write(
    number: usize,
    order: &[&str],
    parsed: &BTreeMap<&str, Module>,
    home: &BTreeMap<&str, usize>,
    wanted: &[Bundle<'_>],
) -> Result<String, Flaw> {
    let mut bodies = String::new();
    let mut elsewhere: BTreeSet<&str> = BTreeSet::new();
    for path in order {
        let module = &parsed[path];
        let mut taken = String::new();
        for import in &module.imports {
            if let Some((from, _)) = home
                .get_key_value(import.from.as_str())
                .filter(|(_, at)| **at != number)
            {
                elsewhere.insert(from);
            }
            if let Some(names) = &import.taken {
                say(
                    &mut taken,
                    format_args!("const {names} = {};", name(&import.from)),
                );
            }
        }
        let body = at_run_time(path, &module.body, number, home, wanted, &mut elsewhere)?;
        say(
            &mut bodies,
            format_args!(
                "const {} = (() => {{\n{taken}{body}return {{ {} }};\n}})();",
                name(path),
                module.exports.join(", ")
            ),
        );
    }
    let mut text = String::new();
    for (earlier, file) in wanted.iter().enumerate() {
        let from_there: Vec<_> = elsewhere.iter().filter(|path| home[**path] == earlier).collect();
        if from_there.is_empty() {
            continue;
        }
        say(
            &mut text,
            format_args!("import {{ modules as $from{earlier} }} from \"./{}\";", file.name),
        );
        for path in from_there {
            say(
                &mut text,
                format_args!("const {} = $from{earlier}[\"{path}\"];", name(path)),
            );
        }
    }
    text.push_str(&bodies);
    let all: Vec<String> = order
        .iter()
        .map(|path| format!("\"{path}\": {}", name(path)))
        .collect();
    say(
        &mut text,
        format_args!("export const modules = {{ {} }};", all.join(", ")),
    );
    Ok(text)
}

fn say(text: &mut String, line: core::fmt::Arguments<'_>) {
    writeln!(text, "{line}").expect("a string takes everything");
}

/// Leads `import("./x.js")` to where that module is now.
fn at_run_time<'a>(
    path: &str,
    body: &str,
    number: usize,
    home: &BTreeMap<&'a str, usize>,
    wanted: &[Bundle<'_>],
    elsewhere: &mut BTreeSet<&'a str>,
) -> Result<String, Flaw> {
    let mut out = String::with_capacity(body.len());
    let mut rest = body;
    while let Some((before, after)) = rest.split_once("import(") {
        let wrong = || {
            Flaw::new(format!(
                "{path}: cannot be gathered: an import of what is not written out"
            ))
        };
        let (from, after) = after
            .strip_prefix('"')
            .and_then(|after| after.split_once("\")"))
            .ok_or_else(wrong)?;
        let target = resolve(path, from).ok_or_else(wrong)?;
        out.push_str(before);
        match home.get_key_value(target.as_str()) {
            Some((_, at)) if *at == number => write!(out, "Promise.resolve({})", name(&target)),
            Some((there, at)) if *at < number => {
                elsewhere.insert(there);
                write!(out, "Promise.resolve({})", name(&target))
            }
            Some((there, at)) => {
                let file = wanted[*at].name;
                write!(
                    out,
                    "import(\"./{file}\").then(({{ modules }}) => modules[\"{there}\"])"
                )
            }
            None => write!(out, "import(\"../{target}\")"),
        }
        .expect("a string takes everything");
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

/// What a module is called inside a file.
fn name(path: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    format!("${}", path.chars().map(plain).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn modules(files: &[(&str, &str)]) -> Modules {
        files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
            .collect()
    }

    const FIRST: Bundle<'static> = Bundle {
        name: "first.js",
        entries: &["pages/main.js"],
    };
    const INSIDE: Bundle<'static> = Bundle {
        name: "inside.js",
        entries: &["pages/late.js"],
    };

    fn example() -> Modules {
        modules(&[
            (
                "pages/main.js",
                "// Why.\nimport { one as uno } from \"../lib/one.js\";\n\nfetch(`${uno}`);\nimport(\"./late.js\").then(({ late }) => late());\n",
            ),
            (
                "lib/one.js",
                "/**\n * A number.\n */\nexport const one = 1;\n/** @type {number} */ export_me();\nfunction export_me() {}\n",
            ),
            (
                "pages/late.js",
                "import { one } from \"../lib/one.js\";\nimport {\n  two,\n} from \"../lib/two.js\";\nexport async function late() {\n  await import(\"../vendor/big.js\");\n  return `\n  // kept ${one}${two}\n`;\n}\n",
            ),
            ("lib/two.js", "export const two = 2;\n"),
            ("lib/unused.js", "export const never = 0;\n"),
        ])
    }

    #[test]
    fn each_module_is_in_one_file_behind_what_it_imports() {
        let files = bundle(&example(), &[FIRST, INSIDE]).expect("gathers");
        assert_eq!(files[0].path, "bundle/first.js");
        assert_eq!(files[0].modules, ["lib/one.js", "pages/main.js"]);
        assert_eq!(files[1].modules, ["lib/two.js", "pages/late.js"]);
        assert_eq!(
            files[0].text,
            "const $lib_one_js = (() => {\nconst one = 1;\nexport_me();\nfunction export_me() {}\nreturn { one };\n})();\n\
             const $pages_main_js = (() => {\nconst { one: uno } = $lib_one_js;\nfetch(`${uno}`);\n\
             import(\"./inside.js\").then(({ modules }) => modules[\"pages/late.js\"]).then(({ late }) => late());\nreturn {  };\n})();\n\
             export const modules = { \"lib/one.js\": $lib_one_js, \"pages/main.js\": $pages_main_js };\n"
        );
        assert_eq!(
            files[1].text,
            "import { modules as $from0 } from \"./first.js\";\nconst $lib_one_js = $from0[\"lib/one.js\"];\n\
             const $lib_two_js = (() => {\nconst two = 2;\nreturn { two };\n})();\n\
             const $pages_late_js = (() => {\nconst { one } = $lib_one_js;\nconst { two, } = $lib_two_js;\n\
             async function late() {\nawait import(\"../vendor/big.js\");\nreturn `\n  // kept ${one}${two}\n`;\n}\nreturn { late };\n})();\n\
             export const modules = { \"lib/two.js\": $lib_two_js, \"pages/late.js\": $pages_late_js };\n"
        );
    }

    #[test]
    fn what_cannot_be_gathered_stops_the_build() {
        for (path, text) in [
            ("pages/main.js", "import main from \"./main.js\";\n"),
            (
                "pages/main.js",
                "import { a } from \"https://else.example/a.js\";\n",
            ),
            ("pages/main.js", "import { a } from \"./absent.js\";\n"),
            ("pages/main.js", "import { a } from \"./main.js\";\n"),
            ("pages/main.js", "export let changing = 1;\n"),
            ("pages/main.js", "export { a } from \"./b.js\";\n"),
            ("pages/main.js", "export default 1;\n"),
            ("pages/main.js", "const where = 1;\nimport(where);\n"),
        ] {
            assert!(bundle(&modules(&[(path, text)]), &[FIRST]).is_err(), "{text}");
        }
    }
}
