"""What the fuzz targets do in POSTROOM_FUZZ_SECONDS each (60), over what they found before."""
import os

from tests.bench import Figure, ROOT
from tests.fuzz import campaign


def fuzz():
    build = ROOT / 'build/fuzz'
    campaign.build_targets()
    wanted = os.environ.get('POSTROOM_FUZZ_TARGETS', '').split()
    crashes = executions = count = 0
    for target in wanted or campaign.targets(build):
        result = campaign.run(target, build=build)
        yield Figure(f'fuzz.{target}.executions', result.executions, f'in {result.seconds} s',
                     at_least=1)
        yield Figure(f'fuzz.{target}.coverage', result.coverage, 'edges of our code')
        yield Figure(f'fuzz.{target}.crashes', result.crashes, 'crashes', at_most=0)
        for name, value in result.notes.items():
            yield Figure(f'fuzz.{target}.{name}', value, 'count')
        crashes += result.crashes
        executions += result.executions
        count += 1
    yield Figure('fuzz.targets', count, 'targets', at_least=1)
    yield Figure('fuzz.executions', executions, 'executions')
    yield Figure('fuzz.crashes', crashes, 'crashes', at_most=0)


FIGURES = {'fuzz': fuzz}
