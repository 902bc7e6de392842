//! Renditions: queries, keys, pipelines.

use makeready::by_name::{self, Value};
use makeready::{Encode, Policy, Rendition as Core};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple, PyType};

use crate::error::{called, python};
use crate::options;
use crate::serve::{GivenPolicy, called_on};

/// One of the pictures that a service makes of a source: query parameters, a key for stores, a pipeline.
///
/// Begin with ``Rendition.parse`` or ``Rendition.from_key``. Two that are equal give the same picture and have the
/// same key. They are immutable, hashable, and can be pickled; ``str(rendition)`` is the shortest query that makes
/// it.
///
/// The parameters apply in this order: ``page`` (counted from 0); ``crop`` (``x,y,width,height`` in pixels of the
/// source); ``rotate`` (90, 180 or 270 clockwise), ``flip`` and ``flop`` (1 to exchange top and bottom, left and
/// right); ``w``, ``h`` and ``dpr`` (the box in pixels, times ``dpr``); ``fit`` and ``position`` (words of
/// ``Pipeline.resize``); ``bg`` (the ground of alpha and of contain: ``rgb``, ``rgba``, ``rrggbb`` or
/// ``rrggbbaa``); ``q`` and ``f`` (quality and format).
///
/// Attributes:
///     page: Page or frame, counted from 0.
///     animated: Whether a source that moves is made into a film: no page is said, and the format moves.
///     crop: The part of the source that is shown, ``(x, y, width, height)`` in its pixels, or None.
///     rotate: The turn clockwise: 0, 90, 180 or 270.
///     flip: Whether top and bottom are exchanged after that.
///     width: Width of the box in pixels, or None.
///     height: Height of the box in pixels, or None.
///     fit: How the picture meets the box.
///     position: Which part stays, or where the picture lies.
///     background: The ground, ``"#rrggbb"`` or ``"#rrggbbaa"``, or None.
///     quality: Quality of a lossy file, or None for that of its format.
///     format: The format, or None where it is left to the service.
///
/// Example:
///     >>> rendition = makeready.Rendition.parse("w=160&dpr=2&f=webp")
///     >>> rendition.width, rendition.format, str(rendition)
///     (320, 'webp', 'w=320&f=webp')
///     >>> rendition.key("users/7/photo 1.jpg")
///     'v1/users/7/photo~201.jpg/w-320.webp'
#[pyclass(frozen, eq, hash, module = "makeready")]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct Rendition {
    core: Core,
}

/// The policy of the core; anything is allowed where none is given.
fn core(policy: Option<GivenPolicy>) -> Policy {
    policy.map(|GivenPolicy(policy)| policy).unwrap_or_default()
}

impl Rendition {
    /// One of its parts, by its name.
    fn part(&self, name: &str) -> Value {
        let Value::Map(parts) = by_name::rendition_parts(&self.core) else { return Value::None };
        parts.into_iter().find(|(part, _)| part == name).map_or(Value::None, |(_, value)| value)
    }
}

/// Getters of parts, under the names that the core has for them.
macro_rules! parts {
    ($($(#[doc = $doc:literal])+ $name:ident;)+) => {
        #[pymethods]
        impl Rendition {$(
            $(#[doc = $doc])+
            #[getter]
            fn $name<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
                options::object(py, &self.part(stringify!($name)))
            }
        )+}
    };
}

parts! {
    /// Page or frame, counted from 0.
    page;
    /// Tells whether a source that moves is made into a film: no page is said, and the format moves.
    animated;
    /// The part of the source that is shown, ``(x, y, width, height)`` in its pixels, or None.
    crop;
    /// The turn clockwise: 0, 90, 180 or 270.
    rotate;
    /// Top and bottom are exchanged after that.
    flip;
    /// Width of the box in pixels, or None.
    width;
    /// Height of the box in pixels, or None.
    height;
    /// How the picture meets the box.
    fit;
    /// Which part stays, or where the picture lies.
    position;
    /// The ground, ``"#rrggbb"`` or ``"#rrggbbaa"``, or None.
    background;
    /// Quality of a lossy file, or None for that of its format.
    quality;
    /// The format, or None where it is left to the service.
    format;
}

#[pymethods]
impl Rendition {
    /// Reads query parameters, as they stand in a URL behind the ``?``.
    ///
    /// Widths and heights become those of the next step of the policy.
    ///
    /// Args:
    ///     query: The parameters; at most 4,096 bytes.
    ///     policy: What may be asked for: a ``Policy``, or a mapping of its options. Default: anything.
    ///
    /// Raises:
    ///     InvalidOptionError: A parameter, which it names, is unknown, repeated, malformed, out of its range,
    ///         outside the policy, or of no use beside the others.
    ///     UnsupportedError: This build does not write the format.
    ///
    /// Example:
    ///     >>> makeready.Rendition.parse("w=300", {"widths": [320, 640]}).width
    ///     320
    #[staticmethod]
    #[pyo3(signature = (query, policy=None))]
    fn parse(query: &str, policy: Option<GivenPolicy>) -> PyResult<Self> {
        Core::parse(query, &core(policy)).map(|core| Self { core }).map_err(python)
    }

    /// Reads a key, as ``key`` gives it.
    ///
    /// Args:
    ///     key: The key.
    ///     policy: What may be asked for, as for ``parse``; a width that is none of its steps is refused.
    ///
    /// Raises:
    ///     InvalidOptionError: The text is no key, or one that the policy does not allow.
    ///     UnsupportedError: This build does not write the format.
    ///
    /// Example:
    ///     >>> makeready.Rendition.from_key("v1/a/b.jpg/w-320.webp")
    ///     Rendition.parse('w=320&f=webp')
    #[staticmethod]
    #[pyo3(signature = (key, policy=None))]
    fn from_key(key: &str, policy: Option<GivenPolicy>) -> PyResult<Self> {
        Core::from_key(key, &core(policy)).map(|core| Self { core }).map_err(python)
    }

    /// Gives the source that a key was made of.
    ///
    /// Args:
    ///     key: The key.
    ///
    /// Raises:
    ///     InvalidOptionError: The text is no key.
    ///
    /// Example:
    ///     >>> makeready.Rendition.source_of("v1/a/b.jpg/w-320.webp")
    ///     'a/b.jpg'
    #[staticmethod]
    fn source_of(key: &str) -> PyResult<String> {
        Core::source_of(key).map_err(python)
    }

    /// Gives the name of the picture that it makes of a source, in a store and in a URL.
    ///
    /// A key has ASCII letters, digits and ``/ . - _ ~``, at most 1,024 of them, and no part that is empty, ``.`` or
    /// ``..``. It is the same in all versions of the library, for as long as it begins with ``v1``.
    ///
    /// Args:
    ///     source: The path of the source in the store, at most 512 bytes.
    ///
    /// Raises:
    ///     InvalidOptionError: The source is empty, absolute or too long, or has a part that is empty, ``.`` or
    ///         ``..``, a control character or a backslash.
    ///
    /// Example:
    ///     >>> makeready.Rendition.parse("w=320").with_format("webp").key("a/b.jpg")
    ///     'v1/a/b.jpg/w-320.webp'
    fn key(&self, source: &str) -> PyResult<String> {
        self.core.key(source).map_err(python)
    }

    /// Gives the same in a format, for example the one that was negotiated.
    ///
    /// Args:
    ///     format: jpeg, png, webp or gif.
    ///
    /// Raises:
    ///     InvalidOptionError: It has a quality and the format has none.
    ///     UnsupportedError: This build does not write the format.
    ///
    /// Example:
    ///     >>> str(makeready.Rendition.parse("w=320").with_format("png"))
    ///     'w=320&f=png'
    fn with_format(&self, format: &str) -> PyResult<Self> {
        let format = format.parse::<Encode>().map_err(python)?.format();
        self.core.with_format(format).map(|core| Self { core }).map_err(python)
    }

    /// Gives the pipeline that makes it of a source.
    ///
    /// Args:
    ///     source: Anything that ``Pipeline.open`` takes.
    ///     policy: With one, a ``Policy`` or a mapping of its options, the source is one of its ``inputs``, and the
    ///         pipeline has its limits and deadline.
    ///
    /// Raises:
    ///     InvalidOptionError: It has a quality and no format, see ``with_format``.
    ///     TypeError: The source is nothing that can be opened.
    ///
    /// Example:
    ///     >>> picture = makeready.Image(40, 20, 3, bytes(2400))
    ///     >>> output = makeready.Rendition.parse("w=20&f=webp").pipeline(picture).run()
    ///     >>> output.width, output.height, output.format
    ///     (20, 10, 'webp')
    #[pyo3(signature = (source, policy=None))]
    fn pipeline<'py>(
        &self,
        py: Python<'py>,
        source: &Bound<'py, PyAny>,
        policy: Option<GivenPolicy>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (open, policy) = (PyDict::new(py), core(policy));
        if let Some(formats) = by_name::policy_inputs(&policy) {
            open.set_item("formats", formats)?;
        }
        if self.core.page > 0 {
            open.set_item("page", self.core.page)?;
        }
        if self.core.animated() {
            open.set_item("animated", true)?;
        }
        let class = py.import("makeready._pipeline")?.getattr("Pipeline")?;
        let opened = class.call_method("open", (source,), Some(&open))?;
        let calls = by_name::rendition_calls(&self.core).map_err(|error| called(error.into()))?;
        called_on(called_on(opened, calls)?, by_name::policy_calls(&policy))
    }

    fn __str__(&self) -> String {
        self.core.to_string()
    }

    fn __repr__(&self) -> String {
        format!("Rendition.parse('{}')", self.core)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let py = slf.py();
        (slf.get_type().getattr("_of")?, (slf.get().core.to_string(),)).into_pyobject(py)
    }

    /// The rendition of its own query.
    #[classmethod]
    fn _of(_class: &Bound<'_, PyType>, query: &str) -> PyResult<Self> {
        Self::parse(query, None)
    }
}
