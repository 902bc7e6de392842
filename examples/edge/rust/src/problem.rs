//! An error as JSON.

use lambda_http::http::{Response, header};
use lambda_http::{Body, Error};
use makeready::ErrorKind;
use serde_json::json;

/// An error as its client sees it: `{"code": …, "message": …, "parameter": …}`.
pub(crate) struct Problem {
    status: u16,
    code: &'static str,
    message: String,
    parameter: Option<String>,
}

impl Problem {
    pub(crate) fn too_long(most: u64, found: u64) -> Self {
        let kind = ErrorKind::LimitExceeded;
        let message = format!("max_input_bytes is {most}, this needs {found}");
        let parameter = Some("max_input_bytes".to_owned());
        Self { status: kind.http_status(), code: kind.code(), message, parameter }
    }

    /// The store has no such original, or fails.
    pub(crate) fn of_original(error: object_store::Error, source: &str) -> Self {
        if let object_store::Error::NotFound { .. } = error {
            let message = format!("there is no picture {source}");
            return Self { status: 404, code: "not_found", message, parameter: None };
        }
        error.into()
    }

    /// Faults of the request are cached a minute, so that repeating one costs nothing; others pass.
    pub(crate) fn answer(self) -> Result<Response<Body>, Error> {
        let Self { status, code, message, parameter } = self;
        let mut body = json!({ "code": code, "message": message });
        if let Some(parameter) = parameter {
            body["parameter"] = parameter.into();
        }
        let cached = if status < 500 { "public, max-age=60" } else { "no-store" };
        Ok(Response::builder()
            .status(status)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::CACHE_CONTROL, cached)
            .body(body.to_string().into())?)
    }
}

impl From<makeready::Error> for Problem {
    fn from(error: makeready::Error) -> Self {
        Self {
            status: error.kind().http_status(),
            code: error.code(),
            message: error.to_string(),
            parameter: error.parameter().or(error.limit()).map(str::to_owned),
        }
    }
}

impl From<object_store::Error> for Problem {
    fn from(error: object_store::Error) -> Self {
        eprintln!("{}", json!({ "error": error.to_string() }));
        Self {
            status: 500,
            code: "internal",
            message: "the function failed".to_owned(),
            parameter: None,
        }
    }
}
