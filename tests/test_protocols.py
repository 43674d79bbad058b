"""The protocols that come with the program, and those that a region puts in their place."""

from __future__ import annotations

from importlib.resources import as_file, files
from typing import TYPE_CHECKING

import pytest
import yaml

import config
from bot.core.protocols import Flow
from bot.errors import ConfigurationError
from bot.settings import configuration, protocols

if TYPE_CHECKING:
    from pathlib import Path

OWN = {
    "flow": "out_of_sight",
    "title": {"nl": "Uit beeld bij ons", "en": "Out of sight with us"},
    "adopted": {"by": "stuurgroep", "on": "2026-03-02"},
    "terms": dict(protocols.load()["uit-beeld"].terms),
    "lists": {
        key: {one: {"nl": text.nl, "en": text.en} for one, text in texts.items()}
        for key, texts in protocols.load()["uit-beeld"].lists.items()
    },
    "steps": {"school": {"text": "bij school navragen", "holders": ["onderwijs"], "within": 2}},
}


def test_the_shipped_protocols_hold_nothing_that_a_region_would_be_refused() -> None:
    with as_file(files(config) / "protocols") as folder:
        assert list(protocols.faults(folder)) == []


def test_a_shipped_protocol_never_passes_for_one_that_somebody_adopted() -> None:
    assert all(protocol.is_concept for protocol in protocols.load().values())


def test_a_regions_own_protocol_takes_the_place_of_ours_and_says_who_adopted_it(tmp_path: Path) -> None:
    written(tmp_path, OWN)
    found = protocols.load(tmp_path)["uit-beeld"]
    assert (found.adopted_by, found.is_concept, len(found.steps)) == ("stuurgroep", False, 1)
    assert found.title.nl == "Uit beeld bij ons"
    assert protocols.load().keys() <= protocols.load(tmp_path).keys()


def test_one_more_template_of_a_flow_stands_beside_ours(tmp_path: Path) -> None:
    written(tmp_path, OWN, "grensgemeente.yaml")
    assert protocols.load(tmp_path)["grensgemeente"].flow is Flow.OUT_OF_SIGHT
    assert protocols.load(tmp_path)["uit-beeld"].is_concept


@pytest.mark.parametrize(
    ("change", "where"),
    [
        pytest.param({"steps": {"school": {"text": "x"}}}, "steps.school", id="a step that nobody holds"),
        pytest.param(
            {"steps": {"call": {"text": "bel 06-12345678", "holders": ["GI"], "within": 1}}},
            "steps.call.text",
            id="a telephone number that would stand in every case",
        ),
        pytest.param(
            {"title": {"nl": "uit beeld van Jan Jansen", "en": "x"}},
            "title.nl",
            id="a name that would stop the question about danger",
        ),
        pytest.param(
            {"title": {"nl": "uit {beeld}", "en": "x"}},
            "title.nl",
            id="a brace that would break the sentence",
        ),
        pytest.param({"terms": {}}, "terms.review", id="a term that the program counts on"),
        pytest.param({"terms": {"review": 9999}}, "terms.review", id="a review that never comes"),
        pytest.param({"flow": "gossip"}, "flow", id="a flow that does not exist"),
        pytest.param({"adopted": {"by": "stuurgroep", "on": "2026-02-30"}}, "adopted.on", id="no such day"),
    ],
)
def test_a_fault_in_a_protocol_is_named_with_its_file_before_the_bot_starts(
    tmp_path: Path, change: dict[str, object], where: str
) -> None:
    written(tmp_path, OWN | change)
    with pytest.raises(ConfigurationError) as refused:
        protocols.load(tmp_path)
    assert f"uit-beeld.yaml.{where}" in str(refused.value)


def test_every_fault_of_every_protocol_comes_out_at_once_with_those_of_the_configuration(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "protocols"
    folder.mkdir()
    written(folder, OWN | {"flow": "gossip"})
    (folder / "empty.yaml").write_text("")
    file = tmp_path / "casusbot.yaml"
    file.write_text(
        "homeserver: https://zvh.example\nuser: '@b:zvh.example'\nkey_file: /k\nregion: {name: R}\n"
        "coordinators: ['@c:zvh.example']\nprotocols: protocols\nkleur: rood\n"
    )
    with pytest.raises(ConfigurationError) as refused:
        configuration.load(file)
    assert all(found in str(refused.value) for found in ("uit-beeld.yaml.flow", "empty.yaml", "kleur"))


def test_a_folder_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError):
        protocols.load(tmp_path / "nowhere")


def written(folder: Path, values: dict[str, object], name: str = "uit-beeld.yaml") -> None:
    (folder / name).write_text(
        yaml.safe_dump(values, allow_unicode=True).replace("'2026", '"2026').replace("'\n", '"\n')
    )


def test_a_question_at_closing_without_answers_is_a_fault_before_a_chair_meets_it(tmp_path: Path) -> None:
    lists = {
        key: {one: {"nl": text.nl, "en": text.en} for one, text in texts.items()}
        for key, texts in protocols.load()["sluiten"].lists.items()
    }
    lists["questions"]["trust"] = {"nl": "Is er vertrouwen?", "en": "Is there trust?"}
    written(tmp_path, {"flow": "closing", "title": {"nl": "Sluiten", "en": "Closing"}, "lists": lists})
    assert [where[-1] for where, _ in protocols.faults(tmp_path)] == ["trust"]
