//! Serving over real sockets: who calls, what is refused and in which words, what an operator sees, how it ends.

mod house;
mod operator;

use std::time::Duration;

use handdruk_domain::reason::{Reason, Refusal};
use handdruk_proto::v1;
use handdruk_proto::v1::clock_service_client::ClockServiceClient;
use handdruk_service::{Entropy, Failure, Limits, Lines, Moving, refusal_of};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tonic::{Code, Request};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::{ServerReflectionRequest, server_reflection_response::MessageResponse};

use crate::house::{House, PROVIDER, SCHOOL};

#[tokio::test]
async fn a_handler_knows_its_caller_by_certificate() {
    let house = House::open(Limits::default()).await;
    let mut client = house.client(SCHOOL);
    client.get_clock(v1::GetClockRequest {}).await.expect("answered");
    client.get_clock(v1::GetClockRequest {}).await.expect("answered");
    house
        .client(PROVIDER)
        .get_clock(v1::GetClockRequest {})
        .await
        .expect("answered");
    let callers: Vec<String> = house.callers().iter().map(ToString::to_string).collect();
    assert_eq!(callers, [SCHOOL, SCHOOL, PROVIDER]);
    house.close().await;
}

#[tokio::test]
async fn a_refusal_crosses_the_wire_with_its_reason() {
    let house = House::open(Limits::default()).await;
    let no_time = house
        .client(SCHOOL)
        .advance_clock(v1::AdvanceClockRequest { to: None })
        .await
        .map(drop);
    let refused = refusal_of(&no_time.expect_err("refused")).expect("a refusal");
    assert_eq!(refused, Refusal::about(Reason::Malformed, "to"));
    house.close().await;
}

#[tokio::test]
async fn whoever_has_its_share_under_way_is_told_when_to_come_back_and_others_are_served() {
    // One caller alone gets a fifth: one call.
    let house = House::open(Limits {
        calls: 5,
        ..Limits::default()
    })
    .await;
    let mut stuck = std::pin::pin!(house.stuck(SCHOOL));
    tokio::select! {
        _ = &mut stuck => panic!("nobody released it"),
        () = house.begun.notified() => {}
    }
    let answer = house.client(SCHOOL).get_clock(v1::GetClockRequest {}).await;
    let status = answer.map(drop).expect_err("too much");
    assert_eq!(status.code(), Code::ResourceExhausted);
    assert!(
        matches!(Failure::of(&status), Failure::Busy { wait } if wait >= Duration::from_millis(50)),
        "{status:?}"
    );
    let stranger = house.send_nowhere(SCHOOL, "/of/their-choosing").await;
    assert_eq!(stranger.expect_err("too much").code(), Code::ResourceExhausted);
    house
        .client(PROVIDER)
        .get_clock(v1::GetClockRequest {})
        .await
        .expect("has its own share");
    house.released.notify_one();
    stuck.await.expect("answered");
    house
        .client(SCHOOL)
        .get_clock(v1::GetClockRequest {})
        .await
        .expect("there is room again");
    let (_, page) = operator::ask(&house, "GET /metrics").await;
    assert!(
        page.contains("calls_turned_away_total{limit=\"calls\"} 2"),
        "{page}"
    );
    assert!(!page.contains("their-choosing"), "no label is a caller's");
    house.close().await;
}

#[tokio::test]
async fn calls_turn_away_from_addresses_that_do_not_answer_and_each_that_is_answered_was_made_once() {
    let house = House::open(Limits::default()).await;
    let addresses = [
        "127.0.0.1:1".to_owned(),
        house.address.to_string(),
        "127.0.0.1:2".to_owned(),
    ]
    .map(|address| format!("https://{address}"));
    let entropy = Entropy::from_os().expect("randomness");
    let lines = Lines::new(&addresses, &house.connector(SCHOOL), &entropy).expect("addresses");
    let mut client = ClockServiceClient::new(Moving::from(lines.clone()));
    let mut failed = 0;
    while let Err(status) = client.get_clock(v1::GetClockRequest {}).await {
        assert_eq!(Failure::of(&status), Failure::Unanswered);
        failed += 1;
        assert!(failed < 3, "two do not answer");
    }
    assert_eq!(addresses[lines.current()], format!("https://{}", house.address));
    client.get_clock(v1::GetClockRequest {}).await.expect("stays");
    assert_eq!(house.callers().len(), 2);
    house.close().await;
}

#[tokio::test]
async fn a_deadline_that_passed_is_called_so() {
    let house = House::open(Limits {
        call_seconds: 1,
        ..Limits::default()
    })
    .await;
    let status = house.stuck(SCHOOL).await.map(drop).expect_err("no answer");
    assert_eq!(status.code(), Code::DeadlineExceeded);
    assert_eq!(Failure::of(&status), Failure::Unanswered);
    house.close().await;
}

#[tokio::test]
async fn what_is_too_large_or_cannot_be_decoded_is_refused_by_name() {
    let house = House::open(Limits::default()).await;
    let large = v1::Statement {
        body: vec![0; house::SMALL_MESSAGE + 1].into(),
        ..Default::default()
    };
    let status = house.send_as_advance(SCHOOL, large).await.expect_err("too large");
    assert_eq!(
        refusal_of(&status),
        Some(Refusal::about(Reason::TooLarge, "message"))
    );
    // Field 1 is a number here and a message there.
    let status = house
        .send_as_advance(
            SCHOOL,
            v1::Statement {
                kind: 1,
                ..Default::default()
            },
        )
        .await;
    assert_eq!(
        refusal_of(&status.expect_err("another type")),
        Some(Refusal::about(Reason::Malformed, "message"))
    );
    house.close().await;
}

#[tokio::test]
async fn health_and_reflection_answer() {
    let house = House::open(Limits::default()).await;
    let mut health = HealthClient::new(house.channel(SCHOOL));
    let check = HealthCheckRequest {
        service: String::new(),
    };
    assert_eq!(
        health.check(check).await.expect("answers").into_inner().status(),
        ServingStatus::Serving
    );

    let ask = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let mut client = ServerReflectionClient::new(house.channel(SCHOOL));
    let mut answers = client
        .server_reflection_info(tokio_stream::once(ask))
        .await
        .expect("answers")
        .into_inner();
    let answer = answers.message().await.expect("a message").expect("not the end");
    let Some(MessageResponse::ListServicesResponse(list)) = answer.message_response else {
        panic!("{answer:?}")
    };
    assert!(
        list.service
            .iter()
            .any(|service| service.name == "handdruk.v1.ClockService")
    );
    house.close().await;
}

#[tokio::test]
async fn asked_to_stop_it_answers_what_it_accepted_and_accepts_no_more() {
    let house = House::open(Limits::default()).await;
    let (address, released, begun) = (house.address, house.released.clone(), house.begun.clone());
    let mut stuck = std::pin::pin!(house.stuck(SCHOOL));
    tokio::select! {
        _ = &mut stuck => panic!("answered already"),
        () = begun.notified() => {}
    }
    house.tasks.stop();
    let closing = async {
        // Nobody listens any more, and yet the call that was accepted goes on.
        while TcpStream::connect(address).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        released.notify_one();
    };
    let (answer, ended, ()) = tokio::join!(stuck, house.ended(), closing);
    answer.expect("answered");
    assert_eq!(ended, Ok(()));
}

#[tokio::test]
async fn who_does_not_finish_the_handshake_is_let_go() {
    let house = House::open(Limits {
        handshake_seconds: 1,
        ..Limits::default()
    })
    .await;
    let mut silent = TcpStream::connect(house.address).await.expect("connects");
    let read = tokio::time::timeout(Duration::from_secs(20), silent.read(&mut [0]))
        .await
        .expect("soon");
    assert!(matches!(read, Ok(0) | Err(_)));
    house.close().await;
}

#[tokio::test]
async fn a_full_house_turns_away_and_a_place_comes_free() {
    let house = House::open(Limits {
        connections: 1,
        ..Limits::default()
    })
    .await;
    let mut first = house.client(SCHOOL);
    first.get_clock(v1::GetClockRequest {}).await.expect("answered");
    let away = house
        .client(PROVIDER)
        .get_clock(v1::GetClockRequest {})
        .await
        .map(drop)
        .expect_err("full");
    assert_eq!(Failure::of(&away), Failure::Unanswered);
    drop(first);
    // The server learns that the first is gone a moment later; the same channel connects again by itself.
    let mut second = house.client(PROVIDER);
    let settled = async {
        while second.get_clock(v1::GetClockRequest {}).await.is_err() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), settled)
        .await
        .expect("a place comes free");
    house.close().await;
}

#[tokio::test]
async fn a_channel_connects_only_to_an_https_address() {
    let house = House::open(Limits::default()).await;
    for wrong in [
        "http://127.0.0.1:1",
        "https://127.0.0.1",
        "127.0.0.1:1",
        "",
        "https://",
    ] {
        assert!(
            handdruk_service::connect(wrong, house.connector(SCHOOL)).is_err(),
            "{wrong}"
        );
    }
    let mut request = Request::new(v1::GetClockRequest {});
    request.set_timeout(Duration::from_secs(20));
    house.client(SCHOOL).get_clock(request).await.expect("answered");
    house.close().await;
}
