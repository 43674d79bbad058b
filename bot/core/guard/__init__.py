"""The privacy guard: every text that would be stored or forwarded is looked at here first.

Case references, roles, verbs and dates are enough to keep agreements; what identifies a person belongs in the
case system, and origin and religion belong nowhere (AVG 5 and 9, UAVG 46). Word list, shapes and checksums, no
language model: the same text gives the same answer, and the list can be read, disputed and changed.

`Guard.look` finds, `Guard.keep` admits, and `KeptText` is the proof of admission that the store asks for.
"""

from bot.core.guard.findings import Action, Category, Finding
from bot.core.guard.fold import normalise
from bot.core.guard.gate import Guard, Kept, KeptText, Refused
from bot.core.guard.texts import explain
from bot.core.guard.wordlist import WordList, WordListError

__all__ = [
    "Action",
    "Category",
    "Finding",
    "Guard",
    "Kept",
    "KeptText",
    "Refused",
    "WordList",
    "WordListError",
    "explain",
    "normalise",
]
