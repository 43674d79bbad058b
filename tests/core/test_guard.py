"""The privacy guard: what it finds, what it leaves alone, and what it lets into the store."""

import copy
import itertools
import pickle
import re
from collections import Counter
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.guard import (
    Action,
    Category,
    Finding,
    Guard,
    Kept,
    KeptText,
    Refused,
    WordList,
    WordListError,
    explain,
    normalise,
)

ROOT = Path(__file__).parents[2]
WORD_LIST = yaml.safe_load((ROOT / "config" / "guard.yaml").read_text(encoding="utf-8"))
CORPUS = yaml.safe_load((Path(__file__).parent / "guard_corpus.yaml").read_text(encoding="utf-8"))
GUARD = Guard(WordList.from_mapping(WORD_LIST))

FOUND = [(Category(category), note) for category, notes in CORPUS["found"].items() for note in notes]


def categories(text: str) -> set[str]:
    return {finding.category.value for finding in GUARD.look(text)}


def unmarked(note: str) -> tuple[str, list[tuple[int, int]]]:
    """The note without its «» marks, and the stretches that stood between them."""
    text, opened, stretches = "", 0, []
    for part in re.split("([«»])", note):
        if part == "«":
            opened = len(text)
        elif part == "»":
            stretches.append((opened, len(text)))
        else:
            text += part
    return text, stretches


def is_found(category: Category, note: str) -> bool:
    text, stretches = unmarked(note)
    spans = [(f.start, f.end) for f in GUARD.look(text) if f.category is category]
    return bool(spans) and all(any(s < end and start < e for s, e in spans) for start, end in stretches[:1])


# The corpus ------------------------------------------------------------------------------------------------------


def test_the_corpus_is_large_enough_to_mean_something_and_covers_every_category() -> None:
    assert len(FOUND) >= 150
    assert len(CORPUS["harmless"]) >= 150
    assert {category for category, _ in FOUND} == set(Category) - {Category.CASE}
    assert not [n for n, times in Counter(n for _, n in FOUND).items() if times > 1]


def test_98_in_100_notes_that_need_it_are_flagged_where_it_stands() -> None:
    missed = [(category.value, note) for category, note in FOUND if not is_found(category, note)]
    assert len(missed) * 100 <= 2 * len(FOUND), missed


def test_at_most_2_in_100_harmless_notes_raise_an_alarm() -> None:
    false = [(note, GUARD.look(note)) for note in CORPUS["harmless"] if GUARD.look(note)]
    assert len(false) * 100 <= 2 * len(CORPUS["harmless"]), false


# Rules that hold for one sentence each ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "note",
    [
        "een BSN met streepjes 999-99-0019",
        "een BSN van acht cijfers 10000008",
        "BSN 999991234 met een typefout",
        "B\u200bS\u200bN: 99999\u200b0019 met onzichtbare tekens",
        "volle breedte ９９９９９００１９",
        "twee naast elkaar 999990019 999990421",
    ],
    ids=lambda note: note,
)
def test_a_bsn_never_reaches_the_store(note: str) -> None:
    assert "bsn" in categories(note)
    assert isinstance(GUARD.keep(note, max_length=200), Refused)


@pytest.mark.parametrize(
    ("note", "action"),
    [
        ("123456782 staat op het formulier", Action.BLOCK),
        ("zaaknummer 123456782 staat op de brief", Action.WARN),
        ("kenmerk: 123456782", Action.WARN),
        ("BSN, zaaknummer 123456782 hoort daarbij", Action.WARN),
        ("zaaknummer volgt, bsn 123456782", Action.BLOCK),
    ],
    ids=str,
)
def test_a_case_number_that_happens_to_pass_the_check_does_not_stop_an_agreement(
    note: str, action: Action
) -> None:
    assert [(f.category, f.action) for f in GUARD.look(note)] == [(Category.BSN, action)]


@pytest.mark.parametrize(
    "note",
    [
        "000000000",
        "123456789",
        "12-03-2026 9:00",
        "2026-03-12 9",
        "Z-2026-123456",
        "€ 12.345.678",
        "06-12345678",
        "2026-00345",
    ],
    ids=lambda note: note,
)
def test_other_numbers_are_not_taken_for_a_bsn(note: str) -> None:
    assert "bsn" not in categories(note)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("een Turks gezin in de straat", "overleg op de Turkse Kade"),
        ("de familie is Roma", "AS Roma speelt thuis"),
        ("geboren in Marokko", "met vakantie in Marokko"),
        ("gezin van het kamp", "het kamp van school"),
        ("vader is Belgisch, een Belgische man", "de Belgische politie belt terug"),
        ("een zwarte man bij de deur", "een zwarte lijst is er niet"),
        ("joodse jongen", "Joods Maatschappelijk Werk"),
        ("vader spreekt alleen Arabisch", "tolk Arabisch bestellen"),
        ("etniciteit: Syrisch", "geen etniciteit noteren"),
        ("vader is verslaafd", "intake verslavingszorg"),
        ("heeft autisme", "expertisecentrum autisme bellen"),
        ("heeft diefstal gepleegd", "aangifte diefstal opnemen"),
        ("vader is verdachte", "verdachte situatie bij de deur"),
        ("vader zit vast in de PI", "A2 zit vast op de wachtlijst"),
        ("vader is gisteren aangehouden", "agendapunt 3 is aangehouden"),
        ("Mark Visser belt", "Mark de actie als klaar"),
        ("een jongen genaamd Dylan", "een werkgroep genaamd Samen"),
        ("familie Jansen", "familie A"),
        ("J. de Vries belt", "fase J. Daarna verder"),
        ("Sara is weg", "overleg in zaal Sara"),
        ("Kerkweg 3", "is al weg 3 dagen"),
        ("Marktplein 14", "Marktplein 14:00"),
        ("1234 AB", "2026 OM"),
        ("3511 EN", "artikel 3511 BW"),
        ("AB-12-CD", "9-mei-26"),
        ("bel 0201234567", "bel 0800-2000"),
        ("nummer 0612345678", "kenmerk 0612345678"),
        ("vader 14-02-1979", "gesprek vader 14-02-2026"),
    ],
    ids=lambda note: note,
)
def test_the_same_word_counts_for_a_person_and_not_for_a_thing(left: str, right: str) -> None:
    assert GUARD.look(left), "not found"
    assert not GUARD.look(right), "false alarm"


@pytest.mark.parametrize(
    "note",
    [
        "dat Turkse gezin is opgepakt",
        "het verslag van Kevin Jansen is opgepakt",
        "aanpak Marokkaanse jongeren",
    ],
    ids=lambda note: note,
)
def test_a_harmless_phrase_vouches_for_its_own_words_only(note: str) -> None:
    assert isinstance(GUARD.keep(note, max_length=200), Refused)


def test_what_is_about_behaviour_is_kept_where_the_group_label_was_refused() -> None:
    refused = GUARD.keep("gezin van het kamp, die gaan altijd weg in het voorjaar", max_length=200)
    kept = GUARD.keep("vorig jaar in april drie weken afwezig, daarna teruggekomen", max_length=200)
    assert isinstance(refused, Refused)
    assert [f.category for f in refused.findings] == [Category.ETHNICITY]
    assert kept == Kept(
        KeptText.from_store("vorig jaar in april drie weken afwezig, daarna teruggekomen"), ()
    )


@pytest.mark.parametrize("category", list(Category), ids=str)
def test_each_category_has_the_action_that_the_law_asks_for(category: Category) -> None:
    expected = {
        Action.BLOCK: {"bsn", "iban", "ethnicity", "religion"},
        Action.WARN: {"health", "criminal"},
    }
    action = next((action for action, names in expected.items() if category in names), Action.MASK)
    assert category.action is action


@pytest.mark.parametrize(("category", "language"), list(itertools.product(Category, ("nl", "en"))), ids=str)
def test_each_refusal_says_in_one_sentence_what_to_do_instead(category: Category, language: str) -> None:
    sentence = explain(category, language)  # type: ignore[arg-type]
    assert sentence[-1] in ".?"
    assert len(re.findall(r"[.?!](?:\s|$)", sentence)) == 1
    assert "!" not in sentence


# Offsets ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "stretch"),
    [
        ("é é BSN 999990019", "999990019"),
        ("zie\u200b \u202e999\u200b990019 hier", "999\u200b990019"),
        ("bel ０６１２３４５６７８ nu", "０６１２３４５６７８"),
        ("een Curac\u0327aose jongen", "Curac\u0327aose"),
        ("een Turksе vrouw, met een vreemde e", "Turksе"),
        ("intake_turks_gezin.docx", "turks"),
        ("ﬁets bij Kerkstraat 12", "Kerkstraat 12"),
    ],
    ids=["accents", "invisible", "full width", "combining", "look-alike letter", "file name", "ligature"],
)
def test_findings_point_at_the_text_as_it_was_given(text: str, stretch: str) -> None:
    assert [text[f.start : f.end] for f in GUARD.look(text)] == [stretch]


def test_the_stronger_finding_wins_where_two_overlap() -> None:
    findings = GUARD.look("paspoort 123456782")
    assert findings == (Finding(Category.BSN, 9, 18, Action.BLOCK),)


# What may be kept -------------------------------------------------------------------------------------------------


def test_a_plain_string_cannot_pass_for_a_kept_one() -> None:
    with pytest.raises(TypeError):
        KeptText("BSN 999990019")
    kept = GUARD.keep("de school belt", max_length=80)
    assert isinstance(kept, Kept)
    assert type(kept.text + " en meer") is str
    assert type(kept.text[:3]) is str


def test_a_kept_text_does_not_show_itself_in_a_traceback() -> None:
    kept = GUARD.keep("de school belt", max_length=80)
    assert "school" not in repr(kept)
    assert "school" not in repr(GUARD.keep("Kevin Jansen, de school belt", max_length=80))


def test_a_kept_text_survives_a_copy_as_what_it_is() -> None:
    kept = GUARD.keep("de school belt", max_length=80)
    for again in (copy.deepcopy(kept), pickle.loads(pickle.dumps(kept))):
        assert again == kept
        assert isinstance(again, Kept)
        assert type(again.text) is KeptText


def test_a_text_that_is_too_long_is_refused_and_never_cut() -> None:
    assert GUARD.keep("x" * 81, max_length=80) == Refused((), too_long=True)
    assert isinstance(GUARD.keep(" x " * 20, max_length=80), Kept), "spaces that go do not count"


def test_a_warning_comes_with_the_text_and_without_a_question() -> None:
    kept = GUARD.keep("vader is verslaafd en eerder veroordeeld, nog steeds verslaafd", max_length=80)
    assert isinstance(kept, Kept)
    assert kept.warnings == (Category.HEALTH, Category.CRIMINAL)


def test_direction_overrides_and_invisible_characters_do_not_reach_the_store() -> None:
    dirty = "\u202eactie\u2066 \x00voor\u200b\u00ad school\r\n\tmorgen\u2069 \ufeff"
    assert GUARD.keep(dirty, max_length=80) == Kept(KeptText.from_store("actie voor school morgen"), ())


# Properties -------------------------------------------------------------------------------------------------------

# Words and shapes that the guard reacts to, so that random texts reach its branches.
FRAGMENTS = st.sampled_from(
    ["BSN", "999990019", "06", "12", "-", ".", " ", "Kevin", "van", "de", "straat", "Kerkstraat", "Turks", "gezin", ":",
     "uit", "Marokko", "é", "\u200b", "\u202e", "İ", "ß", "ﬁ", "１", "@", "a", "NL91", "ABNA", "0417164300", "J", "2026",
     "mevrouw", "zaak", "nr", "(", "\n", "_", "kenteken", "AB", "geb", "A4"]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=60), st.lists(FRAGMENTS, max_size=14).map("".join))


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_looking_never_fails_and_findings_stay_apart_and_inside(text: str) -> None:
    findings = GUARD.look(text)
    assert all(0 <= f.start < f.end <= len(text) for f in findings)
    assert all(left.end <= right.start for left, right in itertools.pairwise(findings))


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_what_was_kept_is_kept_again_unchanged_and_holds_nothing_to_refuse(text: str) -> None:
    kept = GUARD.keep(text, max_length=1000)
    assert normalise(normalise(text)) == normalise(text)
    if isinstance(kept, Kept):
        assert GUARD.keep(kept.text, max_length=1000) == kept
        assert all(f.action is Action.WARN for f in GUARD.look(kept.text))


def bsn_of(first_eight: int) -> str | None:
    """The test number that begins with these digits: the ninth makes the sum divisible by eleven, if one does."""
    digits = f"{first_eight:08}"
    check = sum(int(d) * w for d, w in zip(digits, range(9, 1, -1), strict=True)) % 11
    return f"{digits}{check}" if check < 10 else None


# `999 9-4-1902` reads as a date as well, and is taken for one: those numbers are left out.
TEST_BSNS = (
    st.integers(99990000, 99999999).map(bsn_of).filter(lambda bsn: bsn and bsn[5:7] not in {"19", "20"})
)


@given(
    TEST_BSNS,
    st.lists(
        st.sampled_from(["", "", " ", ".", "-", "/", ". ", "\u200b", "\u00a0", "–"]), min_size=8, max_size=8
    ),
    st.sampled_from(["", "kind ", "zie(", "BSN:", "a", "12 maart 2026, ", "3 ", "bel 06-12345678, "]),
    st.sampled_from(["", " graag", ")", ".", ", 12 uur", "x"]),
)
@settings(max_examples=300, deadline=None)
def test_a_bsn_is_found_however_it_is_spaced(
    bsn: str, separators: list[str], before: str, after: str
) -> None:
    spaced = "".join(itertools.chain.from_iterable(zip(bsn, [*separators, ""], strict=True)))
    text = before + spaced + after
    start, end = len(before), len(before) + len(spaced)
    # A digit before it can make another nine that pass as well: then that one is reported, and refused.
    assert any(f.category is Category.BSN and f.start < end and start < f.end for f in GUARD.look(text))
    assert isinstance(GUARD.keep(text, max_length=200), Refused)


# The word list ----------------------------------------------------------------------------------------------------


def changed(**parts: object) -> dict[str, object]:
    return {**WORD_LIST, **parts}


@pytest.mark.parametrize(
    ("data", "named"),
    [
        ({}, "sets"),
        (changed(sets={}), "<people>"),
        (changed(groups=[], harmless=[], sets={"person": "man"}), "given_name"),
        (changed(groups=[{"category": "ethnicity", "flag": "turks"}]), "reason"),
        (changed(groups=[{"category": "shoe_size", "reason": "-", "flag": "turks"}]), "shoe_size"),
        (changed(groups=[{"category": "health", "reason": "-", "flag": "<nothing>"}]), "<nothing>"),
        (changed(groups=[{"category": "health", "reason": "-", "flag": "burn-out"}]), "burn-out"),
        (changed(groups=[{"category": "health", "reason": "-", "flag": "is?"}]), "is?"),
        (changed(harmless=[{"reason": "-", "phrases": "* zaal"}]), "* zaal"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_word_list_that_would_silently_find_nothing_is_refused_by_name(
    data: dict[str, object], named: str
) -> None:
    with pytest.raises(WordListError, match=re.escape(named)):
        WordList.from_mapping(data)


def test_every_group_of_the_word_list_gives_its_reason() -> None:
    for group in [*WORD_LIST["groups"], *WORD_LIST["harmless"]]:
        assert len(group["reason"]) > 20


def test_a_word_that_a_house_adds_is_found_and_one_it_allows_is_not() -> None:
    own = changed(
        groups=[*WORD_LIST["groups"], {"category": "health", "reason": "local", "flag": "voorbeeldziekte"}],
        harmless=[*WORD_LIST["harmless"], {"reason": "local", "phrases": "kevin huis"}],
    )
    guard = Guard(WordList.from_mapping(own))
    assert [f.category for f in guard.look("heeft voorbeeldziekte")] == [Category.HEALTH]
    assert guard.look("afspraak in Kevin Huis") == ()
