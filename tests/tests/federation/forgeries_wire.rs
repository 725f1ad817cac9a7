//! Messages that no honest client sends: too large, broken, or with words that this version does not know. Refused by name
//! before anything is decided.

use handdruk_domain::category::Category;
use handdruk_domain::purpose::Purpose;
use handdruk_domain::reason::Reason;
use handdruk_domain::statement::Statement;
use handdruk_domain::statement::manifest::Manifest;
use handdruk_proto::v1;
use prost::bytes::{Buf, BufMut};
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::codegen::http::uri::PathAndQuery;
use tonic::{Request, Status};

use crate::forger::{COLLEGE, Forger, PROVIDER, SCHOOL};
use crate::paper::Paper;
use crate::town::Town;

/// Sends bytes as they are.
#[derive(Debug, Default, Clone, Copy)]
struct Bytes;

impl Codec for Bytes {
    type Encode = Vec<u8>;
    type Decode = Vec<u8>;
    type Encoder = Self;
    type Decoder = Self;
    fn encoder(&mut self) -> Self {
        *self
    }
    fn decoder(&mut self) -> Self {
        *self
    }
}

impl Encoder for Bytes {
    type Item = Vec<u8>;
    type Error = Status;
    fn encode(&mut self, item: Vec<u8>, to: &mut EncodeBuf<'_>) -> Result<(), Status> {
        to.put_slice(&item);
        Ok(())
    }
}

impl Decoder for Bytes {
    type Item = Vec<u8>;
    type Error = Status;
    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, Status> {
        let mut bytes = vec![0; from.remaining()];
        from.copy_to_slice(&mut bytes);
        Ok(Some(bytes))
    }
}

/// Calls a method of the gateway with any bytes.
async fn call(forger: &Forger, method: &'static str, bytes: Vec<u8>) -> Result<Vec<u8>, Status> {
    let mut client = tonic::client::Grpc::new(forger.channel());
    client.ready().await.expect("a connection");
    let path = PathAndQuery::from_static(method);
    Ok(client.unary(Request::new(bytes), path, Bytes).await?.into_inner())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_oversize_or_malformed_message_is_refused_by_name() {
    let town = Town::of(&[]);
    let mut school = Forger::join(&town.cast.federation, SCHOOL).await;
    Forger::join(&town.cast.federation, COLLEGE).await;
    let watcher = Forger::join(&town.cast.federation, PROVIDER).await;
    let papers = Paper::several(&[Category::Identity, Category::SupportNeeds], &mut school.rng);
    let honest = school.manifest(&COLLEGE, Purpose::TransferReportPrimary, &papers);

    let propose = "/handdruk.v1.ExchangeService/Propose";
    let attempt = call(&school, propose, vec![0xff; 64]);
    watcher
        .is_refused("no protobuf", Reason::Malformed, attempt)
        .await;
    let attempt = call(&school, propose, Vec::new());
    watcher
        .is_refused("an empty message", Reason::Malformed, attempt)
        .await;
    let attempt = call(&school, propose, vec![0x0a; 20_000_000]);
    watcher.is_refused("20 MB", Reason::TooLarge, attempt).await;

    let signed = school.signed(&honest).expect("signed");
    let unknown = v1::Statement {
        kind: 99,
        ..signed.clone()
    };
    let unspecified = v1::Statement {
        kind: 0,
        ..signed.clone()
    };
    let other_kind = v1::Statement {
        kind: v1::StatementKind::Receipt.into(),
        ..signed.clone()
    };
    let unsigned = v1::Statement {
        signatures: Vec::new(),
        ..signed.clone()
    };
    let mut short = signed.clone();
    short.signatures[0].signature = vec![1; 63].into();
    for (what, statement) in [
        ("an unknown kind", unknown),
        ("no kind", unspecified),
        ("another kind", other_kind),
        ("no signature", unsigned),
        ("a short signature", short),
    ] {
        let attempt = school.propose_raw(statement);
        watcher.is_refused(what, Reason::Malformed, attempt).await;
    }
    let large = v1::Statement {
        body: vec![b' '; 256 * 1024 + 1].into(),
        ..signed.clone()
    };
    let attempt = school.propose_raw(large);
    watcher
        .is_refused("a large statement", Reason::TooLarge, attempt)
        .await;

    // Rightly signed, and it says what this version does not know.
    let text = String::from_utf8(signed.body.to_vec()).expect("JSON");
    for (what, from, to) in [
        ("an unknown purpose", "transfer-report-primary", "marketing"),
        ("an unknown category", "\"D11\"", "\"D21\""),
        ("an unknown age band", "0-11", "0-99"),
        ("an unknown transition", "POVO", "POHBO"),
        (
            "a field more",
            "{\"handover\"",
            "{\"nationality\":\"NL\",\"handover\"",
        ),
        ("an OIN of letters", COLLEGE.oin, "0000009900000000abcd"),
        (
            "half a body",
            "\"supervision_order\":false",
            "\"supervision_order\":",
        ),
    ] {
        assert!(text.contains(from), "{what}: {text}");
        let body = text.replacen(from, to, 1).into_bytes();
        let strange = Statement::<Manifest>::sign_bytes(body, &[school.signer(None)]).expect("signs");
        let attempt = school.propose_raw(handdruk_proto::statement(&strange));
        watcher.is_refused(what, Reason::Malformed, attempt).await;
    }

    let mut exchange = school.exchange();
    for id in ["", "42", "018F4E9A-0000-7000-8000-000000000001"] {
        let request = v1::ProposeRequest {
            request_id: id.into(),
            manifest: Some(signed.clone()),
            application: None,
        };
        watcher
            .is_refused("a request id", Reason::Malformed, exchange.propose(request))
            .await;
        let request = v1::GetHandoverRequest {
            handover_id: id.into(),
        };
        watcher
            .is_refused("a handover id", Reason::Malformed, exchange.get_handover(request))
            .await;
    }

    let preview = v1::SealedPreview {
        slot_id: "018f4e9a-0000-4000-8000-000000000001".into(),
        invitation_id: "018f4e9a-0000-4000-8000-000000000002".into(),
        sealed: vec![0; 1024 * 1024 + 1].into(),
    };
    let admitted = school
        .propose(honest)
        .await
        .expect("and an honest one is admitted");
    let request = v1::AddPreviewsRequest {
        request_id: school.request_id(),
        handover_id: admitted.id(),
        previews: vec![preview],
    };
    watcher
        .is_refused(
            "a large preview",
            Reason::TooLarge,
            exchange.add_previews(request),
        )
        .await;
    let request = v1::SubmitRequest {
        request_id: school.request_id(),
        envelope: Some(signed.clone()),
        compartments: vec![vec![0; 1024 * 1024].into(); 5],
    };
    watcher
        .is_refused(
            "5 MiB of compartments",
            Reason::TooLarge,
            exchange.submit(request),
        )
        .await;
    let request = v1::SubmitRequest {
        request_id: school.request_id(),
        envelope: Some(signed),
        compartments: vec![Vec::new().into(); 65],
    };
    watcher
        .is_refused("65 compartments", Reason::TooLarge, exchange.submit(request))
        .await;
}
