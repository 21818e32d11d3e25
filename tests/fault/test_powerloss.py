"""Power loss at every moment of an intake: the disks that could be left are opened and looked
through (powerloss.c)."""
import json
import os
import subprocess

IMAGES = 20000 if os.environ.get('POSTROOM_LONG') else 2000
TEETH = 400  # images with synchronous=NORMAL


def powerloss(build, *words):
    done = subprocess.run([build / 'bin/powerloss', *map(str, words)], capture_output=True,
                          text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    result = json.loads(done.stdout)
    print(result)
    return result, done.stderr[-4000:]


def test_nothing_acknowledged_is_lost(build):
    result, findings = powerloss(build, IMAGES)
    assert (result['lost'], result['damaged']) == (0, 0), findings
    assert result['images'] == IMAGES
    # the cuts came in the midst of it: batches were at stake, and some commits half done
    assert result['acknowledged'] > IMAGES * result['batches'] // 4
    assert result['unacknowledged_found'] > IMAGES // 100
    assert result['syncs'] > result['batches']


def test_it_sees_a_loss(build):
    """synchronous=NORMAL does not sync the log at a commit: commits go, the database stays whole."""
    result, findings = powerloss(build, TEETH, 'normal')
    assert result['lost'] > TEETH // 10, findings
    assert result['damaged'] == 0, findings
