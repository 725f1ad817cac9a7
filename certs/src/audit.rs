//! Key bundles of the past, for the offline audit: the authorities that the auditor trusts judge them.

use handdruk_domain::audit::{ChainRefused, ChainValidator};
use handdruk_domain::statement::member::KeyBundle;
use handdruk_domain::statement::{Statement, Verified};

use crate::bundle::verify_past_bundle;
use crate::trust::Trust;

impl ChainValidator for Trust {
    fn validate(
        &self,
        bundle: &Statement<KeyBundle>,
        previous: Option<&Verified<KeyBundle>>,
    ) -> Result<Verified<KeyBundle>, ChainRefused> {
        verify_past_bundle(bundle, self, previous).map_err(|_| ChainRefused)
    }
}
