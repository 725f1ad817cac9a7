//! Tests of the OSO importer: the published examples, the rules one by one, and what strangers send.

mod examples;
mod hostile;
mod rules;

use handdruk_domain::clock::Date;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use crate::import::{ImportRefusal, Imported};

/// The day of the tests with dossiers written here.
pub(crate) const TODAY: Date = jiff::civil::date(2027, 2, 1);

pub(super) fn read_on(bytes: &[u8], today: Date) -> Result<Imported, ImportRefusal> {
    super::read(bytes, today, &mut ChaCha8Rng::seed_from_u64(7))
}

pub(super) fn read(dossier: &str) -> Result<Imported, ImportRefusal> {
    read_on(dossier.as_bytes(), TODAY)
}

/// A small dossier that imports, in which a test changes one thing.
pub(crate) const SMALL: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<dossier xmlns="http://www.edustandaard.nl/oso_gegevensset/2019/dossier">
  <metadata>
    <deeldossier>LASLVS</deeldossier>
    <pakketnaam>Proefpakket</pakketnaam>
    <pakketversie>7</pakketversie>
    <datum>2027-01-20</datum>
    <standaardversie>2019.1</standaardversie>
    <validatieversie>2019.1.1</validatieversie>
    <overstap>POVO</overstap>
  </metadata>
  <overdrachtsoort>overstapdossier</overdrachtsoort>
  <inzage>
    <voorlopigdossier>false</voorlopigdossier>
  </inzage>
  <huidigeschool>
    <naam>Basisschool De Proef</naam>
    <brincode>99ZZ</brincode>
    <vestigingscode>00</vestigingscode>
    <aanleverpunt>1</aanleverpunt>
    <leerling>
      <voornaam>Test</voornaam>
      <achternaam>Leerling</achternaam>
      <geboortedatum>2015-05-06</geboortedatum>
      <bsn>999900006</bsn>
      <overstapadvies><advies>42</advies></overstapadvies>
      <schoolloopbaanlijst>
        <schoolloopbaan>
          <schooljaar>2026-2027</schooljaar>
          <groepscode>8a</groepscode>
          <jaargroep>8</jaargroep>
          <brincode>99ZZ</brincode>
          <vestigingscode>00</vestigingscode>
        </schoolloopbaan>
      </schoolloopbaanlijst>
      <verzorger>
        <voornaam>Ouder</voornaam>
        <achternaam>Leerling</achternaam>
        <wettigevertegenwoordiger>true</wettigevertegenwoordiger>
      </verzorger>
    </leerling>
  </huidigeschool>
</dossier>
"#;

/// The small dossier with one text replaced by another.
pub(super) fn small(from: &str, to: &str) -> String {
    assert!(
        SMALL.contains(from),
        "the test changes something that is there: {from}"
    );
    SMALL.replacen(from, to, 1)
}

/// The line of the small dossier on which a text first stands.
pub(super) fn line_of(text: &str) -> u32 {
    let before = SMALL.split(text).next().unwrap();
    u32::try_from(before.matches('\n').count() + 1).unwrap()
}
