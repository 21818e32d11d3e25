#!/usr/bin/python3
"""Runs in a D-Bus session of its own: what evolution-data-server has of the sources `events` and
`tasks`. Each line of standard input is a command, each line of standard output its answer in JSON:
    list      {"events": {title: start}, "tasks": {title: due}}
    refresh   fetches both again; null when that was asked for"""
import json
import sys

import gi
gi.require_version('ECal', '2.0')
gi.require_version('EDataServer', '1.2')
from gi.repository import ECal, EDataServer  # noqa: E402 pylint: disable=C0413

DO_NOT_WAIT = 0xffffffff  # until it is connected
KINDS = {'events': ECal.ClientSourceType.EVENTS, 'tasks': ECal.ClientSourceType.TASKS}


def title_and_time(component, kind):
    time = component.get_dtstart() if kind == 'events' else component.get_due()
    return component.get_summary().get_value(), time.get_value().as_ical_string()


def main():
    registry = EDataServer.SourceRegistry.new_sync(None)
    clients = {name: ECal.Client.connect_sync(registry.ref_source(name), kind, DO_NOT_WAIT, None)
               for name, kind in KINDS.items()}
    for line in sys.stdin:
        answer = None
        if line.strip() == 'refresh':
            for client in clients.values():
                client.refresh_sync(None)
        else:
            answer = {name: dict(title_and_time(one, name) for one in
                                 client.get_object_list_as_comps_sync('#t', None)[1])
                      for name, client in clients.items()}
        print(json.dumps(answer), flush=True)


main()
