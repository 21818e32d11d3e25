#!/bin/sh
# usage: systemd.sh BUILD_DIR SBIN_DIR - the unit, the user and the directories as systemd reads
# them, and the unit's exposure score. The program need not be installed: a file stands for it.
set -eu
build=$1 sbin=$2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

fail() { echo "systemd.sh: $*" >&2; exit 1; }

# As installed: every line but the path of a program that is not there yet.
grep -q "^ExecStart=$sbin/postroomd --config " "$build/systemd/postroomd.service" ||
	fail "the unit does not start $sbin/postroomd"
printf '#!/bin/sh\n' >"$scratch/postroomd"
chmod +x "$scratch/postroomd"
sed "s|$sbin/postroomd|$scratch/postroomd|" "$build/systemd/postroomd.service" \
	>"$scratch/postroomd.service"

said=$(systemd-analyze verify --man=no "$scratch/postroomd.service" 2>&1) ||
	fail "systemd-analyze verify: $said"
# other packages' units on this machine may be complained about; ours may not
printf '%s\n' "$said" | grep -i postroom && fail "systemd-analyze verify complains"

# 0 (closed) to 100 (open): the threshold is what it is now, so that nothing opens unseen.
systemd-analyze security --offline=true --threshold=11 "$scratch/postroomd.service" \
	>"$scratch/score" 2>&1 || { tail -5 "$scratch/score" >&2; fail "the unit opened"; }
tail -1 "$scratch/score"

for kind in sysusers tmpfiles; do
	cp "$build/systemd/postroom.$kind" "$scratch/$kind.conf"
done
mkdir -p "$scratch/root/etc"
systemd-sysusers --root="$scratch/root" "$scratch/sysusers.conf" || fail "sysusers"
grep -q '^postroom:' "$scratch/root/etc/passwd" || fail "no user postroom"
systemd-tmpfiles --root="$scratch/root" --create "$scratch/tmpfiles.conf" || fail "tmpfiles"
[ "$(stat -c %a "$scratch/root/var/lib/postroom")" = 2770 ] || fail "mode of /var/lib/postroom"
