//! The renderer as a regional Lambda function, for a distribution that asks it where the store says 403 or 404. Its URL has the key:
//! `/v1/users/7.jpg/w-320.webp`.

mod problem;

use std::{env, iter};

use lambda_http::http::{Response, header};
use lambda_http::{Body, Error, Request, run, service_fn};
use makeready::{Colour, Format, Jpeg, Output, Pipeline, Policy, Rendition, WebP};
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path;
use object_store::{Attribute, Attributes, ObjectStore, ObjectStoreExt, PutMode, PutOptions};
use problem::Problem;

/// A picture never changes under its name; a new one has a new name.
const FOREVER: &str = "public, max-age=31536000, immutable";

struct Service {
    policy: Policy,
    max_bytes: u64,
    store: AmazonS3,
}

impl Service {
    /// The settings of the functions at the edge, and the store of the environment, which a regional function has.
    fn new() -> Result<Self, Error> {
        let settings: serde_json::Value =
            serde_json::from_str(include_str!("../../settings.json"))?;
        let max_bytes = settings["max_bytes"].as_u64().ok_or("settings.json: max_bytes")?;
        let policy = Policy::from_json(&settings["policy"].to_string())?;
        let store =
            AmazonS3Builder::from_env().with_bucket_name(env::var("STORE_BUCKET")?).build()?;
        Ok(Self { policy, max_bytes, store })
    }

    async fn answer(&self, request: Request) -> Result<Response<Body>, Error> {
        let key = request.uri().path().trim_start_matches('/');
        let answer = match self.picture(key).await {
            Ok(output) => Response::builder()
                .header(header::CONTENT_TYPE, output.content_type)
                .header(header::CACHE_CONTROL, FOREVER)
                .body(output.data.into())?,
            Err(problem) => problem.answer()?,
        };
        let status = answer.status().as_u16();
        println!("{}", serde_json::json!({ "trigger": "function", "uri": key, "status": status }));
        Ok(answer)
    }

    async fn picture(&self, key: &str) -> Result<Output, Problem> {
        let rendition = Rendition::from_key(key, &self.policy)?;
        let data = self.original(&Rendition::source_of(key)?).await?;
        let output = self.pipeline(rendition, data)?.spawn().await?;
        self.keep(key, &output).await?;
        Ok(output)
    }

    /// The bytes of an original. One that is too long is refused before its bytes are here.
    async fn original(&self, source: &str) -> Result<Vec<u8>, Problem> {
        let path = Path::from_iter(iter::once("originals").chain(source.split('/')));
        let found = self.store.get(&path).await;
        let found = found.map_err(|error| Problem::of_original(error, source))?;
        match self.policy.max_input_bytes {
            Some(most) if found.meta.size > most => Err(Problem::too_long(most, found.meta.size)),
            _ => Ok(found.bytes().await?.into()),
        }
    }

    fn pipeline(&self, rendition: Rendition, data: Vec<u8>) -> makeready::Result<Pipeline> {
        let pipeline = rendition.pipeline_within(data, &self.policy)?;
        Ok(match (rendition.format, rendition.quality) {
            (Some(Format::Jpeg), quality) => {
                let jpeg = quality.map_or_else(Jpeg::default, Jpeg::quality);
                pipeline.flatten(Colour::WHITE).encode(jpeg.max_bytes(self.max_bytes))
            }
            (Some(Format::WebP), quality) => {
                let webp = quality.map_or_else(WebP::default, WebP::quality);
                pipeline.encode(webp.max_bytes(self.max_bytes))
            }
            _ => pipeline,
        })
    }

    /// Stores a rendition, unless another function was faster: a key has the same bytes wherever they are made.
    async fn keep(&self, key: &str, output: &Output) -> Result<(), Problem> {
        let attributes = Attributes::from_iter([
            (Attribute::ContentType, output.content_type),
            (Attribute::CacheControl, FOREVER),
        ]);
        let options = PutOptions { mode: PutMode::Create, attributes, ..PutOptions::default() };
        match self.store.put_opts(&Path::from(key), output.data.clone().into(), options).await {
            Ok(_) | Err(object_store::Error::AlreadyExists { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    // It fails where one is installed already, which serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let service = Service::new()?;
    run(service_fn(|request| service.answer(request))).await
}
