#include "base/privilege.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/compiler.h"

#define BIT(capability) (UINT64_C(1) << (capability))
#define FILES		(BIT(CAP_CHOWN) | BIT(CAP_DAC_OVERRIDE) | BIT(CAP_FOWNER))

static const uint64_t kept_bits[] = {
	[PRIVILEGE_NONE] = 0,
	[PRIVILEGE_FILES] = FILES,
	/* SETPCAP: so that the roles, which it starts, can drop theirs for good */
	[PRIVILEGE_SUPERVISOR] = FILES | BIT(CAP_KILL) | BIT(CAP_SETUID) | BIT(CAP_SETGID) |
				 BIT(CAP_NET_BIND_SERVICE) | BIT(CAP_SETPCAP),
};

bool privilege_no_dumps(struct error *err)
{
	if (setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0}) != 0)
		return error_set_errno(err, ERROR_TEMPORARY, errno, "no core files");
	if (!SANITIZED && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return error_set_errno(err, ERROR_TEMPORARY, errno, "no dumps");
	return true;
}

/* Of the bounding set: only who has CAP_SETPCAP can, and only who is root needs to. */
static void drop_bounding(uint64_t kept)
{
	for (int i = 0; i < 64; i++) {
		if (kept & BIT(i))
			continue;
		if (prctl(PR_CAPBSET_DROP, i, 0, 0, 0) != 0 && errno == EINVAL)
			return; /* the kernel has no more of them */
	}
}

bool privilege_drop(enum privilege_kept which, struct error *err)
{
	struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct data[2] = {{0, 0, 0}, {0, 0, 0}};
	uint64_t kept = kept_bits[which];

	drop_bounding(kept);
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	if (syscall(SYS_capget, &head, data) != 0)
		return error_set_errno(err, ERROR_TEMPORARY, errno, "capabilities");
	for (int i = 0; i < 2; i++) {
		data[i].permitted &= (uint32_t)(kept >> (32 * i));
		data[i].effective &= data[i].permitted;
		data[i].inheritable = 0;
	}
	if (syscall(SYS_capset, &head, data) != 0)
		return error_set_errno(err, ERROR_TEMPORARY, errno, "capabilities");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return error_set_errno(err, ERROR_TEMPORARY, errno, "no new privileges");
	return true;
}
