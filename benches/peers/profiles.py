"""Colour profiles, by Little CMS in Pillow."""

import io

from PIL import ImageCms


def in_srgb(picture):
    """The picture in sRGB by its profile, if it has one."""
    if "icc_profile" not in picture.info:
        return picture
    profile = ImageCms.ImageCmsProfile(io.BytesIO(picture.info["icc_profile"]))
    intent = ImageCms.Intent.RELATIVE_COLORIMETRIC
    return ImageCms.profileToProfile(picture, profile, ImageCms.createProfile("sRGB"), intent)
