"""Vietnamese text from before Unicode: recognised by content, decoded by tables of our own. Pure: no clock.

`recognise(texts)` names the encoding of a layer or sheet, `decode(text, encoding)` gives the text, and
`recode_cells(cells, source)` does both for a sheet and tells what is not certain.
"""

from gis.legacy_text.decoding import Decoded, decode
from gis.legacy_text.recoding import Doubt, Recoded, doubts_told, recode_cells, recode_text, told
from gis.legacy_text.recognising import Verdict, recognise, weigh
from gis.legacy_text.tables import ENCODINGS, Encoding

__all__ = [
    "ENCODINGS",
    "Decoded",
    "Doubt",
    "Encoding",
    "Recoded",
    "Verdict",
    "decode",
    "doubts_told",
    "recode_cells",
    "recode_text",
    "recognise",
    "told",
    "weigh",
]
