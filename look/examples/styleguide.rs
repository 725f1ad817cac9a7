//! Every component on one page, to be looked at while the look is being changed:
//!
//! ```sh
//! cargo run -p handdruk-look --example styleguide -- DIRECTORY
//! ```
//!
//! writes `DIRECTORY/<language>.html` and the assets. Serve the directory with any web server. Its text is an example and
//! reaches no reader, so it stands in the template.

use std::path::PathBuf;
use std::sync::LazyLock;
use std::{env, fs, io};

use askama::Template as _;
use handdruk_look::{Dictionary, Frame, Language, Place, assets};

static DICTIONARY: LazyLock<Dictionary> = LazyLock::new(|| Dictionary::new(&[]));

#[derive(askama::Template)]
#[template(path = "styleguide.html")]
struct Styleguide {
    frame: Frame,
}

fn main() -> io::Result<()> {
    let directory = env::args_os()
        .nth(1)
        .map(PathBuf::from)
        .ok_or_else(|| io::Error::other("name a directory"))?;
    for asset in assets() {
        let file = directory.join(asset.path.trim_start_matches('/'));
        fs::create_dir_all(file.parent().unwrap_or(&directory))?;
        fs::write(file, asset.bytes)?;
    }
    for language in Language::ALL {
        let words = DICTIONARY.words(language);
        let mut frame = Frame::new(words, "Styleguide", format!("/{language}.html"));
        frame.places = [
            ("Overzicht", true),
            ("Wat is er gebeurd", false),
            ("Wie heeft gegevens", false),
        ]
        .map(|(label, current)| Place {
            href: "#".to_owned(),
            label: label.to_owned(),
            current,
        })
        .into();
        frame.without_script = Some("Zonder JavaScript werkt deze pagina niet. Bel de school.".to_owned());
        let page = Styleguide { frame }.render().map_err(io::Error::other)?;
        fs::write(directory.join(format!("{language}.html")), page)?;
    }
    Ok(())
}
