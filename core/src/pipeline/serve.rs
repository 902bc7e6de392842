//! From a rendition and a policy to a pipeline.

use super::Pipeline;
use crate::error::Result;
use crate::recipe::Change;
use crate::recipe::options::Open;
use crate::recipe::source::Source;
use crate::serve::policy::Policy;
use crate::serve::rendition::Rendition;

impl Rendition {
    /// The pipeline that makes it of `source`.
    ///
    /// ```
    /// use makeready::{Image, Layout, Policy, Rendition, Size};
    ///
    /// let source = Image::new(Size::new(40, 20), Layout::Rgb, vec![90; 2400])?;
    /// let rendition = Rendition::parse("w=20&f=webp", &Policy::new())?;
    /// assert_eq!(rendition.pipeline(source)?.run()?.size(), Size::new(20, 10));
    /// # Ok::<(), makeready::Error>(())
    /// ```
    ///
    /// # Errors
    /// `invalid_option` where it has a quality and no format: see [`with_format`](Self::with_format).
    pub fn pipeline(&self, source: impl Into<Source>) -> Result<Pipeline> {
        self.pipeline_of(source.into(), Open::default())
    }

    /// The pipeline that makes it of `source`, which has one of the formats that the policy reads, within the limits and the
    /// deadline of the policy.
    ///
    /// ```
    /// use makeready::{Format, Policy, Rendition};
    ///
    /// let rendition = Rendition::parse("w=20&f=webp", &Policy::new())?;
    /// let of = |policy| rendition.pipeline_within("../tests/images/photo.jpg", &policy)?.plan();
    /// assert_eq!(of(Policy::new().inputs([Format::Jpeg]))?.width, 20);
    /// assert_eq!(of(Policy::new().inputs([Format::Pdf])).unwrap_err().code(), "unsupported");
    /// # Ok::<(), makeready::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`pipeline`](Self::pipeline).
    pub fn pipeline_within(&self, source: impl Into<Source>, policy: &Policy) -> Result<Pipeline> {
        let open = Open::default().with_formats(policy.inputs);
        Ok(policy.guard(self.pipeline_of(source.into(), open)?))
    }

    fn pipeline_of(&self, source: Source, open: Open) -> Result<Pipeline> {
        let open = open.with_page(self.page).with_animated(self.animated());
        let start = Pipeline::open_with(source, open);
        let call =
            |pipeline: Pipeline, (name, options): (&str, Vec<_>)| pipeline.call(name, &options);
        Ok(self.calls()?.into_iter().try_fold(start, call)?)
    }
}

impl Policy {
    /// The pipeline within the limits and the deadline of the policy.
    ///
    /// ```
    /// use makeready::{Image, Layout, Pipeline, Policy, Size};
    ///
    /// let source = Image::new(Size::new(40, 20), Layout::Rgb, vec![90; 2400])?;
    /// let policy = Policy::new().with_max_input_pixels(Some(100));
    /// let error = policy.guard(Pipeline::open(source)).run().unwrap_err();
    /// assert_eq!(error.limit(), Some("max_input_pixels"));
    /// # Ok::<(), makeready::Error>(())
    /// ```
    pub fn guard(&self, pipeline: Pipeline) -> Pipeline {
        let changes = self.limits().map(Change::Limits).into_iter();
        changes.chain(self.deadline.map(Change::Deadline)).fold(pipeline, Pipeline::with)
    }
}
