//! The service of docs/serving.md: pictures of a folder, as a query asks for them and the client accepts them.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use makeready::{Facts, Format, Negotiate, Output, Policy, Rendition, Result, negotiate};

fn main() -> std::io::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", 8000))?;
    for stream in listener.incoming() {
        drop(serve(&stream?));
    }
    Ok(())
}

fn serve(stream: &TcpStream) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream).lines().map_while(std::io::Result::ok);
    let target = lines.next().and_then(|line| Some(line.split(' ').nth(1)?.to_owned()));
    let headers = lines.take_while(|line| !line.is_empty());
    let accept = headers.filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("accept").then(|| value.to_owned())
    });
    let accept = accept.collect::<Vec<_>>().join(",");
    match picture(&target.unwrap_or_default(), &accept) {
        Ok((output, vary)) => {
            let vary = vary.map(|vary| format!("Vary: {vary}\r\n")).unwrap_or_default();
            let headers = format!("Content-Type: {}\r\n{vary}", output.content_type);
            reply(stream, "200 OK", &headers, &output.data)
        }
        Err(error) => {
            let headers = "Content-Type: text/plain\r\n";
            let status = format!("{} {}", error.kind().http_status(), error.code());
            reply(stream, &status, headers, error.to_string().as_bytes())
        }
    }
}

fn reply(mut stream: &TcpStream, status: &str, headers: &str, body: &[u8]) -> std::io::Result<()> {
    let length = format!("Content-Length: {}\r\nConnection: close\r\n", body.len());
    write!(stream, "HTTP/1.1 {status}\r\n{headers}{length}\r\n")?;
    stream.write_all(body)
}

// <docs/serving.md>
/// The picture of `/PATH?QUERY` for a client, and the headers that its format depends on.
fn picture(target: &str, accept: &str) -> Result<(Output, Option<String>)> {
    let formats = [Format::WebP, Format::Jpeg];
    let policy = Policy::new()
        .widths([160, 320, 640, 1280])
        .formats(formats)
        .parameters(["w", "dpr", "f"])
        .with_deadline(Some(Duration::from_secs(10)));
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut rendition = Rendition::parse(query, &policy)?;
    let mut vary = None;
    if rendition.format.is_none() {
        let client = negotiate(Negotiate::accept(accept).formats(formats), &Facts::default())?;
        rendition = rendition.with_format(client.format)?;
        vary = Some(client.vary);
    }
    // There is no key for a path that leads out of the folder.
    let key = rendition.key(path.trim_start_matches('/'))?;
    // A store would be asked for `key` here, and given the output behind it.
    let source = format!("pictures/{}", Rendition::source_of(&key)?);
    Ok((rendition.pipeline_within(source.as_str(), &policy)?.run()?, vary))
}
// </docs/serving.md>
