"""Two readings of a text: the one that is stored, and the one that patterns are matched against."""

import unicodedata

# Letters of other scripts that cannot be told from a Latin one on a screen. Only the lower-case vowels and the
# commonest consonants: enough to stop a copied or playful spelling, not meant against a determined author.
_LOOKALIKES = dict(
    zip(
        "аеорсухіјѕкмтАВЕКМНОРСТХ" + "οαιρν" + "‐‑‒–—−’‘`´_",
        "aeopcyxijskmtABEKMHOPCTX" + "oaipv" + "------''''" + " ",
        strict=True,
    )
)
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Mn", "Me"})


class _Folding(dict[str, str]):
    """What each character is matched as, worked out on first sight; empty for one that shows nothing."""

    def __missing__(self, char: str) -> str:
        self[char] = folded = _fold_character(char)
        return folded


def _fold_character(char: str) -> str:
    if char in _LOOKALIKES:
        return _LOOKALIKES[char]
    if char.isspace():
        return " "
    shown = "".join(
        c for c in unicodedata.normalize("NFKD", char) if unicodedata.category(c) not in _INVISIBLE
    )
    return "".join(str(unicodedata.decimal(c, c)) for c in shown)


_FOLDING = _Folding()


def fold(text: str) -> tuple[str, list[int] | None]:
    """The text as patterns see it, and for each of its characters the place it came from (None: the same place).

    Accents, width, look-alike letters and invisible characters disappear, so that neither `1２3` nor a zero-width
    space hides a number, and the word list needs no accents.
    """
    if text.isascii() and text.isprintable():
        return text.replace("_", " ").replace("`", "'"), None
    folded: list[str] = []
    origin: list[int] = []
    for place, char in enumerate(text):
        shown = _FOLDING[char]
        folded.append(shown)
        origin.extend([place] * len(shown))
    return "".join(folded), origin


def normalise(text: str) -> str:
    """The one stored form of a text: NFC, one line, single spaces, nothing invisible.

    Controls, NUL, zero-width characters and bidirectional overrides go: they only serve to make a text read
    differently from what it is (Trojan Source, CVE-2021-42574). An emoji joined by a zero-width joiner falls apart
    into its parts; that is the price.
    """
    visible = "".join(c for c in text if c.isspace() or unicodedata.category(c) not in {"Cc", "Cf", "Cs"})
    return " ".join(unicodedata.normalize("NFC", visible).split())
