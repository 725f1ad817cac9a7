use super::*;
use crate::role::{Desk, Role};
use crate::statement::Statement;
use crate::statement::member::CatalogueText;

fn default() -> Catalogue {
    Catalogue::parse(DEFAULT).expect("the default catalogue is sound")
}

#[test]
fn the_default_catalogue_holds_every_purpose() {
    let catalogue = default();
    for purpose in Purpose::ALL {
        assert!(catalogue.rules(*purpose).is_some(), "{purpose}");
    }
}
