"""Names that machines give to picture files: cameras, telephones, picture libraries, screenshots."""

import re

from rules.core.patterns import later

# Provenance: the naming rules of cameras (DCF), telephones and messengers, and what picture libraries call their downloads.
MACHINE_NAME = later(
    r"(?:(?:IMG|DSC[NF]?|PXL|MVI|DJI|GOPR|VID)[-_ ]?\d{3,}(?:[-_][A-Z0-9]{1,12}){0,3}|_?P\d{7}|(?:19|20)\d{6}[-_]\d{6}"
    r"|(?:Getty ?Images|i?Stock(?:photo)?|shutterstock|AdobeStock|depositphotos)[-_ ]\d{2,}(?:[-_]\w{1,20})?"
    r"|(?:screen ?shot|whatsapp image) \d{4}-\d\d-\d\d(?: at)? [\d.: apm]{4,14}) ?(?:\(\d{1,3}\))?",
    re.IGNORECASE,
)
WITH_EXTENSION = later(r"[^\n]{1,120}\.(?:jpe?g|png|gif|webp|avif|svg|tiff?|bmp|heic|psd|mp4|mov)", re.IGNORECASE)


def is_filename(text: str) -> bool:
    """Whether a whole text ends in a picture's extension, or is a name that a machine gave."""
    return WITH_EXTENSION.fullmatch(text) is not None or MACHINE_NAME.fullmatch(text) is not None
