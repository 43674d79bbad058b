"""The list of partners: one spelling per role, no word that means two of them."""

from __future__ import annotations

import pytest
import yaml

import config
from bot.core.region import FUNCTION_LABELS
from bot.settings.configuration import known_label, partner_types


@pytest.mark.parametrize(
    ("typed", "label"),
    [("jeugdbescherming", "GI"), ("gi", "GI"), ("RVDK", "RvdK"), ("Veilig  Thuis", "Veilig Thuis"),
     ("Voorzitter", "voorzitter"), ("sportclub", "sportclub")],
)  # fmt: skip
def test_one_role_has_one_spelling(typed: str, label: str) -> None:
    assert known_label(typed) == label


def test_no_word_leads_to_two_partners() -> None:
    words = [word.casefold() for it in partner_types() for word in (it.label, *it.aliases)]
    assert len(words) == len(set(words))
    assert not {label.casefold() for label in FUNCTION_LABELS} & set(words)


def test_every_partner_works_on_a_known_area_of_life() -> None:
    known = yaml.safe_load(config.read("partners.yaml"))["life_domains"]
    for partner in partner_types():
        assert partner.domains
        assert set(partner.domains) <= set(known)
        assert partner.dutch
        assert partner.english


def test_the_rules_of_a_partner_are_those_of_a_known_sort_of_partner() -> None:
    known = {it.label: it for it in partner_types()}
    for partner in partner_types():
        assert known[partner.regime].regime == partner.regime
