"""Registries: in order, never two of one name, and as before after a test."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from portal.core.registry import AlreadyRegistered, Registry


def registries() -> Iterator[tuple[str, Registry[Any, Any]]]:
    """Every registry of ours that a module holds."""
    for name, module in sorted(sys.modules.items()):
        if name.partition(".")[0] in ("portal", "community", "referrals"):
            for attribute, value in sorted(vars(module).items()):
                if isinstance(value, Registry):
                    yield f"{name}.{attribute}", value


def test_entries_come_in_order_and_a_taken_name_is_refused() -> None:
    colours: Registry[str, int] = Registry("colour")
    colours.register("red", 1)
    colours.register("blue", 2)
    assert list(colours) == [1, 2]
    assert (colours.get("blue"), colours.get("green"), colours["red"]) == (2, None, 1)
    with pytest.raises(
        AlreadyRegistered, match="colour 'red' is registered twice: first 1, then 9"
    ):
        colours.register("red", 9)
    assert dict(colours.items()) == {"red": 1, "blue": 2}


def test_what_a_test_registers_is_gone_afterwards_even_when_it_fails() -> None:
    colours: Registry[str, int] = Registry("colour")
    colours.register("red", 1)
    with pytest.raises(AlreadyRegistered), colours.temporarily():
        _fail_after_adding_blue(colours)
    with colours.temporarily({"green": 3}):
        assert list(colours) == [3]
    assert list(colours) == [1]
    assert "blue" not in colours


def _fail_after_adding_blue(colours: Registry[str, int]) -> None:
    colours.register("blue", 2)
    assert len(colours) == 2
    colours.register("red", 2)


def test_every_registry_of_ours_refuses_a_second_entry_of_the_same_name() -> None:
    filled = {name: registry for name, registry in registries() if len(registry)}
    assert len(filled) > 20
    for registry in filled.values():
        name, entry = next(iter(registry.items()))
        with registry.temporarily(), pytest.raises(AlreadyRegistered, match="registered twice"):
            registry.register(name, entry)
