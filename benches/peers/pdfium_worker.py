"""The worker for PDFium, whose pictures Pillow encodes."""

import io

import pypdfium2

from worker import serve


def thumb(data):
    page = pypdfium2.PdfDocument(data)[0]
    out = io.BytesIO()
    page.render(scale=320 / page.get_width()).to_pil().convert("RGB").save(out, format="JPEG", quality=80, optimize=True)
    return out.getvalue()


TASKS = ("pdf_thumb", "pdf_scan_thumb")
serve({task: lambda inputs, _: [thumb(inputs[0])] for task in TASKS}, {"pypdfium2": str(pypdfium2.PYPDFIUM_INFO)})
