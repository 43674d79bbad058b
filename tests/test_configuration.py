"""The configuration: every fault at once, each with what to write instead, and never a secret on the screen."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from datetime import time, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import config
from bot.core.region import DigestTime, Region, Timing
from bot.errors import ConfigurationError, KeyFileError
from bot.settings import protocols
from bot.settings.configuration import Backups, Configuration, load, partner_domains, partner_types

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SMALLEST = """\
homeserver: https://matrix.zvh.example
user: "@casusbot:zvh.example"
data: data
key_file: sleutel
region: {name: ZVH Voorbeeldregio}
coordinators: ["@coordinator:zvh.example"]
"""
SECRET = "syt_Zm9vYmFy_DitIsEenGeheim_3xYz"
WRONG: tuple[object, ...] = (-17, None, [[]], {"x": {"y": 1}}, "\t", "x\n", "~nobody/x", "\ud800", "\0")
SCHEMA = json.loads(config.read("schema.json"))


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str | bytes], Path]:
    def write(text: str | bytes) -> Path:
        path = tmp_path / "casusbot.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


@pytest.fixture
def faults(written: Callable[[str | bytes], Path]) -> Callable[[str | bytes], tuple[str, ...]]:
    def of(text: str | bytes) -> tuple[str, ...]:
        with pytest.raises(ConfigurationError) as refused:
            load(written(text))
        assert refused.value.exit_code == 2
        return refused.value.faults

    return of


def changed(**keys: Any) -> str:
    return yaml.safe_dump(yaml.safe_load(SMALLEST) | keys, sort_keys=False)


def without(key: str) -> str:
    values = yaml.safe_load(SMALLEST)
    del values[key]
    return yaml.safe_dump(values)


def every_key(
    schema: dict[str, Any], path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    for name, found in schema.get("properties", {}).items():
        reference = found.get("$ref", "").rpartition("/")[2]
        below = {**SCHEMA["$defs"].get(reference, {}), **found}
        yield (*path, name), below
        yield from every_key(below, (*path, name))
    if isinstance(deeper := schema.get("additionalProperties"), dict):
        yield from every_key(deeper, (*path, "*"))


def test_the_smallest_file_gives_the_values_of_the_rules(
    written: Callable[[str], Path], tmp_path: Path
) -> None:
    assert load(written(SMALLEST)) == Configuration(
        homeserver="https://matrix.zvh.example",
        user="@casusbot:zvh.example",
        data=tmp_path / "data",
        key_file=tmp_path / "sleutel",
        region=Region(
            "ZVH Voorbeeldregio",
            frozenset({"@coordinator:zvh.example"}),
            spellings=load(written(SMALLEST)).region.spellings,
            servers=frozenset({"zvh.example"}),
            regimes={it.label: it.regime for it in partner_types()},
            domains=partner_domains(),
            protocols=protocols.load(),
        ),
        backups=Backups(tmp_path / "data" / "backups"),
    )


def test_the_example_is_valid_as_it_stands(written: Callable[[str], Path]) -> None:
    loaded = load(written(config.read("casusbot.example.yaml")))
    assert loaded.region.servers == {"zvh.example", "politie.example"}
    assert loaded.region.address_book["wijkagent"] == "@wijkagent:politie.example"
    assert loaded.region.address_book["woningcorporatie"] is None


def test_the_defaults_that_the_example_shows_are_the_defaults(written: Callable[[str], Path]) -> None:
    example = config.read("casusbot.example.yaml")
    uncommented = re.sub(r"^# ( *[a-z_]+:( |$))", r"\1", example, flags=re.MULTILINE)
    assert (
        uncommented.count("\ntiming:")
        == uncommented.count("\ndigest:")
        == uncommented.count("\ncontact:")
        == 1
    )
    assert load(written(uncommented)) == load(written(example))


@pytest.mark.parametrize(
    ("path", "schema"), [pytest.param(p, s, id=".".join(p)) for p, s in every_key(SCHEMA)]
)
def test_no_key_without_a_manual_an_example_and_a_place_in_the_example_file(
    path: tuple[str, ...], schema: dict[str, Any]
) -> None:
    assert schema["description"].endswith(".")
    assert schema["title"]
    assert schema["examples"]
    assert re.search(
        rf"^[# ]*{path[-1]}:|[{{,] ?{path[-1]}:", config.read("casusbot.example.yaml"), re.MULTILINE
    )


def test_a_rule_of_the_region_is_never_forgotten_in_the_schema() -> None:
    properties = SCHEMA["properties"]
    assert set(properties["timing"]["properties"]) == {field.name for field in fields(Timing)}
    assert set(properties["digest"]["properties"]) == {field.name for field in fields(DigestTime)}
    assert set(properties["backups"]["properties"]) == {field.name for field in fields(Backups)}


def test_every_setting_reaches_the_rules(written: Callable[[str], Path]) -> None:
    timing = {"reminder": -3, "on_the_day": 0, "after": 2, "offer_help": 4, "case_coordinator": 6}
    timing |= {"process_coordinator": 12, "acknowledge": 4, "status_round": 3, "stalled": 7, "unmoved": 45}
    timing |= {"minor_offer_help": 3, "minor_case_coordinator": 4, "minor_process_coordinator": 6}
    timing |= {"minor_stalled": 4, "postponed": 3, "blocked": 8}
    timing |= {"reason_from": 4, "look_back": 5, "missed": 2, "mention": 14}
    text = changed(
        servers=["zvh.example", "gemeente.example:8448"],
        address_book={"leerplicht": {"person": "@l:gemeente.example:8448"}, "wijkteam": {}},
        contact="Leerplicht",
        timing={**timing, "opens": "8:30", "closes": "17:00"},
        digest={"weekday": "friday", "at": "15:15"},
        message_key_days=30,
    )
    configuration = load(written(text))
    assert configuration.keep_keys == timedelta(days=30)
    region = configuration.region
    assert region.timing == Timing(
        -3, 0, 2, 4, 6, 12, 4, 3, 7, 3, 8, 45, 4, 5, 2, 14, 3, 4, 6, 4, time(8, 30), time(17, 0)
    )
    assert region.digest == DigestTime(4, time(15, 15))
    assert region.contact == "leerplicht"
    assert region.address_book == {"leerplicht": "@l:gemeente.example:8448", "wijkteam": None}


def test_a_time_without_quotes_is_not_read_as_a_number_of_minutes(written: Callable[[str], Path]) -> None:
    assert load(
        written(SMALLEST + "timing: {closes: 16:00}\ndigest: {at: 9:05}\n")
    ).region.timing.closes == time(16)


def test_every_fault_is_reported_at_once_in_the_order_of_the_file(
    faults: Callable[[str], tuple[str, ...]],
) -> None:
    text = """\
homserver: https://matrix.zvh.example
user: casusbot
key_file: sleutel
region: {naam: ZVH}
coordinators: []
address_book:
  leerplicht: {person: "@l:elders.example"}
  jeugdbescherming: {}
  GI: {}
timing: {after: 4, closes: half vijf}
digest: {weekday: zondag}
"""
    assert faults(text) == (
        'homeserver: ontbreekt. Schrijf bijvoorbeeld: homeserver: "https://matrix.zvh.example"',
        'region.name: ontbreekt. Schrijf bijvoorbeeld: name: "ZVH Voorbeeldregio"',
        "homserver (regel 1): deze sleutel bestaat niet. Bedoel je homeserver?",
        'user (regel 2): hier hoort een Matrix-gebruiker, tussen aanhalingstekens, bijvoorbeeld: "@leerplicht:zvh.example"',
        "key_file (regel 3): staat binnen de gegevensmap. Kies een plek daarbuiten, zodat een kopie van de gegevens nooit de sleutel bevat.",
        "region.naam (regel 4): deze sleutel bestaat niet. Bedoel je name?",
        'coordinators (regel 5): hier hoort een lijst van gebruikers, minstens één, bijvoorbeeld: ["@coordinator:zvh.example"]',
        "address_book.GI (regel 9): is dezelfde rol als jeugdbescherming. Haal er een weg.",
        'timing.closes (regel 10): hier hoort een tijdstip met uren en minuten, bijvoorbeeld: "09:00"',
        'digest.weekday (regel 11): hier hoort een werkdag, in het Nederlands of Engels, bijvoorbeeld: "maandag"',
    )


@pytest.mark.parametrize("key", SCHEMA["required"])
def test_a_missing_key_is_named_with_a_line_to_copy(
    key: str, faults: Callable[[str], tuple[str, ...]]
) -> None:
    (fault,) = faults(without(key))
    assert fault.startswith(f"{key}: ontbreekt. Schrijf bijvoorbeeld: {key}: ")


@pytest.mark.parametrize(
    ("key", "wrong"),
    [pytest.param(key, wrong, id=f"{key}: {wrong!r}") for key in SCHEMA["properties"] for wrong in WRONG],
)
def test_a_value_of_the_wrong_kind_never_gets_through(
    key: str, wrong: object, faults: Callable[[str], tuple[str, ...]]
) -> None:
    assert all(fault.startswith(key) for fault in faults(changed(**{key: wrong})))


def test_a_key_beside_the_data_is_fine_however_it_is_written(
    written: Callable[[str], Path], tmp_path: Path
) -> None:
    assert load(written(changed(key_file="data/../sleutel"))).key_file == tmp_path / "sleutel"


def test_links_in_a_circle_are_no_reason_to_stumble(written: Callable[[str], Path], tmp_path: Path) -> None:
    (tmp_path / "sleutel").symlink_to(tmp_path / "sleutel")
    load(written(SMALLEST))


@pytest.mark.parametrize(
    ("keys", "fault"),
    [
        ({"key_file": "data/sleutel"}, "key_file .*binnen de gegevensmap"),
        ({"key_file": "data/../data/sleutel"}, "key_file .*binnen de gegevensmap"),
        ({"homeserver": "http://matrix.zvh.example"}, "homeserver .*https"),
        ({"homeserver": "https://bot:geheim@zvh.example"}, "homeserver .*https"),
        ({"coordinators": ["@casusbot:zvh.example"]}, r"coordinators\.1 .*de bot zelf"),
        ({"coordinators": ["@c:zvh.example", "@c:elders.example"]}, r"coordinators\.2 .*niet bij servers"),
        ({"coordinators": ["@c:zvh.example"] * 2}, "coordinators .*dubbel"),
        (
            {"address_book": {"x": {"person": "@x:elders.example"}}},
            r"address_book\.x\.person .*niet bij servers",
        ),
        (
            {"address_book": {"x": {"persoon": "@x:zvh.example"}}},
            r"address_book\.x\.persoon .*Bedoel je person\?",
        ),
        ({"address_book": {"x": None}}, r"address_book\.x .*\{\} voor een rol zonder account"),
        ({"address_book": {"<b>": {}}}, r"address_book\.<b> .*een label"),
        (
            {"address_book": {"wijkagent": {}, "Wijkagent": {}}},
            r"address_book\.Wijkagent .*dezelfde rol als wijkagent",
        ),
        ({"address_book": {"wijkagent": {}}, "contact": "wijkagnet"}, "contact .*Bedoel je wijkagent"),
        ({"timing": {"after": 3}}, r"timing\.offer_help: moet later zijn dan after \(3\)"),
        (
            {"timing": {"minor_offer_help": 4}},
            r"timing\.minor_case_coordinator: moet later zijn dan minor_offer_help \(4\)",
        ),
        ({"timing": {"opens": "16:30"}}, r"timing\.closes: moet later zijn dan opens \(16:30\)"),
        ({"timing": {"reminder": 2}}, r"timing\.reminder .*-20 tot en met -1"),
        ({"digest": {"at": "24:00"}}, r"digest\.at .*een tijdstip"),
    ],
    ids=str,
)
def test_what_cannot_be_right_is_refused(
    keys: dict[str, Any], fault: str, faults: Callable[[str], tuple[str, ...]]
) -> None:
    found = faults(changed(**keys))
    assert len(found) == 1
    assert re.match(fault, found[0])


def test_a_key_that_lies_in_the_data_through_a_link_is_found(
    tmp_path: Path, faults: Callable[[str], tuple[str, ...]]
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "elders").symlink_to(tmp_path / "data")
    assert "binnen de gegevensmap" in faults(changed(key_file="elders/sleutel"))[0]


def test_the_key_is_read_only_when_nobody_else_can(written: Callable[[str], Path], tmp_path: Path) -> None:
    configuration, key_file = load(written(SMALLEST)), tmp_path / "sleutel"
    with pytest.raises(KeyFileError, match="No such file"):
        configuration.read_key()
    key_file.write_text("ab" * 32 + "\n")
    key_file.chmod(0o440)
    assert configuration.read_key() == b"\xab" * 32
    key_file.chmod(0o604)
    with pytest.raises(KeyFileError, match="leesbaar voor iedereen"):
        configuration.read_key()


@pytest.mark.parametrize(
    "text", ["", "ab" * 31, "ab" * 33, "zz" * 32, SECRET], ids=["empty", "short", "long", "no hex", "a token"]
)
def test_a_key_that_is_none_is_refused_and_not_shown(
    text: str, written: Callable[[str], Path], tmp_path: Path
) -> None:
    configuration, key_file = load(written(SMALLEST)), tmp_path / "sleutel"
    key_file.write_text(text)
    key_file.chmod(0o600)
    with pytest.raises(KeyFileError, match="64 hexadecimale tekens") as refused:
        configuration.read_key()
    assert refused.value.exit_code == 2
    assert not text or text not in str(refused.value)


@pytest.mark.parametrize(
    "homeserver",
    ["http://localhost:8008", "http://127.0.0.1:8008", "http://synapse:8008", "https://zvh.example:8448/"],
)
def test_plain_http_stays_on_the_machine_or_in_the_container_network(
    homeserver: str, written: Callable[[str], Path]
) -> None:
    assert load(written(changed(homeserver=homeserver))).homeserver == homeserver.rstrip("/")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "het bestand is leeg"),
        ("# alleen een opmerking\n", "het bestand is leeg"),
        ("\ufeff" + SMALLEST, "BOM"),
        (SMALLEST.encode("utf-16"), "BOM"),
        (b"user: \xff\xfe\n", "geen UTF-8"),
        ("user: \x00\n", "tekens die niet"),
        ("region:\n\tname: ZVH\n  \tx: y\n", "regel 2: begint met een tab"),
        ("user: @casusbot:zvh.example\n", 'regel 1: een @ vraagt om aanhalingstekens: "@leerplicht'),
        ("a: [1\n", "klopt de YAML niet"),
        ("a: 1\n---\nb: 2\n", "klopt de YAML niet"),
        ("- een\n- lijst\n", "het bestand: hier hoort een configuratie"),
        ("a: &a [x]\nb: *a\n", "regel 2: verwijzen met *"),
        ("[" * 200_000, "dieper genest"),
        ("x" * 10_000_000, "groter dan 256 kB"),
        ("? [a]\n: b\n" + SMALLEST, "een sleutel moet een woord zijn"),
        (SMALLEST + "region: {name: Twee}\n", "region (regel 5): staat er twee keer: ook op regel 7"),
        (SMALLEST + "timing: !!python/object/apply:os.system [ls]\n", "timing"),
        (SMALLEST + "contact: !!binary aGFsbG8=\n", "contact (regel 7): een waarde met !"),
        (SMALLEST + "timing: {after: !!int 0x7f}\n", "timing.after"),
    ],
    ids=lambda value: repr(value[:24]),
)
def test_a_file_that_is_no_configuration_is_refused_in_plain_words(
    text: str | bytes, fault: str, faults: Callable[[str | bytes], tuple[str, ...]]
) -> None:
    assert fault in faults(text)[0]


def test_a_missing_file_or_a_folder_is_refused_in_plain_words(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "weg.yaml"):
        with pytest.raises(ConfigurationError, match="niet te lezen"):
            load(path)


def test_a_yaml_bomb_is_refused_before_it_goes_off(faults: Callable[[str], tuple[str, ...]]) -> None:
    bomb = 'a: &a ["x","x","x"]\n' + "".join(
        f"{b}: &{b} [{f'*{a},' * 9}]\n" for a, b in zip("abcdefg", "bcdefgh", strict=True)
    )
    assert faults(bomb) == ("regel 2: verwijzen met * gaat hier niet. Schrijf de waarde voluit.",)


@pytest.mark.parametrize(
    "key", ["password", "wachtwoord", "access_token", "recovery_key", "pickle_passphrase"]
)
def test_a_secret_is_refused_by_name_and_not_shown(
    key: str, faults: Callable[[str], tuple[str, ...]]
) -> None:
    (fault,) = faults(changed(**{key: SECRET}))
    assert fault.startswith(f"{key} (regel ")
    assert "een geheim hoort niet in de configuratie" in fault
    assert SECRET not in fault


@pytest.mark.parametrize(
    "text",
    [
        *(
            pytest.param(changed(**{key: SECRET}), id=f"as the value of {key}")
            for key in SCHEMA["properties"]
        ),
        pytest.param(SMALLEST + f"user: {SECRET}\n", id="as a second value"),
        pytest.param(SMALLEST + f"timing: [{SECRET}\n", id="beside a fault of YAML"),
        pytest.param(SMALLEST + f"x: &{SECRET} 1\ny: *{SECRET}\n", id="as an anchor"),
        pytest.param(SMALLEST + f"contact: !{SECRET} x\n", id="as a tag"),
        pytest.param(changed(coordinators=[SECRET]), id="in a list"),
        pytest.param(changed(address_book={"leerplicht": {"person": SECRET}}), id="as a person"),
    ],
)
def test_a_secret_in_the_wrong_place_is_never_repeated(text: str, written: Callable[[str], Path]) -> None:
    try:
        load(written(text))
    except ConfigurationError as refused:
        assert SECRET not in str(refused) + repr(refused) + repr(refused.__cause__)  # noqa: PT017 - "data" may hold it


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(max_size=200)
    | st.lists(st.sampled_from([*SMALLEST.splitlines(), "timing:", "  after: 9", "- x", "? {", "*a", "&a", "!!x", "\t", "\u2028@"]))
    .map("\n".join)
)  # fmt: skip
def test_no_file_whatever_brings_the_program_down(written: Callable[[str | bytes], Path], text: str) -> None:
    path = written(text.encode("utf-8", "surrogatepass"))
    try:
        assert isinstance(load(path), Configuration)
    except ConfigurationError as refused:
        assert refused.faults  # noqa: PT017 - either outcome is right


def test_the_reader_gets_the_file_and_a_line_per_fault(written: Callable[[str], Path]) -> None:
    path = written(changed(homeserver="x", user="y"))
    with pytest.raises(ConfigurationError) as refused:
        load(path)
    first, *others = str(refused.value).splitlines()
    assert (
        first
        == f"De configuratie klopt niet. Verbeter wat hieronder staat en controleer met `casusbot check`. ({path})"
    )
    assert others == [f"  {fault}" for fault in refused.value.faults]
