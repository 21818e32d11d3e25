"""The command line of build/bin/inject (inject.c), and what it reported."""
import collections
import types


def prefix(build, report, role=None, at=None, error=None, last=None, call=None, file=None,
           then=None):
    """What stands before a program that it runs. error None: killed; last 0: until it ended."""
    words = [str(build / 'bin/inject'), '--report', str(report)]
    for name, value in (('--role', role), ('--at', at), ('--error', error), ('--last', last),
                        ('--call', call), ('--file', file), ('--then', then)):
        if value is not None:
            words += [name, str(value)]
    return words


def read_report(report):
    """disturbed: the call that was killed or failed, '' if none; counts: {call: how often}."""
    first, *rest = report.read_text().split()
    counts = collections.Counter({name: int(count) for name, count in
                                  (word.split('=') for word in rest)})
    return types.SimpleNamespace(disturbed='' if first == 'none' else first, counts=counts,
                                 total=counts.total())
