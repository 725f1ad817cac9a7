//! What an operator's tools see over plain HTTP.

use handdruk_proto::v1;
use handdruk_service::{Lifecycle, Limits, ServeError, serve_operator};
use prometheus_client::registry::Registry;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::house::{House, SCHOOL};

pub(crate) async fn ask(house: &House, line: &str) -> (u16, String) {
    let mut tcp = TcpStream::connect(house.operator).await.expect("connects");
    tcp.write_all(format!("{line} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes())
        .await
        .expect("writes");
    let mut answer = String::new();
    tcp.read_to_string(&mut answer).await.expect("reads");
    let status = answer
        .split(' ')
        .nth(1)
        .and_then(|code| code.parse().ok())
        .expect("a status");
    let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
    (status, body.to_owned())
}

#[tokio::test]
async fn a_probe_hears_whether_traffic_should_come() {
    let house = House::open(Limits::default()).await;
    assert_eq!(ask(&house, "GET /livez").await, (200, "ok\n".into()));
    assert_eq!(
        ask(&house, "GET /readyz").await,
        (200, "store ok\nrunning ok\n".into())
    );
    *house.ready.lock().expect("not poisoned") = false;
    assert_eq!(
        ask(&house, "GET /readyz").await,
        (503, "store not ok\nrunning ok\n".into())
    );
    assert_eq!(ask(&house, "GET /livez").await.0, 200);
    assert_eq!(ask(&house, "POST /livez").await.0, 405);
    assert_eq!(ask(&house, "GET /etc/passwd").await.0, 404);
    house.close().await;
}

#[tokio::test]
async fn calls_are_counted_by_method_and_code_and_nothing_that_a_caller_chose() {
    let house = House::open(Limits::default()).await;
    house
        .client(SCHOOL)
        .get_clock(v1::GetClockRequest {})
        .await
        .expect("answered");
    house
        .client(SCHOOL)
        .advance_clock(v1::AdvanceClockRequest { to: None })
        .await
        .map(drop)
        .expect_err("refused");
    let mut grpc = tonic::client::Grpc::new(house.channel(SCHOOL));
    grpc.ready().await.expect("connects");
    let codec = tonic_prost::ProstCodec::<v1::GetClockRequest, v1::GetClockResponse>::default();
    let path = http::uri::PathAndQuery::from_static("/canary.v1.Noor/Bakker");
    grpc.unary(tonic::Request::new(v1::GetClockRequest {}), path, codec)
        .await
        .map(drop)
        .expect_err("unknown method");

    let (status, text) = ask(&house, "GET /metrics").await;
    assert_eq!(status, 200);
    for line in [
        r#"rpc_calls_total{method="handdruk.v1.ClockService/GetClock",code="OK"} 1"#,
        r#"rpc_calls_total{method="handdruk.v1.ClockService/AdvanceClock",code="INVALID_ARGUMENT"} 1"#,
        r#"rpc_calls_total{method="unknown",code="UNIMPLEMENTED"} 1"#,
        r#"rpc_duration_seconds_count{method="handdruk.v1.ClockService/GetClock"} 1"#,
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    assert!(!text.contains("Noor"));
    house.close().await;
}

#[tokio::test]
async fn the_operators_pages_are_for_this_machine_alone() {
    let life = Lifecycle::new();
    let everywhere = TcpListener::bind("0.0.0.0:0").await.expect("a port");
    let refused = serve_operator(&life.tasks(), everywhere, Registry::default(), Vec::new());
    assert!(matches!(refused, Err(ServeError::NotLoopback)));
}
