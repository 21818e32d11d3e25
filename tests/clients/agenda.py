"""What stands in Anna's calendar for the tests: what clients get wrong, and what each of them must
show of it. She and the organisation are in Europe/Amsterdam."""
import dataclasses
import datetime
import zoneinfo

ZONE = zoneinfo.ZoneInfo('Europe/Amsterdam')
# What people and senders write: what iCalendar escapes, what looks like iCalendar, what ends a line
# for some reader (U+2028, NEL), what turns text around, what must be folded.
HOSTILE = ('Müller, "Söhne"; a\\b: 100% <b>\r\nBEGIN:VEVENT\nUID:evil\x1b[31m'
           '\u2028END:VCALENDAR\u0085X\u202e 📅 ' + 'ünïcödé ' * 12 + 'end')
# Line ends are spaces, other control characters are gone.
HOSTILE_SHOWN = ('Müller, "Söhne"; a\\b: 100% <b> BEGIN:VEVENT UID:evil[31m'
                 ' END:VCALENDARX\u202e 📅 ' + 'ünïcödé ' * 12 + 'end')


@dataclasses.dataclass(frozen=True)
class Item:
    title: str  # as shown, with #N
    start: object  # datetime.date: all-day; or an aware datetime


def last_sunday(year, month):
    day = datetime.date(year, month, 31)
    return day - datetime.timedelta(days=(day.weekday() + 1) % 7)


def clock_changes(today):
    """The next Sunday of summer time and the next of winter time."""
    return [min(day for year in (today.year, today.year + 1)
                if (day := last_sunday(year, month)) > today + datetime.timedelta(days=2))
            for month in (3, 10)]


class Agenda:
    """feed: a running one, whose record is empty. Items are known by their numbers."""

    def __init__(self, feed):
        self.feed = feed
        self.items = {}
        self.today = datetime.datetime.now(ZONE).date()
        feed.postroom('contact', 'add', HOSTILE[:60], 'pieter@example.net')
        self.whole = self.add(HOSTILE, self.today + datetime.timedelta(days=14), HOSTILE_SHOWN,
                              '--note', HOSTILE, '--contact', 'pieter@example.net')
        self.gone = self.add('Soon done', self.today + datetime.timedelta(days=7))
        self.moved = self.add('Moved', self.today + datetime.timedelta(days=5))
        for day in clock_changes(self.today):
            before = day - datetime.timedelta(days=1)
            self.add(f'Eve of {day}', self.at(before, 9, 30))
            self.add(f'Clocks of {day}', self.at(day, 9, 30))
            self.add(f'All of {day}', day)

    @staticmethod
    def at(day, hour, minute):
        return datetime.datetime.combine(day, datetime.time(hour, minute), ZONE)

    @staticmethod
    def due(start):
        return f'{start:%Y-%m-%d.t%H%M}' if isinstance(start, datetime.datetime) else str(start)

    def add(self, title, start, shown=None, *more):
        row = self.feed.postroom('task', 'add', title, '--assignee', 'anna',
                                 '--due', self.due(start), *more)
        number = row['task']['id']
        self.items[number] = Item(f'{shown or title} #{number}', start)
        return number

    def change(self):
        """One item is done, one gets another title, an hour and another day."""
        start = self.at(self.today + datetime.timedelta(days=9), 15, 45)
        self.feed.postroom('task', 'done', str(self.gone))
        self.feed.postroom('task', 'edit', str(self.moved), '--title', 'Moved, again',
                           '--due', self.due(start))
        del self.items[self.gone]
        self.items[self.moved] = Item(f'Moved, again #{self.moved}', start)

    def expected(self):
        """{title: start} of what is to be shown: a day, or an instant in UTC."""
        return {item.title: item.start.astimezone(datetime.timezone.utc)
                if isinstance(item.start, datetime.datetime) else item.start
                for item in self.items.values()}
