"""Every N-th point of something that is done again and again, a few beside each other."""
import concurrent.futures
import dataclasses
import os
import queue
import time

from faults import LONG, offset

STEP = 1 if LONG else 10  # ./runtests takes a tenth, another tenth with every commit
WIDTH = (os.cpu_count() or 2) + 1  # most of a point is waiting
POINTS_A_LANE = 5  # fewer are not worth another lane's preparation


@dataclasses.dataclass
class Result:
    """points: that were tried; reached: in which something was disturbed; of all: there are so
    many; slowest_s: the longest one."""
    points: int = 0
    reached: int = 0
    of_all: int = 0
    slowest_s: float = 0.0
    failures: list = dataclasses.field(default_factory=list)

    def add(self, other):
        self.points += other.points
        self.reached += other.reached
        self.of_all += other.of_all
        self.slowest_s = max(self.slowest_s, other.slowest_s)
        self.failures += other.failures

    def check(self, name):
        """The calls of a run differ a little from those of the next: the last few may be missing."""
        print(f'{name}: {self.reached} of {self.of_all} points, the slowest {self.slowest_s:.1f} s')
        assert not self.failures, f'{len(self.failures)} failed\n' + '\n'.join(self.failures[:5])
        assert self.points and self.reached >= self.points * 9 // 10 - 1


def sweep(make_lane, count, try_point, step=STEP):
    """make_lane(number): what one thread works on; count(lane): how many points there are;
    try_point(lane, number) gives whether something was disturbed, and asserts the rest."""
    first = make_lane(0)
    total = count(first)
    numbers = range(1 + offset() % step, total + 1, step)
    result = Result(of_all=total, points=len(numbers))
    lanes = queue.SimpleQueue()
    lanes.put(first)
    for number in range(1, min(WIDTH, len(numbers) // POINTS_A_LANE)):
        lanes.put(make_lane(number))

    def one(number):
        lane = lanes.get()
        begin = time.monotonic()
        try:
            reached = try_point(lane, number)
        finally:
            lanes.put(lane)
        return reached, time.monotonic() - begin

    with concurrent.futures.ThreadPoolExecutor(WIDTH) as threads:
        tried = {threads.submit(one, number): number for number in numbers}
        for done in concurrent.futures.as_completed(tried):
            try:
                reached, seconds = done.result()
                result.reached += reached
                result.slowest_s = max(result.slowest_s, seconds)
            except Exception as error:  # pylint: disable=broad-except # told with its number
                result.failures.append(f'point {tried[done]} of {total}: {error}')
    return result
