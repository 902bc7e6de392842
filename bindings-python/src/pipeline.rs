//! The ground of the class `Pipeline` of `_pipeline.py`: the core's pipeline, and the calls that made it.

use std::sync::Arc;

use makeready::{Pipeline as Core, by_name};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString, PyTuple, PyType};

use crate::definition::{self, Definition};
use crate::error::called;
use crate::image::Image;
use crate::job::CancelToken;
use crate::options;
use crate::record::Call;
use crate::{job, output, source};

/// Calls, and the core's pipeline that they make.
#[pyclass(frozen, subclass, module = "makeready._native")]
pub(crate) struct Recipe {
    core: Core,
    calls: Vec<Arc<Call>>,
}

impl Recipe {
    pub(crate) fn core(&self) -> &Core {
        &self.core
    }

    fn open(options: &Bound<'_, PyDict>) -> PyResult<Self> {
        let source::Input { source, record } = source::input(&needed(options, "source")?)?;
        let options = options::given(options, Some("source"))?;
        let open = by_name::open(&options).map_err(called)?;
        let calls = vec![Call::new("open", Some(("source", record)), options)];
        Ok(Self { core: Core::open_with(source, open), calls })
    }

    fn stitch(options: &Bound<'_, PyDict>) -> PyResult<Self> {
        let inputs = needed(options, "inputs")?;
        let options = options::given(options, Some("inputs"))?;
        let stitch = by_name::stitch(&options).map_err(called)?;
        let (cores, inputs) = stitch_inputs(&inputs)?;
        let inputs = inputs.into_any().unbind();
        let calls = vec![Call::new("stitch", Some(("inputs", inputs)), options)];
        Ok(Self { core: Core::stitch(stitch, cores), calls })
    }

    fn from_json(options: &Bound<'_, PyDict>) -> PyResult<Self> {
        let (text, sources) = (needed(options, "text")?, needed(options, "sources")?);
        let definition = Definition::read(&text, &sources, true)?;
        let sources = definition.sources(options.py());
        let options = options::given(options, Some("sources"))?;
        let calls = vec![Call::new("from_json", Some(("sources", sources)), options)];
        let core = definition.cores.into_iter().next();
        Ok(Self { core: core.ok_or_else(|| PyTypeError::new_err("expected one output"))?, calls })
    }

    /// One of the outputs of a definition.
    fn output(options: &Bound<'_, PyDict>) -> PyResult<Self> {
        let definition = needed(options, "definition")?;
        let index: usize = needed(options, "index")?.extract()?;
        let core = definition.cast::<Definition>()?.get().cores.get(index).cloned();
        let core = core.ok_or_else(|| PyTypeError::new_err("expected the index of an output"))?;
        let options = options::given(options, Some("definition"))?;
        let calls = vec![Call::new("_output", Some(("definition", definition.unbind())), options)];
        Ok(Self { core, calls })
    }

    fn cancel(&self, options: &Bound<'_, PyDict>) -> PyResult<Self> {
        let token = needed(options, "token")?;
        let core = self.core.clone().cancel(token.cast::<CancelToken>()?.get().core.clone());
        Ok(self.then(core, Call::new("cancel", Some(("token", token.unbind())), Vec::new())))
    }

    fn call(&self, name: &str, options: &Bound<'_, PyDict>) -> PyResult<Self> {
        let operation = by_name::operation(name).map_err(called)?;
        let name = operation.name;
        if operation.takes_input() {
            return self.combine(name, options);
        }
        let options = options::given(options, None)?;
        let core = self.core.clone().call(name, &options).map_err(called)?;
        Ok(self.then(core, Call::new(name, None, options)))
    }

    /// A call that takes another picture.
    fn combine(&self, name: &'static str, options: &Bound<'_, PyDict>) -> PyResult<Self> {
        let (other, record) = part(&needed(options, "input")?)?;
        let options = options::given(options, Some("input"))?;
        let combine = by_name::Combine::new(name, &options).map_err(called)?;
        let core = self.core.clone().combine(&combine, other);
        Ok(self.then(core, Call::new(name, Some(("input", record)), options)))
    }

    /// A pipeline with one call more.
    fn then(&self, core: Core, call: Arc<Call>) -> Self {
        let mut calls = Vec::new();
        calls.extend(self.calls.iter().map(Arc::clone));
        calls.push(call);
        Self { core, calls }
    }
}

#[pymethods]
impl Recipe {
    /// The calls of `before`, none for the first, and one more.
    #[new]
    #[pyo3(signature = (before, name, options, /))]
    fn new(
        before: Option<&Bound<'_, Self>>,
        name: &str,
        options: &Bound<'_, PyDict>,
    ) -> PyResult<Self> {
        match (before, name) {
            (None, "open") => Self::open(options),
            (None, "stitch") => Self::stitch(options),
            (None, "from_json") => Self::from_json(options),
            (None, "_output") => Self::output(options),
            (Some(before), "cancel") => before.get().cancel(options),
            (Some(before), name) => before.get().call(name, options),
            (None, name) => Err(PyTypeError::new_err(format!("no pipeline begins with {name}"))),
        }
    }

    fn __eq__(&self, py: Python<'_>, other: &Self) -> PyResult<bool> {
        if self.calls.len() != other.calls.len() {
            return Ok(false);
        }
        for (call, other) in self.calls.iter().zip(&other.calls) {
            if !call.same(other, py)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let calls = self.calls.iter().map(|call| call.show(py)).collect::<PyResult<Vec<_>>>()?;
        Ok(format!("Pipeline{}", calls.concat()))
    }

    fn __copy__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __deepcopy__<'py>(slf: Bound<'py, Self>, _memo: &Bound<'py, PyAny>) -> Bound<'py, Self> {
        slf
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let py = slf.py();
        let calls = slf.get().calls.iter().map(|call| call.state(py));
        let calls = PyTuple::new(py, calls.collect::<PyResult<Vec<_>>>()?)?;
        (slf.get_type().getattr("_replay")?, (calls,)).into_pyobject(py)
    }

    /// The pipeline that these calls make.
    #[classmethod]
    fn _replay<'py>(
        class: &Bound<'py, PyType>,
        calls: &Bound<'py, PyTuple>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let mut pipeline = class.clone().into_any();
        for call in calls {
            type Parts<'py> = (Bound<'py, PyString>, Bound<'py, PyTuple>, Bound<'py, PyDict>);
            let (name, arguments, options): Parts<'_> = call.extract()?;
            pipeline = pipeline.call_method(name, arguments, Some(&options))?;
        }
        Ok(pipeline)
    }

    fn _plan<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        output::planned(py, &job::run(py, || self.core().plan())?)
    }

    fn _to_json(&self, py: Python<'_>) -> PyResult<String> {
        definition::to_json(py, self)
    }

    fn _explain(&self, py: Python<'_>) -> PyResult<String> {
        job::run(py, || self.core().explain())
    }

    fn _run<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let run = |token| self.core().clone().cancel(token).run();
        output::output(py, job::run_long(py, run)?)
    }

    fn _pixels(&self, py: Python<'_>) -> PyResult<Image> {
        Image::of(job::run_long(py, |token| self.core().clone().cancel(token).pixels())?)
    }
}

/// The arguments that no call by name can hold: an input, inputs, a token.
fn needed<'py>(options: &Bound<'py, PyDict>, name: &str) -> PyResult<Bound<'py, PyAny>> {
    options.get_item(name)?.ok_or_else(|| PyTypeError::new_err(format!("expected {name}")))
}

/// A picture within another, a pipeline or an input, and its record.
pub(crate) fn part(input: &Bound<'_, PyAny>) -> PyResult<(Core, Py<PyAny>)> {
    if let Ok(recipe) = input.cast::<Recipe>() {
        return Ok((recipe.get().core.clone(), input.clone().unbind()));
    }
    let source::Input { source, record } = source::input(input)?;
    Ok((source.into(), record))
}

/// The inputs of a stitch, and their records.
fn stitch_inputs<'py>(inputs: &Bound<'py, PyAny>) -> PyResult<(Vec<Core>, Bound<'py, PyTuple>)> {
    if inputs.is_instance_of::<PyString>() || inputs.is_instance_of::<PyBytes>() {
        return Err(PyTypeError::new_err("the inputs of a stitch are several, found one"));
    }
    let (mut cores, mut records) = (Vec::new(), Vec::new());
    for input in inputs.try_iter()? {
        let (core, record) = part(&input?)?;
        cores.push(core);
        records.push(record);
    }
    Ok((cores, PyTuple::new(inputs.py(), records)?))
}
