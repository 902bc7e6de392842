//! The thin safe layer over libwebp.
#![allow(unsafe_code, reason = "libwebp is a C library")]

use std::ffi::c_int;
use std::marker::PhantomData;
use std::ptr::{self, NonNull};
use std::slice;
use std::sync::Arc;

use libwebp_sys::{
    VP8StatusCode, WEBP_CSP_MODE, WebPBitstreamFeatures, WebPConfig, WebPDecoderConfig, WebPEncode,
    WebPEncodingError, WebPGetFeatures, WebPIDecGetRGB, WebPIDecode, WebPIDecoder, WebPIDelete,
    WebPIUpdate, WebPPicture, WebPPictureAlloc, WebPPictureFree, WebPPictureImportRGB,
    WebPPictureImportRGBA,
};
use makeready_kernels::heap::try_reserve_exact;

use crate::error::{Error, ErrorKind, Result};
use crate::picture::geometry::{Rect, Size};
use crate::recipe::job::Watch;
use crate::recipe::options::WebP;

/// The facts that the first bytes of a picture tell.
#[derive(Debug, Clone, Copy)]
pub(super) struct Features {
    pub(super) size: Size,
    pub(super) alpha: bool,
    pub(super) lossless: bool,
}

/// Reads the first bytes: of a file, or of the chunks that make a frame.
pub(super) fn features(data: &[u8]) -> Result<Features> {
    let mut found = WebPBitstreamFeatures {
        width: 0,
        height: 0,
        has_alpha: 0,
        has_animation: 0,
        format: 0,
        pad: [0; 5],
    };
    // SAFETY: the pointer and the length are those of a slice, and `found` outlives the call.
    let status = unsafe { WebPGetFeatures(data.as_ptr(), data.len(), &raw mut found) };
    match status {
        VP8StatusCode::VP8_STATUS_OK => Ok(Features {
            size: Size::new(unsigned(found.width), unsigned(found.height)),
            alpha: found.has_alpha != 0,
            lossless: found.format == 2,
        }),
        status => Err(fault(status)),
    }
}

/// The data to decode, and the part and size to decode it to.
pub(super) struct DecodeView<'a> {
    /// A file, or the chunks that make a frame.
    pub(super) data: &'a [u8],
    /// A part, its corner on even columns and rows.
    pub(super) crop: Option<Rect>,
    /// The size to scale to.
    pub(super) scaled: Option<Size>,
    pub(super) alpha: bool,
}

/// A running decode into memory of the caller.
pub(super) struct Incremental<'a> {
    decoder: NonNull<WebPIDecoder>,
    /// Leaked from a box, as the decoder keeps a pointer to it.
    config: NonNull<WebPDecoderConfig>,
    data: &'a [u8],
    out: PhantomData<&'a mut [u8]>,
}

/// The result of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DecodeStep {
    /// All rows are there.
    Done,
    /// More data is needed.
    Wants,
}

impl<'a> Incremental<'a> {
    /// Begins to decode into rows that are `stride` bytes apart.
    pub(super) fn new(view: &DecodeView<'a>, out: &'a mut [u8], stride: usize) -> Result<Self> {
        let mut config = WebPDecoderConfig::new().map_err(|()| other_version())?;
        if let Some(crop) = view.crop {
            config.options.use_cropping = 1;
            config.options.crop_left = signed(crop.x)?;
            config.options.crop_top = signed(crop.y)?;
            config.options.crop_width = signed(crop.width)?;
            config.options.crop_height = signed(crop.height)?;
        }
        if let Some(size) = view.scaled {
            config.options.use_scaling = 1;
            config.options.scaled_width = signed(size.width)?;
            config.options.scaled_height = signed(size.height)?;
        }
        config.output.colorspace =
            if view.alpha { WEBP_CSP_MODE::MODE_RGBA } else { WEBP_CSP_MODE::MODE_RGB };
        config.output.is_external_memory = 1;
        config.output.u.RGBA.rgba = out.as_mut_ptr();
        config.output.u.RGBA.stride = signed(stride)?;
        config.output.u.RGBA.size = out.len();
        let config = NonNull::from(Box::leak(Box::new(config)));
        // SAFETY: no data is given, and the config is freed only after the decoder.
        let decoder = unsafe { WebPIDecode(ptr::null(), 0, config.as_ptr()) };
        let Some(decoder) = NonNull::new(decoder) else {
            // SAFETY: it came out of a box, and nothing points to it.
            drop(unsafe { Box::from_raw(config.as_ptr()) });
            return Err(no_memory());
        };
        Ok(Self { decoder, config, data: view.data, out: PhantomData })
    }

    /// Goes on decoding, with the first `length` bytes of the data.
    pub(super) fn update(&mut self, length: usize) -> Result<DecodeStep> {
        let data = &self.data[..length];
        // SAFETY: the decoder lives. It keeps pointers to the data and to the memory it decodes
        // into: `'a` says that both outlive it. It has been told the size of that memory, and
        // checks it.
        match unsafe { WebPIUpdate(self.decoder.as_ptr(), data.as_ptr(), data.len()) } {
            VP8StatusCode::VP8_STATUS_OK => Ok(DecodeStep::Done),
            VP8StatusCode::VP8_STATUS_SUSPENDED | VP8StatusCode::VP8_STATUS_NOT_ENOUGH_DATA => {
                Ok(DecodeStep::Wants)
            }
            status => Err(fault(status)),
        }
    }

    /// Rows that have been written, from the top.
    pub(super) fn rows(&self) -> u32 {
        let mut rows = 0;
        let none = ptr::null_mut();
        // SAFETY: the decoder lives; it may be asked in any state, and takes null for what is not
        // asked.
        unsafe { WebPIDecGetRGB(self.decoder.as_ptr(), &raw mut rows, none, none, none) };
        unsigned(rows)
    }
}

impl Drop for Incremental<'_> {
    fn drop(&mut self) {
        // SAFETY: the decoder was made by `WebPIDecode` and is deleted once; the config that it
        // points to lives until then, and came out of a box.
        unsafe {
            WebPIDelete(self.decoder.as_ptr());
            drop(Box::from_raw(self.config.as_ptr()));
        }
    }
}

/// The samples that are encoded, of rows without gaps.
#[derive(Debug, Clone)]
pub(super) enum Samples {
    /// Red, green, blue.
    Rgb,
    /// Red, green, blue, alpha.
    Rgba,
    /// The same, of which the level of alpha is to be the green of a picture that has nothing else.
    Alpha(Arc<[u8; 256]>),
}

/// Encodes a picture of `size` as a lossless file.
pub(super) fn encode(
    data: &[u8],
    samples: &Samples,
    size: Size,
    options: &WebP,
    watch: &Watch,
) -> Result<Vec<u8>> {
    let config = config(options)?;
    let mut output = GrowingFile { file: Vec::new(), wanted: 0, watch };
    let mut picture = Picture::new(size)?;
    picture.hold(data, samples, size, &output)?;
    picture.0.writer = Some(write);
    picture.0.progress_hook = Some(progress);
    picture.0.custom_ptr = (&raw mut output).cast();
    picture.0.user_data = ptr::from_ref(watch).cast_mut().cast();
    // SAFETY: the config has been validated, the picture holds samples, and what the two hooks are
    // given lives to the end of this function.
    if unsafe { WebPEncode(&raw const config, &raw mut picture.0) } == 0 {
        return Err(picture.fault(&output));
    }
    Ok(output.file)
}

fn config(options: &WebP) -> Result<WebPConfig> {
    let mut config = WebPConfig::new().map_err(|()| other_version())?;
    config.lossless = 1;
    config.near_lossless = if options.near_lossless { c_int::from(options.quality) } else { 100 };
    config.quality = f32::from(options.quality);
    config.method = c_int::from(options.effort);
    Ok(config)
}

/// A picture that frees the memory libwebp has reserved for it.
struct Picture(WebPPicture);

impl Picture {
    fn new(size: Size) -> Result<Self> {
        let mut picture = WebPPicture::new().map_err(|()| other_version())?;
        picture.use_argb = 1;
        picture.width = signed(size.width)?;
        picture.height = signed(size.height)?;
        Ok(Self(picture))
    }

    /// Takes the samples: a copy in libwebp's layout.
    fn hold(
        &mut self,
        data: &[u8],
        samples: &Samples,
        size: Size,
        output: &GrowingFile<'_>,
    ) -> Result<()> {
        match samples {
            Samples::Rgb => self.import(WebPPictureImportRGB, data, 3, size, output),
            Samples::Rgba => self.import(WebPPictureImportRGBA, data, 4, size, output),
            Samples::Alpha(levels) => self.import_alpha(data, levels, size, output),
        }
    }

    fn import_alpha(
        &mut self,
        samples: &[u8],
        levels: &[u8; 256],
        size: Size,
        output: &GrowingFile<'_>,
    ) -> Result<()> {
        let (pixels, _) = samples.as_chunks::<4>();
        if pixels.len() as u64 != size.pixels() {
            return Err(wrong_length());
        }
        // SAFETY: the picture is initialised with its size.
        if unsafe { WebPPictureAlloc(&raw mut self.0) } == 0 {
            return Err(self.fault(output));
        }
        let stride = usize::try_from(self.0.argb_stride).map_err(|_| wrong_length())?;
        for (y, row) in pixels.chunks_exact(size.width as usize).enumerate() {
            for (x, pixel) in row.iter().enumerate() {
                let level = levels[usize::from(pixel[3])];
                // SAFETY: `argb` has rows of `stride` pixels, at least as many as the picture is wide, and as many as it is
                // high.
                unsafe { *self.0.argb.add(y * stride + x) = 0xff00_0000 | u32::from(level) << 8 };
            }
        }
        Ok(())
    }

    fn import(
        &mut self,
        import: unsafe extern "C" fn(*mut WebPPicture, *const u8, c_int) -> c_int,
        samples: &[u8],
        channels: usize,
        size: Size,
        output: &GrowingFile<'_>,
    ) -> Result<()> {
        let stride = size.width as usize * channels;
        if samples.len() != stride * size.height as usize {
            return Err(wrong_length());
        }
        // SAFETY: the picture is initialised with its size, and the samples are as many as that
        // asks for.
        match unsafe { import(&raw mut self.0, samples.as_ptr(), signed(stride)?) } {
            0 => Err(self.fault(output)),
            _ => Ok(()),
        }
    }

    #[cold]
    fn fault(&self, output: &GrowingFile<'_>) -> Error {
        use WebPEncodingError::{
            VP8_ENC_ERROR_BAD_WRITE, VP8_ENC_ERROR_BITSTREAM_OUT_OF_MEMORY,
            VP8_ENC_ERROR_FILE_TOO_BIG, VP8_ENC_ERROR_OUT_OF_MEMORY,
            VP8_ENC_ERROR_PARTITION_OVERFLOW, VP8_ENC_ERROR_PARTITION0_OVERFLOW,
            VP8_ENC_ERROR_USER_ABORT,
        };
        match self.0.error_code {
            VP8_ENC_ERROR_USER_ABORT => output.watch.check().err().unwrap_or_else(|| {
                Error::internal("the WebP encoder was stopped without a reason")
            }),
            VP8_ENC_ERROR_OUT_OF_MEMORY | VP8_ENC_ERROR_BITSTREAM_OUT_OF_MEMORY => no_memory(),
            VP8_ENC_ERROR_BAD_WRITE => Error::out_of_memory(output.wanted as u64),
            code @ (VP8_ENC_ERROR_PARTITION0_OVERFLOW
            | VP8_ENC_ERROR_PARTITION_OVERFLOW
            | VP8_ENC_ERROR_FILE_TOO_BIG) => {
                Error::unsupported(format!("a WebP cannot hold so much detail ({code:?})"))
            }
            code => Error::internal(format!("WebP encoder: {code:?}")),
        }
    }
}

impl Drop for Picture {
    fn drop(&mut self) {
        // SAFETY: the picture is initialised, and is freed once.
        unsafe { WebPPictureFree(&raw mut self.0) };
    }
}

/// The file as it grows.
struct GrowingFile<'a> {
    file: Vec<u8>,
    /// The last length that could not be reserved.
    wanted: usize,
    watch: &'a Watch,
}

impl GrowingFile<'_> {
    /// Adds to the file. Its first bytes tell the length of the whole, which is reserved at once.
    fn add(&mut self, data: &[u8]) -> bool {
        let length = match data {
            [b'R', b'I', b'F', b'F', a, b, c, d, ..] if self.file.is_empty() => {
                u32::from_le_bytes([*a, *b, *c, *d]) as usize + 8
            }
            _ => data.len(),
        };
        if try_reserve_exact(&mut self.file, length.max(data.len())).is_err() {
            self.wanted = self.file.len() + length;
            return false;
        }
        self.file.extend_from_slice(data);
        true
    }
}

/// Called by libwebp with a piece of the file.
unsafe extern "C" fn write(data: *const u8, length: usize, picture: *const WebPPicture) -> c_int {
    if length == 0 {
        return 1;
    }
    // SAFETY: libwebp gives a valid piece, and the picture whose `custom_ptr` `encode` has set.
    let (data, output) = unsafe {
        (slice::from_raw_parts(data, length), &mut *(*picture).custom_ptr.cast::<GrowingFile<'_>>())
    };
    c_int::from(output.add(data))
}

/// Called by libwebp now and then; 0 makes it stop.
unsafe extern "C" fn progress(_: c_int, picture: *const WebPPicture) -> c_int {
    // SAFETY: libwebp gives the picture whose `user_data` `encode` has set.
    let watch = unsafe { &*(*picture).user_data.cast_const().cast::<Watch>() };
    c_int::from(!watch.stopped())
}

#[cold]
fn fault(status: VP8StatusCode) -> Error {
    use VP8StatusCode::{
        VP8_STATUS_BITSTREAM_ERROR, VP8_STATUS_NOT_ENOUGH_DATA, VP8_STATUS_OUT_OF_MEMORY,
        VP8_STATUS_SUSPENDED, VP8_STATUS_UNSUPPORTED_FEATURE, VP8_STATUS_USER_ABORT,
    };
    match status {
        // A row whose alpha cannot be decoded says "abort"; nothing else aborts a decode.
        VP8_STATUS_BITSTREAM_ERROR | VP8_STATUS_USER_ABORT => {
            Error::malformed("the pixels of the WebP are corrupt")
        }
        VP8_STATUS_NOT_ENOUGH_DATA | VP8_STATUS_SUSPENDED => {
            Error::truncated("the WebP ends before its pixels do")
        }
        VP8_STATUS_UNSUPPORTED_FEATURE => Error::unsupported("a WebP that libwebp does not decode"),
        VP8_STATUS_OUT_OF_MEMORY => no_memory(),
        status => Error::internal(format!("WebP decoder: {status:?}")),
    }
}

#[cold]
pub(super) fn no_memory() -> Error {
    Error::new(ErrorKind::Io, "libwebp could not reserve memory")
}

#[cold]
fn wrong_length() -> Error {
    Error::internal("the samples have not the length that the size of the WebP asks for")
}

#[cold]
fn other_version() -> Error {
    Error::internal("libwebp is not of the version that this library was built for")
}

fn signed(value: impl TryInto<c_int>) -> Result<c_int> {
    value.try_into().map_err(|_| Error::internal("a size that libwebp cannot say"))
}

fn unsigned(value: c_int) -> u32 {
    u32::try_from(value).unwrap_or(0)
}

#[cfg(test)]
pub(super) mod oracle;
