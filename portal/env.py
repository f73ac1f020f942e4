"""Reads Hazumi's settings from the environment. Every variable is described in README's settings table."""

from __future__ import annotations

from environs import Env

env = Env()
