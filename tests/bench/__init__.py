"""Figures that we claim, each measured by one function; tests/figures runs them.

A module here has FIGURES = {NAME: function}. The function is a generator of Figure: it measures
when asked and yields each value as it is known.
"""
import dataclasses
import json
import os
import pathlib
import subprocess
import typing

ROOT = pathlib.Path(__file__).resolve().parents[2]


@dataclasses.dataclass
class Figure:
    name: str
    value: float
    unit: str
    at_least: typing.Optional[float] = None  # the bound, by its direction
    at_most: typing.Optional[float] = None
    peer: typing.Optional[str] = None  # what it is compared with, and by how much
    ratio: typing.Optional[float] = None

    def is_met(self):
        return (self.at_least is None or self.value >= self.at_least) and \
            (self.at_most is None or self.value <= self.at_most)

    def json(self):
        line = {'name': self.name, 'value': round(self.value, 4), 'unit': self.unit}
        if self.at_least is not None:
            line.update(bound=self.at_least, bound_is='at least')
        if self.at_most is not None:
            line.update(bound=self.at_most, bound_is='at most')
        if self.peer is not None:
            line.update(peer=self.peer)
        if self.ratio is not None:
            line.update(ratio=round(self.ratio, 4))
        return json.dumps(line)


@dataclasses.dataclass
class Absent:
    """What could not be measured here, named so that nobody takes it for measured."""
    name: str
    why: str

    def is_met(self):
        return True

    def json(self):
        return json.dumps({'name': self.name, 'absent': self.why})


def build(preset='release'):
    """Builds the preset and gives its folder of programs."""
    for step in (['--preset', preset], ['--build', '--preset', preset]):
        done = subprocess.run(['cmake', *step], cwd=ROOT, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f'cmake {" ".join(step)} failed:\n{done.stdout[-2000:]}')
    # where another compiler came first in PATH since, CMake forgets the preset's build type
    cache = (ROOT / 'build' / preset / 'CMakeCache.txt').read_text(encoding='utf-8')
    if 'CMAKE_BUILD_TYPE:STRING=\n' in cache:
        raise RuntimeError(f'build/{preset} is not optimized: remove it and measure again')
    return pathlib.Path(os.environ.get('POSTROOM_BUILD', ROOT / 'build' / preset)) / 'bin'
