"""Faults of encoding and of entities in text derived from web pages and tables, mended where there is no doubt."""

from __future__ import annotations

import ftfy

#: Only what stands for other characters than the page meant: quotation marks, ligatures, widths, accents, spaces and
#: line ends stay as they were printed.
_CONFIG = ftfy.TextFixerConfig(
    unescape_html="auto",
    remove_terminal_escapes=False,
    fix_encoding=True,
    restore_byte_a0=True,
    replace_lossy_sequences=True,
    decode_inconsistent_utf8=True,
    fix_c1_controls=True,
    fix_latin_ligatures=False,
    fix_character_width=False,
    uncurl_quotes=False,
    fix_line_breaks=False,
    fix_surrogates=False,
    remove_control_chars=False,
    normalization=None,
    explain=False,
)


def mended(text: str) -> str:
    """``text`` with "â€œ" and "&amp;quot;" as the quotation marks that they were; text without such faults as it is."""
    if text.isascii() and "&" not in text:
        return text
    return "\n".join(
        line if line.isascii() and "&" not in line else ftfy.fix_text(line, _CONFIG) for line in text.split("\n")
    )
