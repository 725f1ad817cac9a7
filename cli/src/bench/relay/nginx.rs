//! The peer: nginx as a gRPC proxy with mutual TLS on both sides. It verifies who calls, shows a certificate of its own to the server
//! behind it and verifies that one's, as an organisation would set it up that wants no more than passing on.

use std::net::SocketAddr;
use std::path::Path;

use handdruk_certs::Files;

use super::super::program::Program;
use crate::federation::free_address;

/// A running nginx in front of one server.
#[derive(Debug)]
pub(super) struct Nginx {
    _program: Program,
    address: SocketAddr,
    _folder: tempfile::TempDir,
}

impl Nginx {
    /// Starts `program` before the server at `behind`, with the certificate and the authority of `files`.
    pub(super) async fn start(program: &Path, files: &Files, behind: SocketAddr) -> anyhow::Result<Self> {
        let (folder, address) = (tempfile::tempdir()?, free_address()?);
        let is_root = rustix::process::geteuid().is_root();
        let config = folder.path().join("nginx.conf");
        std::fs::write(&config, written(folder.path(), files, (address, behind), is_root))?;
        let (prefix, config) = (folder.path().display().to_string(), config.display().to_string());
        let log = folder.path().join("start.log");
        let arguments = ["-p", &prefix, "-c", &config, "-e", "error.log"];
        Ok(Self {
            _program: Program::start(program, &arguments, &log, address).await?,
            address,
            _folder: folder,
        })
    }

    /// Where it listens.
    pub(super) fn address(&self) -> String {
        format!("https://{}", self.address)
    }
}

/// Its configuration. As many workers as the gateway has threads; connections are kept, on both sides, as the gateway keeps
/// them; nothing is logged for a call.
fn written(
    folder: &Path,
    files: &Files,
    (listen, behind): (SocketAddr, SocketAddr),
    is_root: bool,
) -> String {
    let folder = folder.display();
    // Started by root it would become somebody who cannot read the run's folder.
    let user = if is_root { "user root;\n" } else { "" };
    format!(
        r"{user}daemon off;
worker_processes 2;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  upstream behind {{
    server {behind};
    keepalive 64;
    keepalive_requests 1000000000;
  }}
  server {{
    listen {listen} ssl http2;
    keepalive_requests 1000000000;
    ssl_protocols TLSv1.3;
    ssl_certificate {certificate};
    ssl_certificate_key {key};
    ssl_client_certificate {authority};
    ssl_crl {revocations};
    ssl_verify_client on;
    location / {{
      grpc_pass grpcs://behind;
      grpc_ssl_protocols TLSv1.3;
      grpc_ssl_certificate {certificate};
      grpc_ssl_certificate_key {key};
      grpc_ssl_trusted_certificate {authority};
      grpc_ssl_crl {revocations};
      grpc_ssl_verify on;
      grpc_ssl_name localhost;
    }}
  }}
}}
",
        certificate = files.certificate.display(),
        key = files.key.display(),
        authority = files.authority.display(),
        revocations = files.revocations.display(),
    )
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use handdruk_domain::oin::Oin;
    use handdruk_proto::v1;

    use super::super::super::echo::{self, EchoServer};
    use super::super::super::{START, program};
    use super::*;
    use crate::federation::members::{GATEWAY, WATERLELIE};
    use crate::federation::{Federation, Options};
    use crate::system::channel;

    #[tokio::test]
    async fn nginx_takes_the_configuration_and_passes_on_what_it_is_answered() {
        let Some(nginx) = program::find(None, "nginx").expect("looks") else {
            assert!(std::env::var_os("CI").is_none(), "nginx is missing");
            let said = writeln!(
                std::io::stderr(),
                "\nSKIPPED, NOT PASSED: nginx is missing: apt-get install nginx"
            );
            return said.expect("a terminal, or what stands in for one");
        };
        let folder = tempfile::tempdir().expect("a folder");
        let federation = Federation::create(Options {
            exe: nginx.clone(),
            directory: folder.path().join("federation"),
            organisations: vec![WATERLELIE],
            start: START.parse().expect("a time"),
            log: "warn".to_owned(),
        })
        .expect("a federation");
        let identity = federation.identity(GATEWAY.key).expect("an identity");
        let answer = v1::SubmitRequest {
            compartments: vec![vec![7; 10_000].into()],
            ..v1::SubmitRequest::default()
        };
        let behind = EchoServer::answering(&identity, answer).expect("serves");
        let root = federation.directory();
        let files = Files::named(&root.join(GATEWAY.key), &root.join("federation"));
        let nginx = Nginx::start(&nginx, &files, behind.socket())
            .await
            .expect("starts");

        let gateway: Oin = GATEWAY.oin.parse().expect("an OIN");
        let caller = federation.identity(WATERLELIE.key).expect("an identity");
        let channel = channel(&nginx.address(), &caller, &gateway).expect("a channel");
        for id in ["one", "two"] {
            let request = v1::SubmitRequest {
                request_id: id.to_owned(),
                ..v1::SubmitRequest::default()
            };
            let answer = echo::ask(channel.clone(), request).await.expect("passed on");
            assert_eq!(
                (answer.request_id.as_str(), answer.compartments[0].len()),
                (id, 10_000)
            );
        }
    }
}
